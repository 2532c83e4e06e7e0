"""When a trace cannot be made durable, the caller is told within a bound; once the cause is gone, all is well."""

import asyncio
import ctypes
import resource
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from audit.bornes import ATTENTE_MAX
from audit.contrat import JournalDurable
from audit.journal import Journal
from audit.registre import lire
from audit.trace import Intention
from graph.errors import AuditIndisponible

Fabrique = Callable[..., Intention]
#: Seconds: several times the bound promised, since the machine may be busy.
PATIENCE = 10
N = 100


@contextmanager
def verrouille(chemin: Path) -> Iterator[None]:
    """Another connection holds the right to write."""
    with closing(sqlite3.connect(chemin, isolation_level=None)) as autre:
        autre.execute("BEGIN IMMEDIATE")
        yield
        autre.execute("ROLLBACK")


@contextmanager
def plein(chemin: Path) -> Iterator[None]:
    """The kernel lets no file grow past the size of the write-ahead log: not one more trace fits in it."""
    taille = chemin.with_name(f"{chemin.name}-wal").stat().st_size
    souple, dure = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (taille, dure))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (souple, dure))


@contextmanager
def deplace(chemin: Path) -> Iterator[None]:
    """Somebody moved the file away."""
    ailleurs = chemin.rename(chemin.with_suffix(".ailleurs"))
    yield
    ailleurs.rename(chemin)


@contextmanager
def remplace(chemin: Path) -> Iterator[None]:
    """Somebody put another file, which is no journal, in its place."""
    with deplace(chemin):
        chemin.write_bytes(b"ceci n'est pas un journal" * 1000)
        yield


Panne = Callable[[Path], AbstractContextManager[None]]


async def refus(journal: JournalDurable, intention: Intention) -> str | None:
    """Return why a write is refused, and fail if it is not, or not in time."""
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(AuditIndisponible) as capture:
            await journal.ecrire((intention,))
    return capture.value.cause


@pytest.mark.parametrize("panne", [verrouille, plein, deplace, remplace])
async def test_nothing_is_acknowledged_during_a_failure_and_it_heals_by_itself(
    journal: Journal, chemin: Path, intention: Fabrique, panne: Panne
) -> None:
    await journal.ecrire((intention("avant"),))
    with panne(chemin):
        causes = await asyncio.gather(*(refus(journal, intention(f"pendant-{rang}")) for rang in range(N)))
        assert all(causes)
        assert not await journal.pret() or panne is plein  # an empty write needs no room
    await journal.ecrire((intention("apres"),))
    assert await journal.pret()
    assert [trace.requete for trace in lire(chemin)] == ["avant", "apres"]
    assert journal.compteurs.traces == 2
    assert journal.compteurs.echecs > 0


async def test_a_write_that_waits_behind_a_lock_is_refused_as_soon_as_the_first(
    journal: Journal, chemin: Path, intention: Fabrique
) -> None:
    with verrouille(chemin):
        premiere = asyncio.ensure_future(refus(journal, intention("premiere")))
        await asyncio.sleep(0)
        assert await refus(journal, intention("seconde"))
        assert await premiere == "SQLITE_BUSY"


async def test_too_many_waiting_writes_are_refused_at_once(journal: Journal, chemin: Path, intention: Fabrique) -> None:
    with verrouille(chemin):
        toutes = [refus(journal, intention(str(rang))) for rang in range(2 * ATTENTE_MAX)]
        causes = await asyncio.gather(*toutes)
    assert "FILE_PLEINE" in causes
    await journal.ecrire((intention("apres"),))


async def test_a_closed_journal_refuses(journal: Journal, chemin: Path, intention: Fabrique) -> None:
    await journal.aclose()
    assert await refus(journal, intention("apres")) == "JOURNAL_FERME"
    assert not await journal.pret()
    await journal.ouvrir()
    await journal.ecrire((intention("rouvert"),))
    assert [trace.requete for trace in lire(chemin)] == ["rouvert"]


async def test_a_journal_that_was_never_opened_refuses(chemin: Path, intention: Fabrique) -> None:
    jamais_ouvert = Journal(chemin, lambda: intention("x").instant)
    assert await refus(jamais_ouvert, intention("a")) == "JOURNAL_FERME"


# The thread dies of SystemExit: the interpreter keeps quiet about it, and pytest would not.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_dead_writer_is_replaced(journal: Journal, chemin: Path, intention: Fabrique) -> None:
    await journal.ecrire((intention("avant"),))
    (scribe,) = (thread for thread in threading.enumerate() if thread.name == "journal")
    assert ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(scribe.ident or 0), ctypes.py_object(SystemExit))
    with verrouille(chemin):  # whenever the thread dies, this write cannot succeed in time
        assert await refus(journal, intention("pendant"))
    scribe.join(PATIENCE)
    assert not scribe.is_alive()
    await journal.ecrire((intention("apres"),))
    # What the dead thread left in the queue is written by its successor: a refused write may still be made.
    assert [trace.requete for trace in lire(chemin) if trace.requete != "pendant"] == ["avant", "apres"]


async def test_a_locked_journal_refuses_to_open(journal: Journal, chemin: Path, intention: Fabrique) -> None:
    await journal.ecrire((intention("sans issue"),))
    await journal.aclose()
    with verrouille(chemin):
        async with asyncio.timeout(PATIENCE):
            with pytest.raises(AuditIndisponible):
                await journal.ouvrir()
    assert await journal.ouvrir() == 1


async def test_a_refusal_says_nothing_of_what_was_to_be_written(
    journal: Journal, chemin: Path, intention: Fabrique
) -> None:
    with deplace(chemin), pytest.raises(AuditIndisponible) as capture:
        await journal.ecrire((intention("secret"),))
    assert capture.value.__context__ is None
    assert "secret" not in repr(capture.value)
