"""All that the sources know of each person of the sandbox, asked once with a token that opens everything.

Nothing here knows a source: how a bloc may be asked is read in the printed schema, what its arguments mean is observed.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from graphql import parse, print_ast, value_from_ast_untyped

from tests.application import INSTANT
from tests.proprietes.oracle import Refus, Types
from tests.proprietes.passerelle import Passerelle

_N = INSTANT.year
#: Values tried for an optional number: calendar years and months; those that the gateway refuses are left out.
_NOMBRES = (_N, _N - 1, _N - 2, 3, 12)
_ECRITURES_MAX = 6
Arguments = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parametre:
    """One argument of a bloc, as the schema prints it."""

    type: str
    """Its named type."""
    requis: bool
    annees: tuple[str, ...]
    """@requiresYearScopes: the scope of N-1, then of the years before."""

    @property
    def valeurs(self) -> tuple[int, ...]:
        """Return the values to try: every year that needs a scope, else some numbers."""
        return tuple(_N - rang for rang in range(1, len(self.annees) + 1)) or _NOMBRES


#: Bloc → its arguments.
Parametres = Mapping[str, Mapping[str, Parametre]]


def read_parameters(sdl: str) -> Parametres:
    """Read the arguments of each bloc."""
    definitions: Any = [une for une in parse(sdl).definitions if une.kind == "object_type_definition"]
    champs = next(une.fields for une in definitions if une.name.value == "Particulier")
    return {
        champ.name.value: {
            argument.name.value: Parametre(
                type=print_ast(argument.type).rstrip("!"),
                requis=argument.type.kind == "non_null_type",
                annees=tuple(
                    scope
                    for directive in argument.directives or ()
                    for (scope,) in value_from_ast_untyped(directive.arguments[0].value)
                ),
            )
            for argument in champ.arguments or ()
        }
        for champ in champs
        if champ.name.value != "sources"
    }


@dataclass(frozen=True, slots=True)
class Reponse:
    """What a source answers to one way of asking: data, each field it does not settle being a Refus; or one Refus."""

    donnees: Any
    concordance: Any
    """What is told of it in band."""
    appelee: bool
    question: int
    """Ways of asking of a bloc that have the same number are one question to its source."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """One person, as a caller names her, and what each bloc answers for each way of asking."""

    nom: str
    identite: Mapping[str, Any] | None
    """None: FranceConnect names her."""
    reponses: Mapping[str, Mapping[str, Reponse]]
    """Bloc → arguments as written → answer."""
    ecritures: Mapping[str, list[Arguments]]
    tenus: list[str]
    """The blocs that hold data."""


@dataclass(frozen=True, slots=True)
class Monde:
    """The persons, and how each bloc's source is named."""

    dossiers: list[Dossier]
    fournisseurs: Mapping[str, tuple[str, str]]
    """Name of the source and of the service, per bloc."""
    sources: list[dict[str, Any]]
    parametres: Parametres

    def poids(self) -> list[float]:
        """Weigh the persons: more for whom many blocs, and blocs that few others have, hold something."""
        connus = Counter(bloc for dossier in self.dossiers for bloc in dossier.tenus)
        return [0.1 + sum(1 / connus[bloc] for bloc in dossier.tenus) for dossier in self.dossiers]

    def of(self, identite: Any, presente: Dossier) -> Dossier:
        """Return the person that an argument names; without one, FranceConnect presents her."""
        return presente if identite is None else next(une for une in self.dossiers if une.identite == identite)

    def resolve(
        self, bloc: str, arguments: Arguments, scopes: frozenset[str]
    ) -> tuple[list[list[str]] | None, Arguments]:
        """Give a year its default, which depends on scopes; first, the groups that an explicit one needs."""
        for nom, parametre in self.parametres[bloc].items():
            if parametre.annees:
                rangs = [rang for rang, scope in enumerate(parametre.annees, 1) if scope in scopes]
                voulue = arguments.get(nom)
                groupes = [[parametre.annees[_N - voulue - 1]]] if voulue else None
                return groupes, {**arguments, nom: voulue or _N - min(rangs, default=1)}
        return None, arguments


def key(arguments: Mapping[str, Any]) -> str:
    """Return arguments in a form that can key a dict, enumerations as GraphQL reads them."""
    return json.dumps(arguments, sort_keys=True).replace('"enum:', '"')


def literal(valeur: Any) -> str:
    """Write a value as GraphQL does."""
    if isinstance(valeur, Mapping):
        return "{" + ", ".join(f"{cle}: {literal(une)}" for cle, une in valeur.items()) + "}"
    if isinstance(valeur, list):
        return "[" + ", ".join(map(literal, valeur)) + "]"
    if isinstance(valeur, str):
        return valeur.removeprefix("enum:") if valeur.startswith("enum:") else json.dumps(valeur, ensure_ascii=False)
    return json.dumps(valeur)


def arguments_written(arguments: Mapping[str, str]) -> str:
    """Write arguments, given as text."""
    return "(" + ", ".join(f"{cle}: {texte}" for cle, texte in arguments.items()) + ")" if arguments else ""


def everything(types: Types, type_: str) -> str:
    """Return the selection of every leaf under a type."""
    champs = ((nom, sous) for nom, (_, sous) in types[type_].items())
    return "{ " + " ".join(nom + (everything(types, sous) if sous in types else "") for nom, sous in champs) + " }"


async def discover(application: Passerelle, types: Types, sdl: str, au_plus: int | None = None) -> Monde:
    """Ask everything of persons who have files, named by their keys, then by FranceConnect.

    `au_plus` bounds how many of them, those without whom a source would go unseen first.
    """
    jeton = (await application.jeton_de("tout"))["jeton"]
    reponse = await application.demander("{ sources { nom libelle fournisseur bloc identifiants } }", jeton=jeton)
    sources: list[dict[str, Any]] = reponse.json()["data"]["sources"]
    noms = {une["bloc"]: (une["nom"], une["fournisseur"]) for une in sources}
    parametres = read_parameters(sdl)
    fournisseurs = {bloc: noms[types["Particulier"][bloc][1]] for bloc in parametres}
    exploration = _Exploration(application, jeton, types, parametres, fournisseurs)
    personnes = [une for une in (await application.personnes()).values() if une["sources"]]
    if au_plus is not None:
        personnes = await _chosen(exploration, personnes, au_plus)
    dossiers = [
        await exploration.dossier(personne, identite)
        for personne in personnes
        for identite in (personne["identite"], None)
    ]
    return Monde(dossiers, fournisseurs, sources, parametres)


async def _chosen(exploration: "_Exploration", personnes: list[dict[str, Any]], au_plus: int) -> list[dict[str, Any]]:
    """Return the persons who, one after the other, show the most outcomes of blocs that few before them showed."""
    issues = {une["nom"]: await exploration.outcomes(une) for une in personnes}
    choisies: list[dict[str, Any]] = []
    vues: Counter[tuple[str, str]] = Counter()
    for _ in range(au_plus):
        restantes = [une for une in personnes if une not in choisies]
        choisies.append(max(restantes, key=lambda une: sum(0.2 ** vues[issue] for issue in issues[une["nom"]])))
        vues.update(issues[choisies[-1]["nom"]])
    return choisies


@dataclass(slots=True)
class _Exploration:
    """Asks the gateway, with every scope."""

    application: Passerelle
    jeton: str
    types: Types
    parametres: Parametres
    fournisseurs: Mapping[str, tuple[str, str]]
    permises: dict[str, list[Arguments]] = field(default_factory=dict)
    """The ways of writing the optional arguments that a bloc accepts: the same for everybody."""

    async def dossier(self, personne: Mapping[str, Any], identite: Mapping[str, Any] | None) -> Dossier:
        nom = personne["nom"]
        for bloc in self.parametres:
            if bloc not in self.permises:
                self.permises[bloc] = await self._accepted(bloc, personne["arguments"].get(bloc, {}), nom, identite)
        ecritures = {
            bloc: [personne["arguments"].get(bloc, {}) | une for une in permises]
            for bloc, permises in self.permises.items()
        }
        premieres = {bloc: self._written(bloc, unes[0]) for bloc, unes in ecritures.items()}
        donnees, appels = await self._counted(premieres, nom, identite)
        reponses = {
            bloc: {key(unes[0]): Reponse(*donnees[bloc], self._appels(appels, bloc) > 0, 0)}
            for bloc, unes in ecritures.items()
        }
        for bloc, unes in ecritures.items():
            for rang in range(1, len(unes)):
                reponses[bloc][key(unes[rang])] = await self._answer(
                    bloc, unes[: rang + 1], reponses[bloc], nom, identite
                )
        tenus = [
            bloc for bloc, unes in reponses.items() if any(not isinstance(une.donnees, Refus) for une in unes.values())
        ]
        return Dossier(nom, identite, reponses, ecritures, tenus)

    async def outcomes(self, personne: Mapping[str, Any]) -> set[tuple[str, str]]:
        """Return what becomes of each bloc, and of each field that a source does not settle, for one person."""
        ecrits = {bloc: self._written(bloc, personne["arguments"].get(bloc, {})) for bloc in self.parametres}
        corps = await self._ask(ecrits, personne["nom"], personne["identite"])
        issues = {(une["path"][1], une["extensions"]["code"]) for une in corps.get("errors", [])}
        return issues | {(bloc, "OBTENU") for bloc in ecrits if corps["data"]["particulier"][bloc] is not None}

    async def _accepted(self, bloc: str, requis: Arguments, nom: str, identite: Any) -> list[Arguments]:
        """Return the ways of writing the optional arguments that the gateway does not refuse; nothing comes first."""
        facultatifs = {un: parametre for un, parametre in self.parametres[bloc].items() if not parametre.requis}
        acceptees = []
        for valeurs in product(*((None, *parametre.valeurs) for parametre in facultatifs.values())):
            une = {un: valeur for un, valeur in zip(facultatifs, valeurs, strict=True) if valeur is not None}
            corps = await self._ask({bloc: self._written(bloc, requis | une)}, nom, identite)
            if "data" in corps:
                acceptees.append(une)
        pas = max(1, len(acceptees) // _ECRITURES_MAX)
        return [acceptees[0], *acceptees[1::pas][: _ECRITURES_MAX - 1]]

    async def _answer(
        self, bloc: str, ecritures: list[Arguments], connues: Mapping[str, Reponse], nom: str, identite: Any
    ) -> Reponse:
        """Ask in one more way; when it costs no call more than another way, it is the same question."""
        une = self._written(bloc, ecritures[-1])
        donnees, appels = await self._counted({bloc: une}, nom, identite)
        appelee = self._appels(appels, bloc) > 0
        for avant in ecritures[:-1] if appelee else ():
            connue = connues[key(avant)]
            if connue.donnees == donnees[bloc][0]:
                _, ensemble = await self._counted({"a": self._written(bloc, avant), "b": une}, nom, identite)
                if self._appels(ensemble, bloc) == 1:
                    return Reponse(*donnees[bloc], appelee, connue.question)
        return Reponse(*donnees[bloc], appelee, len(ecritures) - 1)

    def _appels(self, appels: Mapping[str, int], bloc: str) -> int:
        return appels[self.fournisseurs[bloc][0]]

    def _written(self, bloc: str, arguments: Arguments) -> str:
        ecrits = arguments_written({nom: literal(valeur) for nom, valeur in arguments.items()})
        return f"{bloc}{ecrits} {everything(self.types, self.types['Particulier'][bloc][1])}"

    async def _counted(
        self, alias: Mapping[str, str], nom: str, identite: Any
    ) -> tuple[Mapping[str, tuple[Any, Any]], dict[str, int]]:
        """Return the data of each bloc with its concordance, and how often each source was called."""
        await self.application.oublier_les_appels()
        corps = await self._ask(alias, nom, identite)
        return _with_refusals(corps), await self.application.appels()

    async def _ask(self, alias: Mapping[str, str], nom: str, identite: Any) -> dict[str, Any]:
        champs = " ".join(f"{un}: {bloc}" for un, bloc in alias.items())
        champs += " sources { concordance { nom prenoms dateNaissance } }"
        query = f"query($identite: IdentiteInput) {{ particulier(identite: $identite) {{ {champs} }} }}"
        headers = {} if identite else {"X-FranceConnect-Token": nom}
        reponse = await self.application.demander(query, {"identite": identite}, self.jeton, headers)
        corps: dict[str, Any] = reponse.json()
        return corps


def _with_refusals(corps: Mapping[str, Any]) -> Mapping[str, tuple[Any, Any]]:
    """Return the data of each bloc, each null of ours replaced by its reason, and what is told of it in band."""
    particulier: dict[str, Any] = corps["data"]["particulier"]
    for erreur in corps.get("errors", []):
        lieu: Any = particulier
        *debut, dernier = erreur["path"][1:]
        for pas in debut:
            lieu = lieu[pas]
        lieu[dernier] = Refus(erreur["extensions"]["code"], erreur["extensions"]["etat"])
    concordances = [une["concordance"] for une in particulier.pop("sources")]
    return {bloc: (donnees, dite) for (bloc, donnees), dite in zip(particulier.items(), concordances, strict=True)}
