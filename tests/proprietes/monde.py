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
from tests.proprietes.lecture import Refus, Types
from tests.proprietes.passerelle import Passerelle

_N = INSTANT.year
#: Values tried for an optional number: calendar years and months; those that the gateway refuses are left out.
_NOMBRES = (_N, _N - 1, _N - 2, 3, 12)
_ECRITURES_MAX = 6
ABSENT, FAUTE_DE_SCOPE = Refus("DOSSIER_ABSENT", "ABSENT"), ("NON_HABILITE", "NON_HABILITE")
Arguments = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parametre:
    """One argument of a bloc, as the schema prints it."""

    type: str
    """Its named type."""
    requis: bool
    annees: tuple[str, ...]
    """@requiresYearScopes: the scope of N-1, then of the years before."""
    repli: str | None = None
    """@requiresYearScopes: the scope that opens N-1, then N-2 for want of N-1."""

    def falls_back(self, voulue: int | None, scopes: frozenset[str]) -> bool:
        """Tell whether N-1 is asked first, and N-2 for want of it."""
        return self.repli in scopes and scopes.isdisjoint(self.annees) and voulue in {None, _N - 1, _N - 2}

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
                **_years(argument),
            )
            for argument in champ.arguments or ()
        }
        for champ in champs
        if champ.name.value != "sources"
    }


def _years(argument: Any) -> dict[str, Any]:
    for directive in argument.directives or ():
        ecrits = {un.name.value: value_from_ast_untyped(un.value) for un in directive.arguments}
        return {"annees": tuple(scope for (scope,) in ecrits["scopes"]), "repli": ecrits.get("repli")}
    return {"annees": ()}


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

    @property
    def en_retard(self) -> bool:
        """Tell whether a bloc holds nothing unless an earlier year is asked."""
        return any(
            next(iter(unes.values())).donnees == ABSENT
            and any(not isinstance(une.donnees, Refus) for une in unes.values())
            for unes in self.reponses.values()
        )


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
        return [0.1 + dossier.en_retard + sum(1 / connus[bloc] for bloc in dossier.tenus) for dossier in self.dossiers]

    def of(self, identite: Any, presente: Dossier) -> Dossier:
        """Return the person that an argument names; without one, FranceConnect presents her."""
        return presente if identite is None else next(une for une in self.dossiers if une.identite == identite)

    def ask(self, presente: Dossier, identite: Any, bloc: str, arguments: Arguments, scopes: frozenset[str]) -> "Issue":
        """Tell what a bloc answers to whoever holds scopes. A year has a default, and may fall back on another one."""
        reponses = self.of(identite, presente).reponses[bloc]
        nom, parametre = next(((un, p) for un, p in self.parametres[bloc].items() if p.annees), ("", None))
        if parametre is None:
            return Issue(None, [reponses[key(arguments)]])
        voulue = arguments.get(nom)
        rangs = [rang for rang, scope in enumerate(parametre.annees, 1) if scope in scopes]

        def of_year(annee: int) -> Reponse:
            return reponses.get(key({**arguments, nom: annee})) or reponses[key(arguments)]

        if parametre.falls_back(voulue, scopes):
            derniere = of_year(_N - 1)
            if derniere.donnees == ABSENT and voulue != _N - 1:
                return Issue([], [derniere, of_year(_N - 2)])
            interdite = voulue == _N - 2 and not isinstance(derniere.donnees, Refus)
            return Issue([], [derniere], Refus(*FAUTE_DE_SCOPE, (parametre.annees[1],)) if interdite else None)
        groupes = self.groups(bloc, arguments, scopes)
        return Issue(groupes, [of_year(voulue or _N - min(rangs, default=1))])

    def groups(self, bloc: str, arguments: Arguments, scopes: frozenset[str]) -> list[list[str]] | None:
        """Return what the arguments of a bloc need, in place of what it needs without them."""
        for nom, parametre in self.parametres[bloc].items():
            voulue = arguments.get(nom)
            if parametre.annees and parametre.falls_back(voulue, scopes):
                return []
            if parametre.annees and voulue:
                return [[parametre.annees[_N - voulue - 1]]]
        return None


@dataclass(frozen=True, slots=True)
class Issue:
    """What a bloc answers: the groups that its arguments need in place of its own, and what its source is asked."""

    groupes: list[list[str]] | None
    posees: list[Reponse]
    """The questions put in turn, and their answers: the last one is shown."""
    refus: Refus | None = None
    """What is shown in its place."""

    @property
    def donnees(self) -> Any:
        """Return what is shown of the source."""
        return self.refus or self.posees[-1].donnees

    @property
    def concordance(self) -> Any:
        """Return what is told of it in band."""
        return None if self.refus else self.posees[-1].concordance


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
    """Return the persons who, one after the other, show the most outcomes of blocs that few before them showed.

    Those on whom a year falls back come first: with every scope, nothing else tells them apart.
    """
    issues = {une["nom"]: await exploration.outcomes(une) for une in personnes}
    choisies = [une for une in personnes if await exploration.falls_back(une)]
    vues = Counter(issue for une in choisies for issue in issues[une["nom"]])
    while len(choisies) < au_plus:
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

    async def falls_back(self, personne: Mapping[str, Any]) -> bool:
        """Tell whether a source has no file on a person for the last year, and one for the year before."""
        ecrits = {
            f"{bloc}{rang}": self._written(bloc, {nom: _N - rang})
            for bloc, parametres in self.parametres.items()
            for nom, parametre in parametres.items()
            for rang in (1, 2)
            if parametre.repli
        }
        blocs = (await self._ask(ecrits, personne["nom"], personne["identite"]))["data"]["particulier"]
        return any(blocs[cle] is None and blocs[f"{cle[:-1]}2"] is not None for cle in ecrits if cle.endswith("1"))

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
