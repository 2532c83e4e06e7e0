"""Questions at random over every leaf of the schema: aliases, fragments, conditions, merged selections, arguments."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from tests.proprietes.lecture import Types
from tests.proprietes.monde import Dossier, Monde, Parametres, arguments_written, literal

#: What no oracle can predict, and what a sandbox token does not choose.
IMPREVISIBLES = {
    "SourceConsultee": {"dureeMs", "reessayerDansMs"},
    "Source": {"appelsRecents", "disponibilite", "latenceMedianeMs", "retablissement"},
    "Habilitation": {"expire", "intitule", "cadreJuridique"},
    "Query": {"expliquer", "mesConsultations"},
}
_ABSENTE = object()


@dataclass(frozen=True, slots=True)
class Poids:
    """What the cost rule counts, fragments opened."""

    champs: int = 0
    alias: int = 0
    directives: int = 0
    appels: int = 0
    en_tout: int = 0
    """Calls, all persons together."""
    racines: int = 0
    """Fields at the top of the selection itself."""

    def __add__(self, autre: "Poids") -> "Poids":
        return Poids(
            self.champs + autre.champs,
            self.alias + autre.alias,
            self.directives + autre.directives,
            self.appels + autre.appels,
            self.en_tout + autre.en_tout,
            self.racines + autre.racines,
        )

    @property
    def permis(self) -> bool:
        """Tell whether the gateway must judge it, and not refuse it for its cost."""
        return (
            self.champs <= 400
            and self.alias <= 20
            and self.directives <= 40
            and self.appels <= 30
            and self.en_tout <= 100
            and self.racines <= 10
        )


@dataclass(frozen=True, slots=True)
class Cas:
    """A question, and the scopes of whoever asks it."""

    query: str
    variables: Mapping[str, Any]
    scopes: frozenset[str]
    dossier: Dossier
    """The person asked about; she is presented by FranceConnect when she bears no identity."""
    consentement: int = 0
    """Number of what she then agreed to."""


def draw(alea: Random, types: Types, monde: Monde, scopes: frozenset[str]) -> Cas:
    """Draw a question that the limits of cost allow."""
    (dossier,) = alea.choices(monde.dossiers, monde.poids())
    while True:
        ecriture = _Ecriture(alea, types, monde, dossier)
        query, poids = ecriture.operation()
        if poids.permis and len(re.findall(r"\w+|[^\w\s]", query)) < 1_900:
            return Cas(query, ecriture.valeurs(), scopes, dossier)


def vary(alea: Random, types: Types, parametres: Parametres, cas: Cas) -> Cas:
    """Draw who else may ask the same document: other scopes, another consent, other values of its conditions."""
    return replace(
        cas,
        scopes=draw_scopes(alea, types, parametres),
        variables={nom: alea.random() < 0.5 if isinstance(une, bool) else une for nom, une in cas.variables.items()},
        consentement=0 if alea.random() < 0.3 else alea.randint(1, 1_000_000),
    )


def draw_scopes(alea: Random, types: Types, parametres: Parametres) -> frozenset[str]:
    """Draw what a caller is granted: everything, one scope, or more or less of each type."""
    par_type = {
        nom: sorted({scope for groupes, _ in champs.values() for groupe in groupes for scope in groupe})
        for nom, champs in sorted(types.items())
    }
    tous = [scope for scopes in par_type.values() for scope in scopes]
    if (tirage := alea.random()) < 0.1:
        return frozenset(tous)
    tires = set()
    for scopes in par_type.values():
        part = alea.choice((0.4, 0.6, 0.8, 0.9, 1.0))
        tires |= {scope for scope in scopes if alea.random() < part}
    for parametre in (un for bloc in parametres.values() for un in bloc.values()):
        if parametre.repli and alea.random() < 0.6:
            tires = tires - set(parametre.annees) | {parametre.repli}
    if tirage < 0.95:
        return frozenset(tires)
    return frozenset({alea.choice(tous)}) if tirage < 0.98 else frozenset()


@dataclass
class _Ecriture:
    """One attempt: a key means the same field with the same arguments wherever it stands under a type."""

    alea: Random
    types: Types
    monde: Monde
    dossier: Dossier
    cles: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    fragments: dict[str, tuple[str, str, Poids]] = field(default_factory=dict)
    variables: dict[str, tuple[str, Any]] = field(default_factory=dict)
    ouverts: int = 0

    def operation(self) -> tuple[str, Poids]:
        plusieurs = self.dossier.identite is not None and self.alea.random() < 0.25
        personne, poids = self._field("Query", "particuliers" if plusieurs else "particulier")
        autre, poids_autre = self._selection("Query") if self.alea.random() < 0.3 else ("", Poids())
        corps = [personne, *([f"...{autre}"] if autre else [])]
        self.alea.shuffle(corps)
        fragments = "\n".join(f"fragment {nom} on {type_} {texte}" for nom, (type_, texte, _) in self.fragments.items())
        ecrites = set(re.findall(r"\$(\w+)", " ".join((*corps, fragments))))
        self.variables = {nom: variable for nom, variable in self.variables.items() if nom in ecrites}
        declarations = ", ".join(f"${nom}: {declaration}" for nom, (declaration, _) in self.variables.items())
        entete = f"query Q({declarations})" if declarations else "query"
        return f"{entete} {{ {' '.join(corps)} }}\n{fragments}", poids + poids_autre

    def valeurs(self) -> dict[str, Any]:
        return {nom: valeur for nom, (_, valeur) in self.variables.items() if valeur is not _ABSENTE}

    def _selection(self, type_: str) -> tuple[str, Poids]:
        parties, total = [], Poids()
        for _ in range(self.alea.choice((2, 3, 4) if type_ == "Particulier" else (1, 2, 3))):
            partie = self.alea.choices((self._field, self._inline, self._spread, self._typename), (72, 9, 13, 6))[0]
            texte, poids = partie(type_)
            parties.append(texte)
            total += poids
        return "{ " + " ".join(parties) + " }", total

    def _field(self, type_: str, nom: str | None = None) -> tuple[str, Poids]:
        cle, nom, arguments = self._key(type_, nom)
        _, sous = self.types[type_].get(nom, ([], ""))
        dessous, poids = self._selection(sous) if sous in self.types else ("", Poids())
        directives, nombre = self._directives()
        alias = "" if cle == nom else f"{cle}: "
        appel = type_ == "Particulier" and sous in self.types
        if nom == "particuliers":
            poids = replace(poids, en_tout=poids.appels * 3)
        return f"{alias}{nom}{arguments}{directives}{dessous}", replace(poids, racines=0) + Poids(
            1, bool(alias), nombre, appel, appel, 1
        )

    def _typename(self, type_: str) -> tuple[str, Poids]:
        return self._field(type_, "__typename")

    def _inline(self, type_: str) -> tuple[str, Poids]:
        dessous, poids = self._selection(type_)
        directives, nombre = self._directives()
        condition = self.alea.choice(("", f" on {type_}"))
        return f"...{condition}{directives} {dessous}", poids + Poids(directives=nombre)

    def _spread(self, type_: str) -> tuple[str, Poids]:
        connus = [nom for nom, (sur, _, _) in self.fragments.items() if sur == type_]
        if connus and self.alea.random() < 0.5:
            nom = self.alea.choice(connus)
        elif len(self.fragments) + self.ouverts < 12:
            self.ouverts += 1
            texte, poids = self._selection(type_)
            self.ouverts -= 1
            nom = f"F{len(self.fragments)}"
            self.fragments[nom] = (type_, texte, poids)
        else:
            return self._typename(type_)
        directives, nombre = self._directives()
        return f"...{nom}{directives}", self.fragments[nom][2] + Poids(directives=nombre)

    def _key(self, type_: str, nom: str | None) -> tuple[str, str, str]:
        """Choose a response key: one already used, the name of the field, or an alias, which may be another's name."""
        connues = self.cles.setdefault(type_, {})
        if nom is None and connues and self.alea.random() < 0.35:
            cle = self.alea.choice(list(connues))
            return cle, *connues[cle]
        champs = [champ for champ in self.types[type_] if champ not in IMPREVISIBLES.get(type_, ())]
        if type_ == "Query" and self.dossier.identite is None:
            champs.remove("particuliers")
        tenus = set(self.dossier.tenus) if type_ == "Particulier" else set()
        # What a bloc answers to a year may depend on another year: such blocs are asked more often.
        a_repli = {un for un, parametres in self.monde.parametres.items() if any(p.repli for p in parametres.values())}
        poids = [
            (24 if champ in a_repli else 12)
            if champ in tenus
            else 3
            if self.types[type_][champ][1] in self.types
            else 2
            for champ in champs
        ]
        nom = nom or self.alea.choices(champs, poids)[0]
        sens = (nom, self._arguments(type_, nom))
        libres = [cle for cle in (*champs, "a0", "a1", "a2", "a3") if connues.get(cle, sens) == sens]
        cle = nom if connues.get(nom, sens) == sens and self.alea.random() > 0.12 else self.alea.choice(libres or [nom])
        connues.setdefault(cle, sens)
        return cle, *connues[cle]

    def _arguments(self, type_: str, nom: str) -> str:
        if (type_, nom) == ("Query", "particulier"):
            return self._named()
        if (type_, nom) == ("Query", "particuliers"):
            return self._all_named()
        if type_ != "Particulier" or nom not in self.monde.parametres:
            return ""
        ecrits = {cle: self._argument(une) for cle, une in self.alea.choice(self.dossier.ecritures[nom]).items()}
        for facultatif, parametre in self.monde.parametres[nom].items():
            if facultatif not in ecrits and self.alea.random() < 0.1:
                type_argument = parametre.type
                ecrits[facultatif] = self.alea.choice(
                    ("null", self._variable(type_argument, None), self._variable(type_argument, _ABSENTE))
                )
        return arguments_written(ecrits)

    def _named(self) -> str:
        """Name the person of the case."""
        if self.dossier.identite is None:
            return self.alea.choice(("", "(identite: null)"))
        if self.alea.random() < 0.1:
            return f"(identite: {literal(_with_enum(self.dossier.identite))})"
        self.variables["identite"] = ("IdentiteInput!", self.dossier.identite)
        return "(identite: $identite)"

    def _all_named(self) -> str:
        """Name the person of the case among others, who may be asked with the same arguments, and maybe twice."""
        semblables = [une for une in self.monde.dossiers if une.identite and une.ecritures == self.dossier.ecritures]
        autres = self.alea.choices(semblables, k=self.alea.randint(0, 2))
        identites = [une.identite for une in (self.dossier, *autres)]
        self.alea.shuffle(identites)
        return f"(identites: {self._variable('[IdentiteInput!]!', identites)})"

    def _argument(self, valeur: Any) -> str:
        if not isinstance(valeur, int) or self.alea.random() < 0.5:
            return literal(valeur)
        return self._variable(*self.alea.choice((("Int", valeur), ("Int!", valeur), (f"Int = {valeur}", _ABSENTE))))

    def _directives(self) -> tuple[str, int]:
        noms = self.alea.choices(((), ("include",), ("skip",), ("skip", "include")), (82, 8, 7, 3))[0]
        return "".join(f" @{nom}(if: {self._condition(nom)})" for nom in noms), len(noms)

    def _condition(self, directive: str) -> str:
        garde = (self.alea.random() < 0.65) is (directive == "include")
        oui, non = str(garde).lower(), str(not garde).lower()
        if self.alea.random() < 0.5:
            return oui
        formes = (
            ("Boolean!", garde),
            (f"Boolean = {oui}", _ABSENTE),
            (f"Boolean! = {non}", garde),
            (f"Boolean! = {oui}", _ABSENTE),
        )
        return self._variable(*self.alea.choice(formes))

    def _variable(self, declaration: str, valeur: Any) -> str:
        memes = [nom for nom, deja in self.variables.items() if deja == (declaration, valeur)]
        nom = memes[0] if memes else f"v{len(self.variables)}"
        self.variables[nom] = (declaration, valeur)
        return f"${nom}"


def _with_enum(identite: Mapping[str, Any]) -> dict[str, Any]:
    """Mark the one enumeration of an identity."""
    pivot = identite.get("identitePivot", {})
    sexe = {"sexeEtatCivil": f"enum:{pivot['sexeEtatCivil']}"} if "sexeEtatCivil" in pivot else {}
    return {**identite, **({"identitePivot": {**pivot, **sexe}} if pivot else {})}
