"""Each record is chained to the one before, whatever happens to the disk, the writer or the version."""

import ctypes
import random
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.journal import Journal
from audit.registre import lire
from audit.scelles import Scelles, chemin_par_defaut, cle_publique
from audit.tables import AVEC_GARDE
from audit.trace import Intention, Issue, Reprise
from audit.verificateur import ZERO, Chaine, racine
from audit.verification import verifier
from graph.errors import AuditIndisponible
from tests.audit import version_1
from tests.audit.journaux import CLE, INSTANT, une
from tests.audit.test_fail_closed import remplace, verrouille

Fabrique = Callable[..., Intention]
FabriqueIssue = Callable[..., Issue]


def intact(chemin: Path) -> bool:
    return verifier(chemin, chemin_par_defaut(chemin), cle_publique(CLE)).intact


def colonnes(chemin: Path) -> list[tuple[int, int, int]]:
    with closing(sqlite3.connect(chemin)) as connexion:
        return connexion.execute("SELECT seq, partie, numero FROM trace ORDER BY seq").fetchall()


async def test_each_opening_begins_a_partie_bound_to_the_one_before(
    journal_scelle: Journal, chemin: Path, issue: FabriqueIssue
) -> None:
    await journal_scelle.ecrire((issue("a"), issue("b")))
    await journal_scelle.aclose()
    await journal_scelle.ouvrir()
    await journal_scelle.ecrire((issue("c"),))
    await journal_scelle.aclose()
    assert colonnes(chemin) == [(1, 1, 1), (2, 1, 2), (3, 2, 1)]
    assert intact(chemin)


async def test_the_maillon_of_a_record_is_what_the_format_says(
    journal: Journal, chemin: Path, issue: FabriqueIssue
) -> None:
    await journal.ecrire((issue("é"),))
    with closing(sqlite3.connect(chemin)) as connexion:
        nom, ouverte = connexion.execute("SELECT nom, ouverte FROM partie").fetchone()
        corps, maillon = connexion.execute("SELECT corps, maillon FROM trace").fetchone()
    debut = sha256(bytes(32) + f"partie {nom} {ouverte}".encode()).digest()
    ligne = f"{nom} 1 OUTCOME 0 {INSTANT.timestamp():.0f}000000 2\né{corps}".encode()
    assert maillon == sha256(b"\0" + debut + ligne).digest()


def test_the_root_is_that_of_rfc_6962() -> None:
    def mth(feuilles: list[bytes]) -> bytes:
        """Compute the root as the RFC defines it, §2.1."""
        if len(feuilles) < 2:
            return sha256(b"\0" + feuilles[0]).digest() if feuilles else sha256(b"").digest()
        coupe = 1 << ((len(feuilles) - 1).bit_length() - 1)
        return sha256(b"\1" + mth(feuilles[:coupe]) + mth(feuilles[coupe:])).digest()

    chaine, feuilles = Chaine("nom", ZERO), list[bytes]()
    for rang in range(1, 70):
        assert racine(chaine.sommets) == mth(feuilles)
        feuilles.append(chaine.maillon + f"nom {rang} reste {rang}".encode())
        chaine.avancer(f"reste {rang}".encode())


@given(st.lists(st.integers(0, 40), max_size=6))
def test_records_may_be_added_by_their_maillons(tailles: list[int]) -> None:
    une, autre = Chaine("nom", ZERO), Chaine("nom", ZERO)
    for taille in tailles:
        autre.joindre(b"".join([une.avancer(b"reste %d" % rang) for rang in range(taille)]))
        assert autre.tete() == une.tete()


@pytest.mark.parametrize("panne", [verrouille, remplace])
async def test_the_chain_goes_on_after_a_failure(
    journal_scelle: Journal, chemin: Path, issue: FabriqueIssue, panne: Callable[[Path], object]
) -> None:
    await journal_scelle.ecrire((issue("avant"),))
    with panne(chemin), pytest.raises(AuditIndisponible):  # type: ignore[attr-defined] # context managers, both
        await journal_scelle.ecrire((issue("pendant"),))
    await journal_scelle.ecrire((issue("apres"),))
    await journal_scelle.aclose()
    assert [trace.requete for trace in lire(chemin)] == ["avant", "apres"]
    assert intact(chemin)


# The thread dies of SystemExit: the interpreter keeps quiet about it, and pytest would not.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_the_chain_goes_on_with_another_writer(
    journal_scelle: Journal, chemin: Path, issue: FabriqueIssue
) -> None:
    await journal_scelle.ecrire((issue("avant"),))
    (scribe,) = (thread for thread in threading.enumerate() if thread.name == "journal")
    assert ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(scribe.ident or 0), ctypes.py_object(SystemExit))
    assert await journal_scelle.pret() or not scribe.is_alive()
    scribe.join(10)
    await journal_scelle.ecrire((issue("apres"),))
    await journal_scelle.aclose()
    assert intact(chemin)


async def test_a_batch_that_seemed_to_fail_and_did_not_is_chained_once(
    journal_scelle: Journal, chemin: Path, issue: FabriqueIssue
) -> None:
    await journal_scelle.ecrire((issue("a"),))
    # A disk may fail once it has written: what the journal knows is then behind what the file holds.
    partie = journal_scelle._plume._partie  # noqa: SLF001 - no disk fails so at will
    connue = partie.chaine
    await journal_scelle.ecrire((issue("b"), issue("c")))
    partie.chaine = connue
    with verrouille(chemin), pytest.raises(AuditIndisponible):
        await journal_scelle.ecrire((issue("d"),))
    await journal_scelle.ecrire((issue("e"),))
    await journal_scelle.aclose()
    assert [trace.requete for trace in lire(chemin)] == ["a", "b", "c", "e"]
    assert intact(chemin)


async def test_a_trigger_that_swallows_records_is_a_failure(
    journal_scelle: Journal, chemin: Path, issue: FabriqueIssue
) -> None:
    await journal_scelle.ecrire((issue("a"),))
    with closing(sqlite3.connect(chemin)) as connexion:
        connexion.execute("CREATE TRIGGER t BEFORE INSERT ON trace BEGIN SELECT RAISE(IGNORE); END")
    with pytest.raises(AuditIndisponible):
        await journal_scelle.ecrire((issue("b"),))
    with closing(sqlite3.connect(chemin)) as connexion:
        connexion.execute("DROP TRIGGER t")
    await journal_scelle.ecrire((issue("c"),))
    await journal_scelle.aclose()
    assert intact(chemin)


async def test_a_journal_of_the_previous_version_is_chained_as_it_is(
    chemin: Path, scelles: Scelles, intention: Fabrique
) -> None:
    hasard = random.Random(1)  # noqa: S311 - draws traces
    anciennes = [une(hasard) for _ in range(2300)] + [intention("sans issue")]
    version_1.ecrire(chemin, anciennes)
    attendues = sorted(anciennes, key=lambda trace: trace.instant)
    journal = Journal(chemin, lambda: INSTANT, scelles)
    sans_issue = sum(isinstance(trace, Intention) for trace in anciennes)
    assert await journal.ouvrir() == sans_issue
    await journal.aclose()
    lues = [trace for trace in lire(chemin) if not isinstance(trace, Reprise)]
    assert lues == sorted(lues, key=lambda trace: trace.instant)
    assert sorted(map(repr, lues)) == sorted(map(repr, attendues))
    rapport = verifier(chemin, chemin_par_defaut(chemin), cle_publique(CLE))
    assert rapport.intact
    assert (rapport.parties, rapport.non_scelles) == (2, 0)
    assert rapport.scelles >= 5  # at 1,000, 2,000 and 2,301 old records, then the new partie, begun and closed
    with closing(sqlite3.connect(chemin)) as connexion, pytest.raises(sqlite3.IntegrityError, match="ajout seul"):
        connexion.execute("UPDATE trace SET corps = '{}' WHERE seq = 1")


async def test_records_of_before_a_field_was_told_are_read_and_chained_as_they_are(
    chemin: Path, scelles: Scelles, intention: Fabrique
) -> None:
    version_1.ecrire(chemin, [intention("a")])
    with closing(sqlite3.connect(chemin)) as connexion, connexion:
        connexion.execute("DROP TRIGGER trace_non_modifiable")
        connexion.execute("UPDATE trace SET corps = json_remove(corps, '$.delegation', '$.scopes_arguments')")
        connexion.execute(AVEC_GARDE)
        (corps,) = connexion.execute("SELECT corps FROM trace").fetchone()
    assert "delegation" not in corps
    journal = Journal(chemin, lambda: INSTANT, scelles)
    await journal.ouvrir()
    await journal.aclose()
    assert [une for une in lire(chemin) if isinstance(une, Intention)] == [intention("a")]
    assert intact(chemin)
    with closing(sqlite3.connect(chemin)) as connexion:
        assert connexion.execute("SELECT corps FROM trace WHERE genre = 'INTENT'").fetchone() == (corps,)


async def test_the_first_seals_answer_for_what_came_before_them(
    journal: Journal, chemin: Path, scelles: Scelles
) -> None:
    hasard = random.Random(2)  # noqa: S311 - draws traces
    await journal.ecrire([une(hasard) for _ in range(1100)])
    await journal.aclose()
    suivant = Journal(chemin, lambda: INSTANT, scelles)
    await suivant.ouvrir()
    await suivant.aclose()
    assert intact(chemin)
    with closing(sqlite3.connect(chemin)) as connexion, connexion:
        connexion.execute("DROP TRIGGER trace_non_modifiable")
        connexion.execute("UPDATE trace SET rang = 9 WHERE seq = 1050")
    anomalie = verifier(chemin, chemin_par_defaut(chemin), cle_publique(CLE)).anomalie
    assert anomalie is not None
    assert (anomalie.de, anomalie.a) == (1001, 1050)
