"""Seals are written in time, outside the database; when they cannot be, no request is held back."""

import asyncio
import json
import random
import shutil
import stat
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from audit.journal import Journal
from audit.scelles import Scelles, chemin_par_defaut, cle_publique
from audit.trace import Issue
from audit.verification import verifier
from tests.audit.journaux import CLE, INSTANT, une

FabriqueIssue = Callable[..., Issue]
#: Seconds: several times the bound promised, since the machine may be busy.
PATIENCE = 10


def tailles(chemin: Path) -> list[tuple[int, bool]]:
    lignes = map(json.loads, chemin_par_defaut(chemin).read_bytes().splitlines())
    return [(ligne["taille"], ligne["close"]) for ligne in lignes]


async def jusqu_a(condition: Callable[[], bool], journal: Journal) -> None:
    """Return once a condition holds, while nothing more is written."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            assert await journal.pret()


async def test_what_is_written_is_sealed_without_more_being_written(
    journal_scelle: Journal, chemin: Path, issue: FabriqueIssue
) -> None:
    assert tailles(chemin) == [(0, False)]
    await journal_scelle.ecrire((issue("a"), issue("b")))
    await jusqu_a(lambda: tailles(chemin)[-1] == (2, False), journal_scelle)
    await journal_scelle.aclose()
    assert tailles(chemin) == [(0, False), (2, False), (2, True)]
    assert journal_scelle.compteurs.scelles == 3


async def test_a_seal_is_made_at_every_thousand_records_exactly(journal_scelle: Journal, chemin: Path) -> None:
    hasard = random.Random(1)  # noqa: S311 - draws traces
    traces = [une(hasard) for _ in range(3500)]
    await asyncio.gather(*(journal_scelle.ecrire(traces[rang : rang + 7]) for rang in range(0, len(traces), 7)))
    await journal_scelle.aclose()
    faites = {taille for taille, _ in tailles(chemin)}
    assert {0, 1000, 2000, 3000, 3500} <= faites
    assert len(faites) <= 5 + 2 * PATIENCE


async def test_every_run_of_before_the_seals_is_sealed_with_the_first(
    chemin: Path, scelles: Scelles, issue: FabriqueIssue
) -> None:
    for nombre in (1, 2, 0, 3):
        avant = Journal(chemin, lambda: INSTANT)
        await avant.ouvrir()
        await avant.ecrire([issue(str(rang)) for rang in range(nombre)])
        await avant.aclose()
    journal = Journal(chemin, lambda: INSTANT, scelles)
    await journal.ouvrir()
    await journal.aclose()
    assert tailles(chemin)[:4] == [(1, False), (2, False), (3, False), (0, False)]
    rapport = verifier(chemin, chemin_par_defaut(chemin), cle_publique(CLE))
    assert rapport.intact
    assert rapport.non_scelles == 0


@pytest.mark.usefixtures("journal_scelle")
async def test_the_seals_are_for_their_owner_alone(chemin: Path) -> None:
    assert stat.S_IMODE(chemin_par_defaut(chemin).stat().st_mode) == 0o600


async def test_seals_that_cannot_be_written_hold_nothing_back_and_are_counted(
    chemin: Path, tmp_path: Path, issue: FabriqueIssue
) -> None:
    ailleurs = tmp_path / "ailleurs"
    (ailleurs / "scelles").mkdir(parents=True)  # a folder, where the file should be
    journal = Journal(chemin, lambda: INSTANT, Scelles(ailleurs / "scelles", CLE, lambda: INSTANT))
    await journal.ouvrir()
    assert journal.scelles_en_panne
    await journal.ecrire((issue("a"),))
    assert await journal.pret()
    assert journal.compteurs.scelles_echoues >= 1
    assert journal.compteurs.traces == 1
    shutil.rmtree(ailleurs)
    await jusqu_a(lambda: not journal.scelles_en_panne, journal)
    await journal.ecrire((issue("b"),))
    await journal.aclose()
    rapport = verifier(chemin, ailleurs / "scelles", cle_publique(CLE))
    assert rapport.intact
    assert rapport.non_scelles == 0


async def test_a_disk_that_hangs_holds_nothing_back(chemin: Path, issue: FabriqueIssue) -> None:
    repart = threading.Event()

    def horloge() -> datetime:
        """Hang in the midst of a seal, as a disk would."""
        repart.wait()
        return INSTANT

    journal = Journal(chemin, lambda: INSTANT, Scelles(chemin_par_defaut(chemin), CLE, horloge))
    await journal.ouvrir()
    await asyncio.gather(*(journal.ecrire((issue(str(rang)),)) for rang in range(1500)))
    assert journal.compteurs.traces == 1500
    assert journal.compteurs.scelles == 0
    repart.set()
    await journal.aclose()
    assert tailles(chemin)[-1] == (1500, True)
    assert {taille for taille, _ in tailles(chemin)} >= {0, 1000}


async def test_a_seal_half_written_is_left_and_the_next_one_is_whole(
    journal_scelle: Journal, chemin: Path, issue: FabriqueIssue
) -> None:
    await journal_scelle.ecrire((issue("a"),))
    await jusqu_a(lambda: tailles(chemin)[-1] == (1, False), journal_scelle)
    with chemin_par_defaut(chemin).open("ab") as fichier:
        fichier.write(b'{"close":false')
    await journal_scelle.ecrire((issue("b"),))
    await journal_scelle.aclose()
    rapport = verifier(chemin, chemin_par_defaut(chemin), cle_publique(CLE))
    assert rapport.intact
    assert rapport.illisibles == 1


async def test_seals_removed_while_the_journal_lives_are_missed(
    journal_scelle: Journal, chemin: Path, issue: FabriqueIssue
) -> None:
    await journal_scelle.ecrire((issue("a"),))
    await jusqu_a(lambda: tailles(chemin)[-1] == (1, False), journal_scelle)
    chemin_par_defaut(chemin).unlink()
    await journal_scelle.ecrire((issue("b"),))
    await journal_scelle.aclose()
    anomalie = verifier(chemin, chemin_par_defaut(chemin), cle_publique(CLE)).anomalie
    assert anomalie is not None
    assert str(anomalie) == "scellé supprimé, déplacé ou rejoué, ligne 1 du fichier des scellés"


def test_a_private_key_never_shows(scelles: Scelles) -> None:
    assert CLE.hex() not in repr(vars(scelles))
    assert repr(CLE) not in repr(vars(scelles))


@pytest.mark.parametrize("taille", [0, 31, 33])
def test_a_key_of_another_size_is_refused(chemin: Path, taille: int) -> None:
    with pytest.raises(ValueError, match="32"):
        Scelles(chemin, bytes(taille), lambda: INSTANT)
