"""Persons whose every value is unique and random, and the search for any of these values under any disguise.

Each is drawn from a person of the sandbox: her keys are replaced, then, in what each administration holds on her, every
value that its simulator and its adapter let through. Which ones do is found by trying: nothing here knows a source.
"""

import asyncio
import base64
import copy
import json
import re
import string
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote, quote_plus

import yaml

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.identite import DateNaissance, IdentitePivot
from providers._catalogue import sources
from providers._noms import nom_compare
from providers._personas import Persona
from providers._source import Source
from sandbox.identites import CLES, ecrire
from sandbox.personas import load
from tests.providers.interrogation import answer_of, demander

#: Bytes: every canary is at least this long, so that none is met by chance, and a search need only compare as many.
COURT = 8
_LETTRES = string.ascii_lowercase + "éèàçôï"
_JOUR = re.compile(r"\d{4}-\d{2}-\d{2}")
Chemin = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Canari:
    """A person: how callers name her, what the sources would answer, and every value that must stay between them."""

    persona: Persona
    rendues: tuple[str, ...]
    """What an answer shows."""
    tues: tuple[str, ...]
    """What no answer shows: keys, and what administrations keep to themselves."""

    @property
    def nom(self) -> str:
        """The name of the persona."""
        return self.persona.nom

    @property
    def identite(self) -> dict[str, Any]:
        """How callers name her."""
        return ecrire(self.persona.pivot, **{cle: getattr(self.persona, cle) for cle in CLES})

    @property
    def valeurs(self) -> tuple[str, ...]:
        """Every value."""
        return self.rendues + self.tues


def breed(nombre: int, graine: int) -> list[Canari]:
    """Return as many persons, the same for the same seed: those whom few others resemble come first."""
    jour = datetime.now(PARIS).date()
    personas = list(load(lambda: jour))
    connues = Counter(source for une in personas for source in une.sources)
    modeles = sorted(personas, key=lambda une: -sum(1 / connues[source] for source in une.sources))[:nombre]
    alea = Random(graine)  # noqa: S311 - the same persons must be found again
    return [asyncio.run(_Elevage(alea, modele, jour).canari()) for modele in modeles if modele.sources]


def write(canaris: Iterable[Canari], fichier: Path) -> None:
    """Write the persons as the sandbox reads them."""
    fiches = [
        {
            "nom": canari.nom,
            "description": "Personne tirée au sort.",
            "identite": canari.identite,
            "arguments": dict(canari.persona.arguments),
            "vues": dict(canari.persona.vues),
        }
        for canari in canaris
    ]
    fichier.write_text(yaml.safe_dump(fiches, allow_unicode=True), encoding="utf-8")


class _Elevage:
    """The making of one canary from one persona."""

    def __init__(self, alea: Random, modele: Persona, jour: date) -> None:
        self._alea = alea
        self._jour = jour
        self._modele = modele
        self._semees: set[str] = set()

    async def canari(self) -> Canari:
        persona = self._renamed()
        montrees = ""
        for source in sources():
            if source.nom in persona.sources:
                demande = demander(source, persona.identite, persona.arguments, self._jour)
                persona = await self._sow(source, persona, demande, list(_leaves(persona.vues[source.nom])))
                montrees += await answer_of(source, persona, demande, self._jour)
        rendues = {valeur for valeur in self._semees if valeur in montrees}
        return Canari(persona, tuple(sorted(rendues)), tuple(sorted(self._semees - rendues)))

    def _renamed(self) -> Persona:
        """Give the persona another name and other keys, there and wherever an administration repeats them."""
        ancien = self._modele.pivot
        pivot = replace(
            ancien,
            nom_naissance=self._name(),
            nom_usage=self._name() if ancien.nom_usage else None,
            prenoms=tuple(self._name() for _ in ancien.prenoms),
            naissance=self._birth(ancien.naissance),
        )
        cles: dict[str, Any] = {
            cle: self._key(getattr(self._modele, cle)) for cle in CLES if getattr(self._modele, cle)
        }
        noms = dict(self._renamings(ancien, pivot))
        vues = {source: _renamed_within(vue, noms) for source, vue in self._modele.vues.items()}
        nom = f"canari-{self._alea.randrange(10**9)}"
        return replace(self._modele, nom=nom, pivot=pivot, vues=vues, **cles)

    def _renamings(self, ancien: IdentitePivot, pivot: IdentitePivot) -> Iterator[tuple[str, str]]:
        yield nom_compare(ancien.nom_naissance), pivot.nom_naissance
        if ancien.nom_usage and pivot.nom_usage:
            yield nom_compare(ancien.nom_usage), pivot.nom_usage
        yield nom_compare(ancien.prenoms[0]), pivot.prenoms[0]
        yield nom_compare(" ".join(ancien.prenoms)), " ".join(pivot.prenoms)
        yield str(ancien.naissance), str(pivot.naissance)
        yield from zip(str(ancien.naissance).split("-"), str(pivot.naissance).split("-"), strict=True)

    async def _sow(self, source: Source[Any], persona: Persona, demande: Demande, chemins: list[Chemin]) -> Persona:
        """Replace each value of what a source holds that it does not insist on: all of them, else half by half."""
        vue, nouvelles = persona.vues[source.nom], set()
        for chemin in chemins:
            ancienne = _at(vue, chemin)
            nouvelle = ancienne if ancienne in self._semees else self._like(ancienne)
            if nouvelle != ancienne:
                vue = _with(vue, chemin, nouvelle)
                nouvelles.add(str(nouvelle))
        essai = replace(persona, vues={**persona.vues, source.nom: vue})
        if not nouvelles or await answer_of(source, essai, demande, self._jour):
            self._semees |= nouvelles
            return essai
        if len(chemins) == 1:
            return persona
        milieu = len(chemins) // 2
        persona = await self._sow(source, persona, demande, chemins[:milieu])
        return await self._sow(source, persona, demande, chemins[milieu:])

    def _like(self, valeur: Any) -> Any:
        """Draw a value of the same kind; the value itself when it is too short to be told from chance."""
        if isinstance(valeur, str) and _JOUR.fullmatch(valeur):
            return (date(1930, 1, 1) + timedelta(days=self._alea.randrange(25_000))).isoformat()
        if isinstance(valeur, str):
            return self._word()
        return self._alea.randrange(10**8, 10**9) if type(valeur) is int else valeur

    def _word(self) -> str:
        return "".join(self._alea.choice(_LETTRES) for _ in range(self._alea.randint(9, 14)))

    def _name(self) -> str:
        nom = self._word().capitalize()
        self._semees.add(nom)
        return nom

    def _birth(self, naissance: DateNaissance) -> DateNaissance:
        """Draw another day of the same year, since ages decide of what may be asked."""
        if not naissance.complete:
            return naissance
        nouvelle = DateNaissance(naissance.annee, self._alea.randint(1, 9), self._alea.randint(10, 28))
        self._semees.add(str(nouvelle))
        return nouvelle

    def _key(self, cle: str) -> str:
        """Draw a key of the same form: digits for digits, capitals of the same alphabet for the rest."""
        nouvelle = "".join(
            self._alea.choice(string.digits) if signe.isdigit() else self._alea.choice("ABCDEFGHJK") for signe in cle
        )
        nouvelle = (
            nouvelle
            if len(nouvelle) >= COURT
            else self._alea.choice(string.digits[1:]) + str(self._alea.randrange(10**8, 10**9))
        )
        self._semees.add(nouvelle)
        return nouvelle


def _renamed_within(valeur: Any, noms: Mapping[str, str]) -> Any:
    """Return what an administration holds, the person's own names and birth date replaced."""
    if isinstance(valeur, Mapping):
        return {cle: _renamed_within(contenu, noms) for cle, contenu in valeur.items()}
    if isinstance(valeur, list):
        return [_renamed_within(contenu, noms) for contenu in valeur]
    if not isinstance(valeur, str):
        return valeur
    return noms.get(valeur) or noms.get(nom_compare(valeur)) or valeur


def _leaves(valeur: Any, chemin: Chemin = ()) -> Iterator[Chemin]:
    cles: Any = valeur if isinstance(valeur, Mapping) else range(len(valeur)) if isinstance(valeur, list) else None
    if cles is None:
        yield chemin
        return
    for cle in cles:
        yield from _leaves(valeur[cle], (*chemin, cle))


def _at(valeur: Any, chemin: Chemin) -> Any:
    for pas in chemin:
        valeur = valeur[pas]
    return valeur


def _with(valeur: Any, chemin: Chemin, nouvelle: Any) -> Any:
    copie = copy.deepcopy(valeur)
    _at(copie, chemin[:-1])[chemin[-1]] = nouvelle
    return copie


def disguises(valeur: str) -> Iterator[bytes]:
    """Yield the forms in which a value could leak."""
    sans_accents = "".join(c for c in unicodedata.normalize("NFKD", valeur) if not unicodedata.combining(c))
    for ecriture in {valeur, valeur.upper(), valeur.lower(), sans_accents, sans_accents.upper(), sans_accents.lower()}:
        octets = ecriture.encode()
        yield octets
        yield octets.hex().encode()
        yield from (quote(ecriture).encode(), quote_plus(ecriture).encode(), json.dumps(ecriture)[1:-1].encode())
        yield ecriture.encode("utf-16-le")
        for decalage in range(3):
            # Whatever precedes and follows: the characters that depend on the value alone.
            code = base64.b64encode(b"\0" * decalage + octets)
            propre = code[-(-decalage * 8 // 6) : (decalage + len(octets)) * 8 // 6]
            yield propre
            yield propre.translate(bytes.maketrans(b"+/", b"-_"))


class Chasse:
    """Looks for values in bytes, under all their disguises, in one pass."""

    def __init__(self, valeurs: Iterable[str]) -> None:
        self._par_debut: dict[bytes, list[tuple[bytes, str]]] = {}
        for valeur in valeurs:
            for forme in disguises(valeur):
                assert len(forme) >= COURT, forme
                self._par_debut.setdefault(forme[:COURT], []).append((forme, valeur))

    def find(self, botte: bytes) -> set[str]:
        """Return the values that stand somewhere."""
        return {
            valeur
            for place in range(len(botte) - COURT + 1)
            for forme, valeur in self._par_debut.get(botte[place : place + COURT], ())
            if botte.startswith(forme, place)
        }
