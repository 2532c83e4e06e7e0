"""The durable trace alone: what two writes per request, before and after, cost on this disk."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from uuid import uuid4

from audit.journal import Journal
from audit.trace import OBTENU, Consultation, Intention, Issue, Pseudonyme
from bench.charge import Mesure, mesurer

_PSEUDONYMES = tuple(Pseudonyme(genre, "0" * 64) for genre in ("ine", "numero_fiscal", "identite_pivot", "etat_civil"))
_CHAMPS = tuple(f"situationFiscale.champ{rang}" for rang in range(9))
_CONSULTATIONS = tuple(Consultation(f"source_{rang}", OBTENU, 1) for rang in range(3))


async def tracer(chemin: Path, clients: int, secondes: float) -> Mesure:
    """Write an intention then an issue, as `clients` requests at once would, for a time. Raise AuditIndisponible."""
    journal = Journal(chemin, maintenant)
    await journal.ouvrir()
    durees: list[float] = []
    debut = perf_counter()

    async def client() -> None:
        while (depart := perf_counter()) < debut + secondes:
            requete = str(uuid4())
            await journal.ecrire([intention(requete)])
            await journal.ecrire([issue(requete)])
            durees.append(perf_counter() - depart)

    await asyncio.gather(*(client() for _ in range(clients)))
    await journal.aclose()
    return mesurer(durees, perf_counter() - debut)


def maintenant() -> datetime:
    """Return the current instant."""
    return datetime.now(UTC)


def intention(requete: str) -> Intention:
    """Return an access to nine fields of three sources, as it begins."""
    return Intention(
        requete=requete,
        rang=0,
        instant=maintenant(),
        jeton=requete,
        habilitation=requete,
        destinataire="13002526500013",
        cadre_juridique="banc",
        operation="0" * 64,
        champs=_CHAMPS,
        pseudonymes=_PSEUDONYMES,
    )


def issue(requete: str) -> Issue:
    """Return how it ends."""
    return Issue(
        requete=requete,
        rang=0,
        instant=maintenant(),
        resultat=OBTENU,
        champs=_CHAMPS,
        consultations=_CONSULTATIONS,
        pseudonymes=_PSEUDONYMES[-1:],
    )
