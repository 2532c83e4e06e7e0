"""Honest journals, drawn at random: several openings, batches of every size, and words that callers may send."""

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from audit.journal import Journal
from audit.scelles import Scelles, chemin_par_defaut
from audit.trace import OBTENU, Intention, Issue, Pseudonyme, Trace

CLE = bytes(range(7, 39))
INSTANT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
#: An access of which nothing is said, for the tests that say one thing of it.
SOBRE = Intention(
    requete="r",
    rang=0,
    instant=INSTANT,
    jeton="j",
    habilitation="h",
    destinataire="21920023500014",
    cadre_juridique="",
    operation="",
    champs=(),
)
MOTS = ("cantine « été »", "agent-7", "ligne\nsuivante", 'guillemet "', "nul \0", "🏛️", "", "a b 1 2 3")


def ecrire(chemin: Path, ouvertures: Sequence[int], hasard: random.Random, lot: int = 40) -> None:
    """Write a journal and its seals: how many records each opening writes, about."""
    asyncio.run(_ecrire(chemin, ouvertures, hasard, lot))


async def _ecrire(chemin: Path, ouvertures: Sequence[int], hasard: random.Random, lot: int) -> None:
    for nombre in ouvertures:
        journal = Journal(chemin, lambda: INSTANT, Scelles(chemin_par_defaut(chemin), CLE, lambda: INSTANT))
        await journal.ouvrir()
        reste = nombre
        while reste > 0:
            traces = [une(hasard) for _ in range(min(reste, hasard.randint(1, lot)))]
            reste -= len(traces)
            await journal.ecrire(traces)
        await journal.aclose()


def une(hasard: random.Random) -> Trace:
    """Return any trace."""
    instant = INSTANT + timedelta(microseconds=hasard.randrange(10**9))
    rang = hasard.randrange(3)
    requete = str(UUID(int=hasard.getrandbits(128)))
    pseudonymes = (Pseudonyme("ine", hasard.randbytes(32).hex()),)
    if hasard.random() < 0.5:
        return Issue(requete=requete, rang=rang, instant=instant, resultat=OBTENU, pseudonymes=pseudonymes)
    return Intention(
        requete=requete,
        rang=rang,
        instant=instant,
        jeton=f"jeton-{hasard.randrange(5)}",
        habilitation="habilitation",
        destinataire="21920023500014",
        cadre_juridique=hasard.choice(MOTS),
        operation="ab" * 32,
        champs=("situationFiscale.revenuFiscalReference",),
        pseudonymes=pseudonymes,
        agent=hasard.choice(MOTS),
    )
