"""How many durable records a second a journal on PostgreSQL takes: printed, since it depends on the machine."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from time import perf_counter

import pytest

from audit.postgresql.journal import JournalPostgresql
from audit.postgresql.sceaux import OuvrirScelles
from audit.scelles import Scelles
from audit.trace import Intention, Issue
from tests.audit.journaux import CLE
from tests.audit.test_journal_postgresql import adresse, horloge

__all__ = ["adresse"]

Fabrique = Callable[..., Intention]
FabriqueIssue = Callable[..., Issue]
pytestmark = pytest.mark.campagne
SECONDES = 5.0


@pytest.fixture(params=["sans scellés", "avec scellés"])
def scelles(request: pytest.FixtureRequest, tmp_path: Path) -> OuvrirScelles | None:
    return None if request.param == "sans scellés" else (lambda nom: Scelles(tmp_path / f"{nom}.scelles", CLE, horloge))


@pytest.mark.parametrize("charge", [(1, 1), (64, 1), (256, 1), (256, 2)], ids=str)
async def test_the_throughput_of_durable_records_is_printed(
    adresse: str,
    scelles: OuvrirScelles | None,
    intention: Fabrique,
    issue: FabriqueIssue,
    charge: tuple[int, int],
) -> None:
    clients, processus = charge
    durees: list[float] = []
    async with AsyncExitStack() as pile:
        journaux = [JournalPostgresql(adresse, horloge, scelles) for _ in range(processus)]
        for journal in journaux:
            await journal.ouvrir()
            pile.push_async_callback(journal.aclose)
        fin = perf_counter() + SECONDES

        async def client(rang: int) -> None:
            nombre = 0
            while (debut := perf_counter()) < fin:
                nombre += 1
                await journaux[rang % processus].ecrire((intention(f"{rang}-{nombre}"),))
                await journaux[rang % processus].ecrire((issue(f"{rang}-{nombre}"),))
                durees.append((perf_counter() - debut) / 2)

        await asyncio.gather(*(client(rang) for rang in range(clients)))
        ecrites = sum(journal.compteurs.traces for journal in journaux)
    durees.sort()
    sys.stdout.write(
        f"\n{clients} clients, {processus} journaux, {'avec' if scelles else 'sans'} scellés : "
        f"{ecrites / SECONDES:.0f} enregistrements durables/s, "
        f"p50 {durees[len(durees) // 2] * 1e3:.1f} ms, p99 {durees[len(durees) * 99 // 100] * 1e3:.1f} ms\n"
    )
    assert ecrites == 2 * len(durees)
