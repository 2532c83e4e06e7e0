"""The journal keeps what it is given, in order, for good."""

import asyncio
import sqlite3
import stat
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from audit.compteurs import Compteurs
from audit.journal import Journal
from audit.plume import Plume
from audit.registre import RegistreIncompatible, encoder, lire
from audit.scribe import Depot, File, Scribe
from audit.trace import LIBELLE_MAX, Intention, Issue, Reprise
from graph.errors import AuditIndisponible
from tests.audit.journaux import INSTANT, SOBRE

#: Seconds: far more than a write takes, since the machine may be busy.
PATIENCE = 10
Fabrique = Callable[..., Intention]
FabriqueIssue = Callable[..., Issue]


async def test_what_is_written_is_read_back_as_it_was(
    journal: Journal, chemin: Path, intention: Fabrique, issue: FabriqueIssue
) -> None:
    await journal.ecrire((intention("a"),))
    await journal.ecrire((issue("a"),))
    assert list(lire(chemin)) == [intention("a"), issue("a")]


async def test_a_trace_is_on_disk_as_soon_as_the_write_returns(
    journal: Journal, chemin: Path, intention: Fabrique
) -> None:
    for rang in range(20):
        await journal.ecrire((intention("a", rang=rang),))
        assert [trace.rang for trace in lire(chemin)] == list(range(rang + 1))


async def test_the_traces_of_a_closed_journal_remain(journal: Journal, chemin: Path, intention: Fabrique) -> None:
    await journal.ecrire((intention("a"), intention("a", rang=1)))
    await journal.aclose()
    assert list(lire(chemin)) == [intention("a"), intention("a", rang=1)]


async def test_concurrent_writes_share_few_transactions(journal: Journal, chemin: Path, intention: Fabrique) -> None:
    await asyncio.gather(*(journal.ecrire((intention(str(rang)),)) for rang in range(1000)))
    assert journal.compteurs.traces == 1000
    assert 0 < journal.compteurs.lots <= 50
    assert {trace.requete for trace in lire(chemin)} == {str(rang) for rang in range(1000)}


async def test_writers_of_two_event_loops_are_each_told(journal: Journal, chemin: Path, intention: Fabrique) -> None:
    async def ecrire(prefixe: str) -> None:
        await asyncio.gather(*(journal.ecrire((intention(f"{prefixe}{rang}"),)) for rang in range(50)))

    autre = asyncio.to_thread(asyncio.run, ecrire("autre-"))
    await asyncio.gather(autre, ecrire("une-"))
    assert len(list(lire(chemin))) == 100


async def test_a_write_whose_caller_leaves_is_still_made(journal: Journal, chemin: Path, intention: Fabrique) -> None:
    tache = asyncio.ensure_future(journal.ecrire((intention("partie"),)))
    await asyncio.sleep(0)
    tache.cancel()
    await journal.ecrire((intention("restee"),))
    assert [trace.requete for trace in lire(chemin)] == ["partie", "restee"]
    assert tache.cancelled()


async def test_a_caller_who_gave_up_keeps_no_other_of_its_batch_waiting(chemin: Path, intention: Fabrique) -> None:
    plume = Plume(chemin, None, Compteurs())
    plume.ouvrir(INSTANT)
    boucle, file = asyncio.get_running_loop(), File()
    parti, reste = boucle.create_future(), boucle.create_future()
    parti.cancel()
    for rang, durable in enumerate((parti, reste)):
        file.put(Depot((encoder(intention("a", rang=rang)),), boucle, durable))
    file.put(None)
    scribe = Scribe(plume, file)
    scribe.start()
    await asyncio.wait_for(reste, PATIENCE)
    await asyncio.to_thread(scribe.join)
    assert [trace.rang for trace in lire(chemin)] == [0, 1]


async def test_a_reading_begun_in_one_thread_ends_in_another(
    journal: Journal, chemin: Path, intention: Fabrique
) -> None:
    await journal.ecrire((intention("a"), intention("a", rang=1)))
    lues = lire(chemin)
    assert (await asyncio.to_thread(next, lues)).rang == 0
    assert [trace.rang for trace in lues] == [1]


async def test_a_period_holds_its_beginning_and_not_its_end(
    journal: Journal, chemin: Path, intention: Fabrique
) -> None:
    heures = [INSTANT + timedelta(hours=rang) for rang in (2, 0, 1, 3)]
    await journal.ecrire([intention(str(rang), instant=heure) for rang, heure in enumerate(heures)])
    lues = lire(chemin, INSTANT + timedelta(hours=1), INSTANT + timedelta(hours=3))
    assert [trace.requete for trace in lues] == ["2", "0"]


async def test_an_intention_left_without_issue_is_completed_at_the_next_opening(
    journal: Journal, chemin: Path, intention: Fabrique, issue: FabriqueIssue
) -> None:
    await journal.ecrire((intention("a"), intention("b"), intention("b", rang=1)))
    await journal.ecrire((issue("a"), issue("b")))
    await journal.aclose()
    plus_tard = INSTANT + timedelta(days=1)
    suivant = Journal(chemin, lambda: plus_tard)
    assert await suivant.ouvrir() == 1
    await suivant.aclose()
    assert list(lire(chemin))[-1] == Reprise(requete="b", rang=1, instant=plus_tard)
    assert await suivant.ouvrir() == 0
    await suivant.aclose()


async def test_the_journal_is_for_its_owner_alone(journal: Journal, chemin: Path, intention: Fabrique) -> None:
    await journal.ecrire((intention("a"),))
    assert {stat.S_IMODE(fichier.stat().st_mode) for fichier in chemin.parent.iterdir()} == {0o600}


@pytest.mark.parametrize(
    "ordre",
    [
        "UPDATE trace SET corps = '{}' WHERE seq = 1",
        "DELETE FROM trace",
        "UPDATE partie SET nom = 'x'",
        "DELETE FROM partie",
        "REPLACE INTO trace (seq, genre, requete, rang, instant, corps) VALUES (1, 'INTENT', 'x', 0, 0, '{}')",
    ],
)
async def test_a_trace_can_be_neither_changed_nor_removed(
    journal: Journal, chemin: Path, intention: Fabrique, ordre: str
) -> None:
    await journal.ecrire((intention("a"),))
    with closing(sqlite3.connect(chemin)) as connexion, pytest.raises(sqlite3.IntegrityError, match="ajout seul"):
        connexion.execute(ordre)
    assert list(lire(chemin)) == [intention("a")]


async def test_a_journal_of_a_later_version_is_left_alone(journal: Journal, chemin: Path) -> None:
    await journal.aclose()
    with closing(sqlite3.connect(chemin)) as connexion:
        connexion.execute("PRAGMA user_version = 99")
    with pytest.raises(RegistreIncompatible, match="plus récente"):
        await journal.ouvrir()


@pytest.mark.parametrize("version", [2, 3])
async def test_a_journal_that_was_chained_in_another_way_is_left_alone(
    journal: Journal, chemin: Path, version: int
) -> None:
    await journal.aclose()
    with closing(sqlite3.connect(chemin)) as connexion:
        connexion.execute(f"PRAGMA user_version = {version}")
    with pytest.raises(RegistreIncompatible, match="chaîné autrement"):
        await journal.ouvrir()
    with closing(sqlite3.connect(chemin)) as connexion:
        assert connexion.execute("PRAGMA user_version").fetchone() == (version,)


async def test_a_closed_journal_leaves_no_thread_behind(journal: Journal, intention: Fabrique) -> None:
    await journal.ecrire((intention("a"),))
    assert "journal" in {thread.name for thread in threading.enumerate()}
    await journal.aclose()
    await journal.aclose()
    assert "journal" not in {thread.name for thread in threading.enumerate()}


async def test_a_journal_that_cannot_be_created_refuses_to_open(tmp_path: Path) -> None:
    (tmp_path / "fichier").touch()
    with pytest.raises(AuditIndisponible):
        await Journal(tmp_path / "fichier" / "journal.db", lambda: INSTANT).ouvrir()


def test_the_words_of_the_caller_are_kept_as_given_and_bounded(intention: Fabrique) -> None:
    assert intention("a").demarche == "cantine « été »"
    longue = replace(SOBRE, agent="é" * 1000)
    assert longue.agent == "é" * LIBELLE_MAX


def test_an_instant_is_aware_and_kept_in_utc(issue: FabriqueIssue) -> None:
    paris = INSTANT.astimezone(tz=None)
    assert issue("a", instant=paris).instant.utcoffset() == timedelta(0)
    with pytest.raises(ValueError, match="aware"):
        issue("a", instant=INSTANT.replace(tzinfo=None))
