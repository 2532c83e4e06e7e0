"""Persons whose every value is unique and random, and the search for any of these values under any disguise."""

import base64
import json
import string
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote, quote_plus

import yaml

#: Bytes: every canary is at least this long, so that none is met by chance, and a search need only compare as many.
COURT = 8
_LETTRES = string.ascii_lowercase + "éèàçôï"


@dataclass(frozen=True, slots=True)
class Canari:
    """A person: how callers name her, what the sources would answer, and every value that must stay between them."""

    identite: dict[str, Any]
    fiche: dict[str, Any]
    rendues: tuple[str, ...]
    """What an answer shows."""
    tues: tuple[str, ...]
    """What no answer shows: keys."""

    @property
    def valeurs(self) -> tuple[str, ...]:
        """Every value."""
        return self.rendues + self.tues


def breed(nombre: int, graine: int) -> list[Canari]:
    """Return as many persons, the same for the same seed."""
    alea = Random(graine)  # noqa: S311 - the same persons must be found again
    return [_canari(alea) for _ in range(nombre)]


def write(canaris: Iterable[Canari], fichier: Path) -> None:
    """Write the persons as the sandbox reads them."""
    fiches = [canari.fiche for canari in canaris]
    fichier.write_text(yaml.safe_dump(fiches, allow_unicode=True), encoding="utf-8")


def _canari(alea: Random) -> Canari:
    def nom() -> str:
        return "".join(alea.choice(_LETTRES) for _ in range(alea.randint(9, 14))).capitalize()

    def adresse() -> str:
        return "".join(alea.choice(string.ascii_uppercase + string.digits) for _ in range(12))

    naissance, enfant = (date(1930, 1, 1) + timedelta(days=alea.randrange(25_000)) for _ in range(2))
    noms = {cle: nom() for cle in ("naissance", "usage", "premier", "second", "conjoint", "enfant", "etablissement")}
    adresses = [adresse() for _ in range(6)]
    montants = [alea.randrange(10**8, 10**9) for _ in range(4)]
    fiscal, ine = f"3{alea.randrange(10**12):012}", f"{alea.randrange(10**9):09}{alea.choice('ABCDEFGHJK')}K"
    identite = {
        "identitePivot": {
            "nomNaissance": noms["naissance"],
            "nomUsage": noms["usage"],
            "prenoms": [noms["premier"], noms["second"]],
            "anneeDateNaissance": naissance.year,
            "moisDateNaissance": naissance.month,
            "jourDateNaissance": naissance.day,
            "sexeEtatCivil": "F",
            "codeCogInseePaysNaissance": "99100",
            "codeCogInseeCommuneNaissance": "75107",
        },
        "ine": ine,
        "numeroFiscal": fiscal,
    }
    vues = {
        "dgfip_situation_fiscale": {
            "foyer": {
                "sitFam": "C",
                "nbPart": 1.0,
                "nmNaiDec1": noms["naissance"],
                "nmUsaDec1": noms["usage"],
                "prnmDec1": f"{noms['premier']} {noms['second']}",
                "dateNaisDec1": _jour(naissance),
                "aft": adresses[0],
                "aftDetail": {"voie": adresses[1], "commune": adresses[2]},
            },
            "annees": {"{N-1}": {"rfr": montants[0], "revenuBrutGlobal": montants[1], "revImposable": montants[2]}},
        },
        "cnav_quotient_familial": {
            "caisse": "CNAF",
            "quotientFamilial": montants[3],
            "conjoint": _personne(noms["conjoint"], noms["premier"], naissance),
            "enfants": [_personne(noms["enfant"], noms["second"], enfant)],
            "adresse": {"identite": adresses[3], "numeroLibelleVoie": adresses[4], "lieuDit": adresses[5]},
        },
        "mesri_statut_etudiant": {
            "inscriptions": [
                {
                    "dateDebutInscription": "{R}-09-01",
                    "dateFinInscription": "{R+1}-08-31",
                    "statut": "inscrit",
                    "codeCommune": "75113",
                    "etablissement": {"uai": "0751717J", "nomEtablissement": noms["etablissement"]},
                    "regime": "formation initiale",
                }
            ]
        },
    }
    return Canari(
        identite=identite,
        fiche={"nom": f"canari-{fiscal}", "description": "Personne tirée au sort.", "identite": identite, "vues": vues},
        rendues=(*noms.values(), *adresses, *map(str, montants), naissance.isoformat(), enfant.isoformat()),
        tues=(fiscal, ine),
    )


def _jour(jour: date) -> dict[str, str]:
    return {"jour": f"{jour:%d}", "mois": f"{jour:%m}", "annee": f"{jour:%Y}"}


def _personne(nom: str, prenom: str, naissance: date) -> dict[str, str]:
    return {"nomNaissance": nom, "listePrenoms": prenom, "dateNaissance": naissance.isoformat(), "genre": "F"}


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
