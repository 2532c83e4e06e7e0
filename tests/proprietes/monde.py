"""All that the sources know of each person of the sandbox, asked once with a token that opens everything."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.application import INSTANT, Application
from tests.proprietes.oracle import Types

AUJOURDHUI: date = INSTANT.date()
_N = AUJOURDHUI.year
_ANNEES = {_N - rang: f"dgfip_annee_n_moins_{rang}" for rang in (1, 2, 3)}
#: Ways of writing the arguments of a bloc; the last ones of a month are far in the past.
_ECRITURES: Mapping[str, list[dict[str, Any]]] = {
    "situationFiscale": [{}, *({"anneeRevenus": annee} for annee in _ANNEES)],
    "dossierAllocataire": [
        {},
        {"mois": 3},
        {"annee": _N - 1},
        {"annee": _N - 1, "mois": 12},
        {"annee": _N - 2, "mois": 12},
    ],
}
FACULTATIFS = {"situationFiscale": ["anneeRevenus"], "dossierAllocataire": ["annee", "mois"]}


def resolve(
    bloc: str, arguments: Mapping[str, Any], scopes: frozenset[str]
) -> tuple[list[list[str]] | None, dict[str, Any]]:
    """Give arguments their defaults; first, the groups that an explicit year needs in place of the bloc's own."""
    if bloc == "situationFiscale":
        ouvertes = [annee for annee, scope in _ANNEES.items() if scope in scopes]
        annee = arguments.get("anneeRevenus")
        return [[_ANNEES[annee]]] if annee else None, {"anneeRevenus": annee or max(ouvertes, default=_N - 1)}
    if bloc == "dossierAllocataire":
        return None, {"annee": AUJOURDHUI.year, "mois": AUJOURDHUI.month, **arguments}
    return None, dict(arguments)


@dataclass(frozen=True, slots=True)
class Dossier:
    """One person, and the whole answer of each bloc for each way of asking: data, or the code of an error."""

    nom: str
    identite: Mapping[str, Any]
    requis: Mapping[str, dict[str, Any]]
    """Required arguments, per bloc."""
    reponses: Mapping[tuple[str, str], Any]

    @property
    def richesse(self) -> int:
        """Count the blocs that hold data: the more there are, the more a question about this person proves."""
        return len({bloc for (bloc, _), reponse in self.reponses.items() if not isinstance(reponse, str)})

    def reponse(self, bloc: str, resolus: Mapping[str, Any]) -> Any:
        """Return what the source of a bloc answers."""
        return self.reponses[bloc, key(resolus)]

    def ecritures(self, bloc: str) -> list[dict[str, Any]]:
        """Return the ways of writing the arguments of a bloc."""
        return [self.requis.get(bloc, {}) | ecriture for ecriture in _ECRITURES.get(bloc, [{}])]


@dataclass(frozen=True, slots=True)
class Monde:
    """The persons, and how each bloc's source is named."""

    dossiers: list[Dossier]
    fournisseurs: Mapping[str, tuple[str, str]]
    """Name of the source and of the service, per bloc."""
    sources: list[dict[str, Any]]


def key(arguments: Mapping[str, Any]) -> str:
    """Return resolved arguments in a form that can key a dict."""
    return repr(sorted(arguments.items()))


def literal(valeur: Any) -> str:
    """Write a value as GraphQL does."""
    if isinstance(valeur, Mapping):
        return "{" + ", ".join(f"{cle}: {literal(une)}" for cle, une in valeur.items()) + "}"
    if isinstance(valeur, list):
        return "[" + ", ".join(map(literal, valeur)) + "]"
    if isinstance(valeur, str):
        return valeur.removeprefix("enum:") if valeur.startswith("enum:") else f'"{valeur}"'
    return json.dumps(valeur)


def arguments_written(arguments: Mapping[str, str]) -> str:
    """Write arguments, given as text."""
    return "(" + ", ".join(f"{cle}: {texte}" for cle, texte in arguments.items()) + ")" if arguments else ""


def everything(types: Types, type_: str) -> str:
    """Return the selection of every leaf under a type."""
    champs = ((nom, sous) for nom, (_, sous) in types[type_].items())
    return "{ " + " ".join(nom + (everything(types, sous) if sous in types else "") for nom, sous in champs) + " }"


async def discover(application: Application, types: Types) -> Monde:
    """Ask everything of every person who has a file somewhere."""
    jeton = (await application.jeton_de("tout"))["jeton"]
    reponse = await application.demander("{ sources { nom libelle fournisseur bloc } }", jeton=jeton)
    sources: list[dict[str, Any]] = reponse.json()["data"]["sources"]
    personnes = [une for une in (await application.personnes()).values() if une["sources"]]
    dossiers = [await _dossier(application, jeton, types, une) for une in personnes]
    blocs = {nom: sous for nom, (_, sous) in types["Particulier"].items() if nom != "sources"}
    noms = {une["bloc"]: (une["nom"], une["fournisseur"]) for une in sources}
    return Monde(dossiers, {bloc: noms[sous] for bloc, sous in blocs.items()}, sources)


async def _dossier(application: Application, jeton: str, types: Types, personne: Mapping[str, Any]) -> Dossier:
    vide = Dossier(personne["nom"], personne["identite"], personne["arguments"], {})
    reponses: dict[tuple[str, str], Any] = {}
    for bloc in types["Particulier"]:
        if bloc != "sources":
            resolus = [resolve(bloc, une, frozenset(_ANNEES.values()))[1] for une in vide.ecritures(bloc)]
            tout = everything(types, types["Particulier"][bloc][1])
            alias = {
                f"v{rang}": f"{bloc}{arguments_written({cle: literal(valeur) for cle, valeur in une.items()})} {tout}"
                for rang, une in enumerate(resolus)
            }
            lues = await _reponses(application, jeton, personne["identite"], alias)
            reponses |= {(bloc, key(une)): lue for une, lue in zip(resolus, lues, strict=True)}
    return Dossier(vide.nom, vide.identite, vide.requis, reponses)


async def _reponses(application: Application, jeton: str, identite: Any, alias: Mapping[str, str]) -> list[Any]:
    """Return the answer of each bloc, written by alias."""
    champs = " ".join(f"{un}: {bloc}" for un, bloc in alias.items())
    query = f"query($identite: IdentiteInput!) {{ particulier(identite: $identite) {{ {champs} }} }}"
    corps = (await application.demander(query, {"identite": identite}, jeton)).json()
    refus = {erreur["path"][1]: erreur["extensions"] for erreur in corps.get("errors", [])}
    assert not [un for un in refus.values() if un["etat"] == "INDISPONIBLE"], "a source that is down proves little"
    return [refus[un]["code"] if un in refus else corps["data"]["particulier"][un] for un in alias]
