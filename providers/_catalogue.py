"""Discover the sources: every folder beside this file is one. Nothing has to be registered by hand."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import providers
from providers._source import Source


class CatalogueIncoherent(Exception):  # noqa: N818 - the domain's nouns are French
    """A folder that is not a source, or two sources for one bloc: a fault of the code, told at the start."""


def sources(paquet: ModuleType = providers) -> tuple[Source[Any], ...]:
    """Return every source that fills a bloc, in alphabetical order of their names. Raise CatalogueIncoherent."""
    return tuple(source for source in _toutes(paquet) if not source.auxiliaire)


def auxiliaires(paquet: ModuleType = providers) -> tuple[Source[Any], ...]:
    """Return the sources that fill no bloc. Raise CatalogueIncoherent."""
    return tuple(source for source in _toutes(paquet) if source.auxiliaire)


def _toutes(paquet: ModuleType) -> tuple[Source[Any], ...]:
    trouvees = tuple(_source(paquet.__name__, nom) for nom in sorted(_dossiers(paquet)))
    _verifier_les_blocs(trouvees)
    return trouvees


def _dossiers(paquet: ModuleType) -> Iterator[str]:
    """Yield the folders that hold code; Python's own leftovers do not."""
    for racine in paquet.__path__:
        for dossier in Path(racine).iterdir():
            if not dossier.name.startswith((".", "_")) and any(dossier.glob("*.py")):
                yield dossier.name


def _source(paquet: str, nom: str) -> Source[Any]:
    source = getattr(import_module(f"{paquet}.{nom}"), "SOURCE", None)
    if not isinstance(source, Source) or source.nom != nom:
        raise CatalogueIncoherent(
            f"{paquet}/{nom}/__init__.py doit définir SOURCE, de nom « {nom} » comme son dossier."
        )
    return source


def _verifier_les_blocs(trouvees: Sequence[Source[Any]]) -> None:
    par_bloc: dict[type[Any], str] = {}
    for source in trouvees:
        premiere = par_bloc.setdefault(source.fournit, source.nom)
        if premiere != source.nom:
            raise CatalogueIncoherent(
                f"{premiere} et {source.nom} remplissent le même bloc, {source.fournit.__name__}."
            )
