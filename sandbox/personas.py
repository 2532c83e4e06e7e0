"""Load the fictitious persons: one YAML file per household, refused with its name when anything in it is wrong."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import msgspec
import yaml

from graph.errors import ParametreInvalide
from providers._personas import Persona, Personas
from sandbox.identites import CLES, IdentiteEcrite, figee

if TYPE_CHECKING:
    from graph.identite import IdentitePivot

DOSSIER = Path(__file__).parent / "personas"
#: Required arguments of blocs, for those who have nothing of their own to be asked with.
_ARGUMENTS = Path(__file__).with_name("arguments.yaml")


class PersonaInvalide(Exception):  # noqa: N818 - the domain's nouns are French
    """A file of personas that cannot be used; the message names it."""


class Fiche(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One person of a file."""

    nom: str
    description: str
    identite: IdentiteEcrite
    arguments: dict[str, dict[str, Any]] = {}
    vues: dict[str, dict[str, Any]] = {}
    inconnue: bool = False


class _Loader(yaml.CSafeLoader):
    """YAML, read by libyaml, where a date stays the text that the administration writes."""


_Loader.yaml_implicit_resolvers = {
    initiale: [(tag, motif) for tag, motif in regles if tag != "tag:yaml.org,2002:timestamp"]
    for initiale, regles in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(aujourdhui: Callable[[], date], dossier: Path = DOSSIER) -> Personas:
    """Return every persona of a folder, in the order of the files' names.

    Raises:
        PersonaInvalide: bad YAML, an unknown key, an identity that callers could not send, or a key held twice.
    """
    fichiers = sorted(dossier.glob("*.yaml"))
    if not fichiers:
        detail = f"{dossier.name} : aucun fichier de personnes"
        raise PersonaInvalide(detail)
    defauts = msgspec.convert(_yaml(_ARGUMENTS), dict[str, dict[str, Any]])
    personas = [persona for fichier in fichiers for persona in _fichier(fichier, defauts, aujourdhui())]
    for cle in ("nom", *CLES):
        compte = Counter(getattr(persona, cle) for persona in personas)
        doubles = sorted(valeur for valeur, nombre in compte.items() if valeur and nombre > 1)
        if doubles:
            detail = f"{dossier.name} : {cle} porté par plusieurs personnes : {', '.join(doubles)}"
            raise PersonaInvalide(detail)
    return Personas(personas, aujourdhui)


def _yaml(fichier: Path) -> Any:
    return yaml.load(fichier.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a SafeLoader


def _fichier(fichier: Path, defauts: Mapping[str, dict[str, Any]], aujourdhui: date) -> Iterator[Persona]:
    try:
        for fiche in msgspec.convert(_yaml(fichier), list[Fiche]):
            yield _persona(fiche, defauts, aujourdhui)
    except (yaml.YAMLError, msgspec.ValidationError) as erreur:
        raise PersonaInvalide(f"{fichier.name} : {erreur}") from erreur
    except ParametreInvalide as erreur:
        raise PersonaInvalide(f"{fichier.name} : {erreur.detail}") from erreur


def _persona(fiche: Fiche, defauts: Mapping[str, dict[str, Any]], aujourdhui: date) -> Persona:
    identite = figee(fiche.identite, aujourdhui)
    return Persona(
        nom=fiche.nom,
        description=fiche.description,
        pivot=cast("IdentitePivot", identite.pivot),  # a Fiche always has one
        **{cle: getattr(identite, cle) for cle in CLES},
        arguments={**defauts, **fiche.arguments},
        vues=fiche.vues,
        inconnue=fiche.inconnue,
    )
