"""Discover the sources: every folder beside this file is one. Nothing has to be registered by hand."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import providers
from providers._source import Source


class CatalogueIncoherent(Exception):  # noqa: N818 - the domain's nouns are French
    """A folder that is not a source, or two sources for one bloc: a fault of the code, told at the start."""


def sources() -> tuple[Source[Any], ...]:
    """Return every source, in alphabetical order of their names. Raise CatalogueIncoherent."""
    noms = sorted(module.name for module in iter_modules(providers.__path__) if module.ispkg)
    trouvees = tuple(_source(nom) for nom in noms if not nom.startswith("_"))
    if len({source.fournit for source in trouvees}) < len(trouvees):
        raise CatalogueIncoherent("two sources fill the same bloc")
    return trouvees


def _source(nom: str) -> Source[Any]:
    source = getattr(import_module(f"providers.{nom}"), "SOURCE", None)
    if not isinstance(source, Source) or source.nom != nom:
        raise CatalogueIncoherent(f"providers/{nom} must hold SOURCE, named after its folder")
    return source
