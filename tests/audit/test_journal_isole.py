"""A journal that a process of its own writes keeps the promises of the one that a thread writes, and survives it."""

import asyncio
import json
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from audit.bornes import ATTENTE_MAX
from audit.journal_isole import JournalIsole
from audit.liaison import ACCORD, Ouverture, ecrire
from audit.registre import RegistreIncompatible, lire
from audit.scelles import chemin_par_defaut, cle_publique
from audit.trace import Intention, Issue, Reprise
from audit.verification import verifier
from graph.errors import AuditIndisponible
from tests.attente import TOUR
from tests.audit.ecrivains import ecrivains
from tests.audit.journaux import CLE
from tests.audit.test_fail_closed import deplace, refus, remplace, verrouille
from tests.serveur import RACINE

#: Seconds: far more than anything here takes, since the machine may be busy.
PATIENCE = 30
Fabrique = Callable[..., Intention]
FabriqueIssue = Callable[..., Issue]


@pytest.fixture
async def isole(chemin: Path) -> AsyncIterator[JournalIsole]:
    journal = neuf(chemin)
    await journal.ouvrir()
    yield journal
    await journal.aclose()


def neuf(chemin: Path) -> JournalIsole:
    return JournalIsole(chemin, chemin_par_defaut(chemin), CLE)


def ecrivain() -> int:
    (pid,) = ecrivains(os.getpid())
    return pid


def exiger_intact(chemin: Path) -> None:
    rapport = verifier(chemin, chemin_par_defaut(chemin), cle_publique(CLE))
    assert rapport.intact, rapport.anomalie


def absent(chemin: Path) -> bool:
    return not chemin.exists()


def vu_de_tous(pid: int) -> bytes:
    """Return what the machine shows of a process."""
    return b"".join(Path(f"/proc/{pid}/{nom}").read_bytes() for nom in ("environ", "cmdline"))


async def jusqu_a(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - another process answers
            await asyncio.sleep(TOUR)


async def ecrire_sans_faute(journal: JournalIsole, intention: Intention) -> None:
    """Write, once the writer that died is replaced: until then, those who wait for too long are refused."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await journal.ecrire((intention,))
            except AuditIndisponible:
                await asyncio.sleep(TOUR)


async def test_what_is_written_is_on_disk_chained_and_sealed(
    isole: JournalIsole, chemin: Path, intention: Fabrique, issue: FabriqueIssue
) -> None:
    await isole.ecrire((intention("a"),))
    assert list(lire(chemin)) == [intention("a")]
    await isole.ecrire((issue("a"), intention("b")))
    assert list(lire(chemin)) == [intention("a"), issue("a"), intention("b")]
    await isole.aclose()
    assert (isole.compteurs.lots, isole.compteurs.traces) == (2, 3)
    assert isole.compteurs.scelles >= 2
    exiger_intact(chemin)


async def test_concurrent_writes_share_few_transactions(isole: JournalIsole, chemin: Path, intention: Fabrique) -> None:
    pid = ecrivain()
    os.kill(pid, signal.SIGSTOP)
    ecritures = [asyncio.ensure_future(isole.ecrire((intention(str(rang)),))) for rang in range(1000)]
    await asyncio.sleep(0)
    os.kill(pid, signal.SIGCONT)
    await asyncio.gather(*ecritures)
    assert isole.compteurs.traces == 1000
    assert 0 < isole.compteurs.lots <= 100
    assert {trace.requete for trace in lire(chemin)} == {str(rang) for rang in range(1000)}


async def test_a_long_trace_comes_through_whole(isole: JournalIsole, chemin: Path, intention: Fabrique) -> None:
    longue = intention("é" * 300_000)  # several times what a socket holds
    await isole.ecrire((longue,))
    assert list(lire(chemin)) == [longue]


async def test_what_waits_when_it_closes_is_written(isole: JournalIsole, chemin: Path, intention: Fabrique) -> None:
    ecritures = [asyncio.ensure_future(isole.ecrire((intention(str(rang)),))) for rang in range(50)]
    await asyncio.sleep(0)
    await isole.aclose()
    await asyncio.gather(*ecritures)
    assert len(list(lire(chemin))) == 50
    assert not ecrivains(os.getpid())
    with pytest.raises(AuditIndisponible) as fermee:
        await isole.ecrire(())
    assert fermee.value.cause == "JOURNAL_FERME"


async def test_a_writer_that_dies_is_replaced_and_what_it_was_given_is_refused(
    isole: JournalIsole, chemin: Path, intention: Fabrique, issue: FabriqueIssue
) -> None:
    await isole.ecrire((intention("avant"),))
    with verrouille(chemin):  # what is given to the writer cannot be written before it dies
        perdues = [asyncio.ensure_future(refus(isole, intention(str(rang)))) for rang in range(20)]
        await asyncio.sleep(0)
        os.kill(ecrivain(), signal.SIGKILL)
        assert set(await asyncio.gather(*perdues)) <= {"ECRIVAIN_MORT", "SQLITE_BUSY", "DELAI_DEPASSE"}
    await ecrire_sans_faute(isole, intention("apres"))
    # The access that was under way is not taken for one of a server that died.
    await isole.ecrire((issue("avant"),))
    await isole.aclose()
    gardees = [trace for trace in lire(chemin) if trace.requete in {"avant", "apres"}]
    assert gardees[0] == intention("avant")
    assert gardees[-1] == issue("avant")
    assert not any(isinstance(trace, Reprise) for trace in gardees)
    assert isole.compteurs.echecs > 0
    exiger_intact(chemin)


async def test_writers_killed_again_and_again_lose_nothing_that_was_told_durable(
    isole: JournalIsole, chemin: Path, intention: Fabrique
) -> None:
    durables: list[str] = []
    fini = False

    async def ecrire(client: int) -> None:
        rang = 0
        while not fini:
            rang += 1
            try:
                await isole.ecrire((intention(f"{client}-{rang}"),))
                durables.append(f"{client}-{rang}")
            except AuditIndisponible:
                await asyncio.sleep(TOUR)

    clients = [asyncio.ensure_future(ecrire(client)) for client in range(8)]
    for mort in (30, 60, 200, 7, 110):
        await jusqu_a(partial(_plus, durables, len(durables) + mort))
        for pid in ecrivains(os.getpid()):
            os.kill(pid, signal.SIGKILL)
    await jusqu_a(partial(_plus, durables, len(durables) + 30))
    fini = True
    await asyncio.gather(*clients)
    await isole.aclose()
    assert set(durables) <= {trace.requete for trace in lire(chemin)}
    exiger_intact(chemin)


def _plus(durables: Sequence[str], nombre: int) -> bool:
    return len(durables) > nombre


async def test_a_signal_meant_for_the_server_does_not_stop_the_writer(
    isole: JournalIsole, chemin: Path, intention: Fabrique
) -> None:
    pid = ecrivain()
    for numero in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        os.kill(pid, numero)
    await isole.ecrire((intention("a"),))
    assert ecrivain() == pid
    assert os.getpgid(pid) != os.getpgid(0)
    assert os.getsid(pid) == os.getsid(0)
    assert list(lire(chemin)) == [intention("a")]


@contextmanager
def plein(_chemin: Path) -> Iterator[None]:
    """The kernel lets the writer write no file any more."""
    pid = ecrivain()
    _, dure = avant = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, dure))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, avant)


@pytest.mark.parametrize("panne", [verrouille, plein, deplace, remplace])
async def test_nothing_is_acknowledged_during_a_failure_and_it_heals_by_itself(
    isole: JournalIsole, chemin: Path, intention: Fabrique, panne: Callable[[Path], AbstractContextManager[None]]
) -> None:
    await isole.ecrire((intention("avant"),))
    with panne(chemin):
        causes = await asyncio.gather(*(refus(isole, intention(f"pendant-{rang}")) for rang in range(100)))
        assert all(causes)
        assert not await isole.pret() or panne is plein  # an empty write needs no room
    await ecrire_sans_faute(isole, intention("apres"))
    avant, *apres = [trace.requete for trace in lire(chemin)]
    assert (avant, {*apres}) == ("avant", {"apres"})
    await isole.aclose()
    exiger_intact(chemin)


async def test_a_journal_that_was_moved_is_not_begun_anew_by_the_next_writer(
    isole: JournalIsole, chemin: Path, intention: Fabrique
) -> None:
    await isole.ecrire((intention("avant"),))
    with deplace(chemin):
        os.kill(ecrivain(), signal.SIGKILL)
        async with asyncio.timeout(PATIENCE):
            while (cause := await refus(isole, intention("pendant"))) in {"ECRIVAIN_MORT", "DELAI_DEPASSE"}:
                pass
        assert cause == "FileNotFoundError"
        assert absent(chemin)
    await ecrire_sans_faute(isole, intention("apres"))
    avant, *apres = [trace.requete for trace in lire(chemin)]
    assert (avant, {*apres}) == ("avant", {"apres"})


async def test_too_many_waiting_writes_are_refused_at_once(
    isole: JournalIsole, chemin: Path, intention: Fabrique
) -> None:
    with verrouille(chemin):
        causes = await asyncio.gather(*(refus(isole, intention(str(rang))) for rang in range(2 * ATTENTE_MAX)))
    assert causes.count("FILE_PLEINE") == ATTENTE_MAX


async def test_a_seal_that_cannot_be_written_is_told_without_more_being_written(
    isole: JournalIsole, chemin: Path, intention: Fabrique
) -> None:
    scelles = chemin_par_defaut(chemin)
    ailleurs = scelles.rename(scelles.with_suffix(".ailleurs"))
    scelles.symlink_to(scelles.parent / "absent" / "scelles")
    await isole.ecrire((intention("a"),))
    await jusqu_a(lambda: isole.scelles_en_panne)
    assert isole.compteurs.scelles_echoues > 0
    ailleurs.replace(scelles)  # at once: a seal written in between would be lost
    await jusqu_a(lambda: not isole.scelles_en_panne)
    await isole.aclose()
    exiger_intact(chemin)


async def test_an_intention_left_by_a_server_that_died_is_completed_at_the_next_opening(
    isole: JournalIsole, chemin: Path, intention: Fabrique
) -> None:
    await isole.ecrire((intention("a"),))
    await isole.aclose()
    assert await isole.ouvrir() == 1
    assert isinstance(list(lire(chemin))[-1], Reprise)


async def test_two_writers_never_write_one_journal_at_once(
    isole: JournalIsole, chemin: Path, intention: Fabrique
) -> None:
    premier, suivant = ecrivain(), neuf(chemin)
    ouverture = asyncio.ensure_future(suivant.ouvrir())
    await jusqu_a(lambda: any(map(attend, ecrivains(os.getpid()) - {premier})))
    await isole.ecrire((intention("premier"),))
    assert not ouverture.done()
    await isole.aclose()
    assert await ouverture == 1
    await suivant.aclose()
    exiger_intact(chemin)


async def test_a_writer_that_dies_before_it_answers_is_told(isole: JournalIsole, chemin: Path) -> None:
    premier = ecrivain()
    ouverture = asyncio.ensure_future(neuf(chemin).ouvrir())
    await jusqu_a(lambda: any(map(attend, ecrivains(os.getpid()) - {premier})))
    (suivant,) = ecrivains(os.getpid()) - {premier}
    os.kill(suivant, signal.SIGKILL)
    with pytest.raises(AuditIndisponible) as refusee:
        await ouverture
    assert refusee.value.cause == "ECRIVAIN_MORT"
    await isole.aclose()


async def test_a_writer_whose_own_server_died_does_not_complete_the_accesses_of_another(
    isole: JournalIsole, chemin: Path, intention: Fabrique, issue: FabriqueIssue
) -> None:
    await isole.ecrire((intention("a"),))
    orphelin, serveur = ecrivain_de_trop(chemin)
    await jusqu_a(lambda: attend(orphelin.pid))
    serveur.close()
    for pid in ecrivains(os.getpid()):
        os.kill(pid, signal.SIGKILL)
    await ecrire_sans_faute(isole, intention("apres"))
    await isole.ecrire((issue("a"),))
    await dire_sa_fin(orphelin)
    assert orphelin.returncode == 1
    assert not any(isinstance(trace, Reprise) for trace in lire(chemin))


async def test_a_writer_that_replaces_another_does_not_seal_anew_what_came_before(
    isole: JournalIsole, chemin: Path, intention: Fabrique
) -> None:
    await isole.ecrire((intention("avant"),))
    chemin_par_defaut(chemin).unlink()
    os.kill(ecrivain(), signal.SIGKILL)
    await ecrire_sans_faute(isole, intention("apres"))
    await isole.aclose()
    scelles = map(json.loads, chemin_par_defaut(chemin).read_text().splitlines())
    assert len({scelle["partie"] for scelle in scelles}) == 1


async def test_a_writer_of_another_version_refuses_to_write(chemin: Path) -> None:
    processus, serveur = ecrivain_de_trop(chemin, (ACCORD[0], ACCORD[1] + 1))
    with serveur:
        await dire_sa_fin(processus)
        assert processus.returncode == 1
        assert "relancez-le" in serveur.recv(1000).decode(errors="replace")
    assert absent(chemin)


async def test_a_writer_that_fails_says_so_in_one_line_without_the_text_of_the_exception(chemin: Path) -> None:
    processus, serveur = ecrivain_de_trop(chemin)
    with serveur:
        assert await asyncio.to_thread(serveur.recv, 1000)
        serveur.sendall((9).to_bytes(4, "big") + b"une-valeur")
        (ligne,) = (await dire_sa_fin(processus)).decode().splitlines()
    assert processus.returncode == 1
    assert json.loads(ligne)["event"] == "ecrivain_mort"
    assert "une-valeur" not in ligne


def ecrivain_de_trop(chemin: Path, accord: tuple[int, int] = ACCORD) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Start a writer beside ours; return it, and the end of its socket that its server would hold."""
    notre, sienne = socket.socketpair()
    with sienne:
        commande = (sys.executable, "-c", "import audit.ecrivain, sys; sys.exit(audit.ecrivain.main())")
        processus = subprocess.Popen(  # noqa: S603 - our own program
            commande, stdin=sienne.fileno(), stderr=subprocess.PIPE, cwd=RACINE
        )
    notre.sendall(ecrire(Ouverture(accord, str(chemin), str(chemin_par_defaut(chemin)), CLE, None)))
    return processus, notre


async def dire_sa_fin(processus: subprocess.Popen[bytes]) -> bytes:
    """Return what a writer said, once it ended."""
    _, erreurs = await asyncio.to_thread(processus.communicate, timeout=PATIENCE)
    return erreurs


def attend(pid: int) -> bool:
    """Tell whether a writer holds the lock's file: a second one waits for its place."""
    return any(lien.name.endswith(".ecrivain") for lien in _ouverts(pid))


def _ouverts(pid: int) -> Iterator[Path]:
    for lien in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            yield lien.readlink()


async def test_a_journal_of_a_later_version_is_left_alone(isole: JournalIsole, chemin: Path) -> None:
    await isole.aclose()
    with closing(sqlite3.connect(chemin)) as connexion:
        connexion.execute("PRAGMA user_version = 99")
    with pytest.raises(RegistreIncompatible, match="plus récente"):
        await isole.ouvrir()
    assert not ecrivains(os.getpid())


async def test_a_journal_that_cannot_be_created_refuses_to_open(tmp_path: Path) -> None:
    (tmp_path / "fichier").touch()
    with pytest.raises(AuditIndisponible):
        await neuf(tmp_path / "fichier" / "journal.db").ouvrir()
    assert not ecrivains(os.getpid())


async def test_the_writer_is_told_none_of_the_secrets_of_the_server(
    chemin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARTICULIER_DATAPASS_SECRET", "un-secret")
    monkeypatch.setenv("particulier_redis_url", "un-secret")  # settings are read whatever their case
    journal = neuf(chemin)
    await journal.ouvrir()
    vu = vu_de_tous(ecrivain())
    await journal.aclose()
    assert b"un-secret" not in vu
    assert CLE not in vu
    assert CLE.hex().encode() not in vu
