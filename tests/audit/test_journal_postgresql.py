"""The journal on PostgreSQL keeps what several processes give it, each in its partie, for good."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from audit.postgresql.journal import JournalPostgresql
from audit.postgresql.ouverture import creer
from audit.postgresql.tables import DECALAGE
from audit.registre import RegistreIncompatible
from audit.trace import Intention, Issue
from graph.errors import AuditIndisponible
from tests.serveur_postgresql import ServeurPostgresql

INSTANT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
Fabrique = Callable[..., Intention]
FabriqueIssue = Callable[..., Issue]


def horloge() -> datetime:
    return INSTANT


@pytest.fixture
async def adresse(postgresql_durable: ServeurPostgresql) -> AsyncIterator[str]:
    """A database without a journal."""
    url = postgresql_durable.url("postgres")
    connexion = await asyncpg.connect(url)
    await connexion.execute("SET client_min_messages = error; DROP SCHEMA IF EXISTS journal CASCADE")
    yield url
    await connexion.close()


@asynccontextmanager
async def ouvert(adresse: str, horloge: Callable[[], datetime] = horloge) -> AsyncIterator[JournalPostgresql]:
    journal = JournalPostgresql(adresse, horloge)
    await journal.ouvrir()
    try:
        yield journal
    finally:
        await journal.aclose()


@pytest.fixture
async def journal(adresse: str) -> AsyncIterator[JournalPostgresql]:
    async with ouvert(adresse) as journal:
        yield journal


async def lignes(adresse: str, ordre: str) -> list[tuple[Any, ...]]:
    """Ask the database, as another program would."""
    connexion = await asyncpg.connect(adresse)
    try:
        return [tuple(ligne) for ligne in await connexion.fetch(ordre)]
    finally:
        await connexion.close()


async def acces(adresse: str) -> list[tuple[str, str, int]]:
    return await lignes(adresse, "SELECT genre, requete, rang FROM journal.trace ORDER BY seq")


async def test_a_trace_is_durable_as_soon_as_the_write_returns(
    journal: JournalPostgresql, adresse: str, intention: Fabrique, issue: FabriqueIssue
) -> None:
    for rang in range(5):
        await journal.ecrire((intention("a", rang=rang),))
        assert await acces(adresse) == [("INTENT", "a", un) for un in range(rang + 1)]
    await journal.ecrire((issue("a"),))
    assert (await acces(adresse))[-1] == ("OUTCOME", "a", 0)
    assert await lignes(
        adresse, "SELECT DISTINCT partie, seq - (partie::bigint << 40) = numero FROM journal.trace"
    ) == [(1, True)]


async def test_concurrent_writes_share_few_transactions(journal: JournalPostgresql, intention: Fabrique) -> None:
    await asyncio.gather(*(journal.ecrire((intention(str(rang)),)) for rang in range(300)))
    assert journal.compteurs.traces == 300
    assert 0 < journal.compteurs.lots <= 30


async def test_a_write_whose_caller_leaves_is_still_made(
    journal: JournalPostgresql, adresse: str, intention: Fabrique
) -> None:
    tache = asyncio.ensure_future(journal.ecrire((intention("partie"),)))
    await asyncio.sleep(0)
    tache.cancel()
    with pytest.raises(asyncio.CancelledError):
        await tache
    assert await acces(adresse) == [("INTENT", "partie", 0)]


async def test_several_processes_append_at_once_each_in_its_partie(adresse: str, intention: Fabrique) -> None:
    async with AsyncExitStack() as pile:
        journaux = [await pile.enter_async_context(ouvert(adresse)) for _ in range(3)]
        await asyncio.gather(
            *(un.ecrire((intention(f"{qui}-{rang}"),)) for qui, un in enumerate(journaux) for rang in range(50))
        )
    parties = await lignes(adresse, "SELECT partie, count(*), max(numero) FROM journal.trace GROUP BY 1 ORDER BY 1")
    assert parties == [(1, 50, 50), (2, 50, 50), (3, 50, 50)]


async def test_processes_that_start_together_open_one_after_the_other(adresse: str) -> None:
    journaux = [JournalPostgresql(adresse, horloge) for _ in range(4)]
    await asyncio.gather(*(un.ouvrir() for un in journaux))
    await asyncio.gather(*(un.aclose() for un in journaux))
    liees = await lignes(adresse, "SELECT id, liens FROM journal.partie ORDER BY id")
    noms = dict(await lignes(adresse, "SELECT id, nom FROM journal.partie"))
    for id_, liens in liees[1:]:
        assert liens.startswith(f"{noms[id_ - 1]} 0 "), "each one binds the one that began before it"
        assert liens.count("\n") == 1


async def test_an_intention_left_by_a_dead_process_is_completed_and_that_of_a_live_one_is_not(
    adresse: str, intention: Fabrique, issue: FabriqueIssue
) -> None:
    plus_tard = INSTANT + timedelta(days=1)
    async with ouvert(adresse) as vivant:
        await vivant.ecrire((intention("vivante"),))
        async with ouvert(adresse) as mort:
            await mort.ecrire((intention("morte"), intention("morte", rang=1)))
            await mort.ecrire((issue("morte"),))
        suivant = JournalPostgresql(adresse, lambda: plus_tard)
        assert await suivant.ouvrir() == 1
        await suivant.aclose()
        assert (await acces(adresse))[-1] == ("RECOVERED", "morte", 1)
        await vivant.ecrire((issue("vivante"),))
    assert await suivant.ouvrir() == 0
    await suivant.aclose()
    assert await lignes(adresse, "SELECT * FROM journal.en_cours") == []


@pytest.mark.parametrize(
    "ordre",
    [
        "UPDATE journal.trace SET corps = '{}'",
        "DELETE FROM journal.trace",
        "TRUNCATE journal.trace",
        "UPDATE journal.partie SET liens = ''",
        "DELETE FROM journal.entree",
        "DELETE FROM journal.cloture",
        "INSERT INTO journal.trace SELECT * FROM journal.trace ON CONFLICT (seq) DO UPDATE SET corps = '{}'",
    ],
)
async def test_a_trace_can_be_neither_changed_nor_removed(
    journal: JournalPostgresql, adresse: str, intention: Fabrique, ordre: str
) -> None:
    await journal.ecrire((intention("a"),))
    with pytest.raises(asyncpg.RaiseError, match="ajout seul"):
        await lignes(adresse, ordre)


#: What docs/demarrer.md grants to the role of the servers.
DROITS = """
GRANT USAGE ON SCHEMA journal TO serveur;
GRANT SELECT ON ALL TABLES IN SCHEMA journal TO serveur;
GRANT INSERT ON journal.partie, journal.trace, journal.entree, journal.suite, journal.cloture TO serveur;
GRANT INSERT ON journal.cle_du_mois TO serveur;
"""


def test_the_rights_tried_here_are_those_that_operators_are_told() -> None:
    assert DROITS in (Path(__file__).parents[2] / "docs/demarrer.md").read_text(encoding="utf-8")


async def test_a_role_that_may_only_read_and_append_is_enough(
    adresse: str, postgresql_durable: ServeurPostgresql, intention: Fabrique
) -> None:
    async with ouvert(adresse) as proprietaire:
        await proprietaire.ecrire((intention("a"),))
    postgresql_durable.executer("DROP ROLE IF EXISTS serveur; CREATE ROLE serveur LOGIN; " + DROITS)
    restreinte = adresse.replace("//postgres:", "//serveur:")
    journal = JournalPostgresql(restreinte, horloge)
    assert await journal.ouvrir() == 1
    await journal.ecrire((intention("b"),))
    await journal.aclose()
    await lignes(adresse, "ALTER TABLE journal.trace DISABLE TRIGGER USER")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await lignes(restreinte, "DELETE FROM journal.trace")
    postgresql_durable.executer("DROP OWNED BY serveur; REVOKE CREATE ON DATABASE postgres FROM PUBLIC;")
    with pytest.raises(RegistreIncompatible, match="« particulier migrer »"):
        await journal.ouvrir()


async def test_of_two_servers_that_keep_a_fingerprint_at_once_both_are_told_the_same(adresse: str) -> None:
    async with ouvert(adresse) as un, ouvert(adresse) as autre:
        dites = await asyncio.gather(
            *(qui.retenir_cle("2026-11", octet * 32) for qui, octet in ((un, b"a"), (autre, b"b")))
        )
        assert dites[0] == dites[1]
        assert dites[0]["2026-11"] in {b"a" * 32, b"b" * 32}
        assert set(await un.retenir_cle("2026-12", b"c" * 32)) == {"2026-11", "2026-12"}


async def test_a_server_that_may_not_keep_fingerprints_says_which_right_it_lacks(
    adresse: str, postgresql_durable: ServeurPostgresql
) -> None:
    await creer(adresse)
    postgresql_durable.executer("DROP ROLE IF EXISTS serveur; CREATE ROLE serveur LOGIN; " + DROITS)
    async with ouvert(adresse.replace("//postgres:", "//serveur:")) as restreint:
        assert await restreint.retenir_cle("2026-11", b"a" * 32) == {"2026-11": b"a" * 32}
        postgresql_durable.executer("REVOKE ALL ON journal.cle_du_mois FROM serveur")
        with pytest.raises(RegistreIncompatible, match=r"journal\.cle_du_mois"):
            await restreint.retenir_cle("2026-12", b"a" * 32)
    postgresql_durable.executer("DROP OWNED BY serveur")


async def test_a_server_that_would_lose_traces_is_refused(adresse: str, postgresql_durable: ServeurPostgresql) -> None:
    postgresql_durable.executer("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
    try:
        with pytest.raises(RegistreIncompatible, match="fsync"):
            await JournalPostgresql(adresse, horloge).ouvrir()
    finally:
        postgresql_durable.executer("ALTER SYSTEM RESET fsync; SELECT pg_reload_conf();")


async def test_a_database_that_commits_late_is_told_to_wait(adresse: str, intention: Fabrique) -> None:
    await lignes(adresse, "ALTER DATABASE postgres SET synchronous_commit = off")
    try:
        async with ouvert(adresse) as journal:
            await journal.ecrire((intention("a"),))
            reglage = "SELECT current_setting('synchronous_commit')"
            assert await lignes(adresse, reglage) == [("off",)]
            connexion = journal._scribe._registre._connexion  # type: ignore[union-attr] # noqa: SLF001 - its session alone tells
            assert connexion
            assert await connexion.fetchval(reglage) == "on"
    finally:
        await lignes(adresse, "ALTER DATABASE postgres RESET synchronous_commit")


@pytest.mark.parametrize(("version", "dit"), [(99, "plus récente"), (2, "chaînait autrement")])
async def test_a_journal_of_another_version_is_left_alone(
    journal: JournalPostgresql, adresse: str, version: int, dit: str
) -> None:
    await journal.aclose()
    await lignes(adresse, f"UPDATE journal.version SET version = {version}")  # noqa: S608 - our own words
    with pytest.raises(RegistreIncompatible, match=dit):
        await journal.ouvrir()


async def test_what_bears_a_token_a_request_or_a_pseudonym_is_indexed_with_it(
    journal: JournalPostgresql, adresse: str, intention: Fabrique, issue: FabriqueIssue
) -> None:
    await journal.ecrire((intention("a"), issue("a"), intention("b"), issue("orpheline")))
    await journal.ecrire((issue("b"),))
    numero = f"- (1::bigint << {DECALAGE})"
    entrees = f"SELECT intention {numero}, count(*) FROM journal.entree GROUP BY 1 ORDER BY 1"  # noqa: S608 - our own words
    assert await lignes(adresse, entrees) == [(1, 4), (3, 4)], "request, token, and the pseudonyms of both traces"
    suites = f"SELECT intention {numero}, seq {numero} FROM journal.suite ORDER BY 1"  # noqa: S608 - our own words
    assert await lignes(adresse, suites) == [(1, 2), (3, 5)]


async def test_a_closed_journal_refuses_and_leaves_no_session_behind(
    journal: JournalPostgresql, adresse: str, intention: Fabrique
) -> None:
    await journal.aclose()
    await journal.aclose()
    with pytest.raises(AuditIndisponible):
        await journal.ecrire((intention("a"),))
    assert not await journal.pret()
    assert await lignes(adresse, "SELECT 1 FROM pg_stat_activity WHERE application_name = 'particulier-journal'") == []


@pytest.mark.parametrize(
    "adresse_fausse", ["postgresql://u:secret@127.0.0.1:9/absente", "postgresql://u@/x?host=/rien"]
)
async def test_a_database_that_is_not_there_is_told_without_its_address(adresse_fausse: str) -> None:
    journal = JournalPostgresql(adresse_fausse, horloge)
    with pytest.raises(AuditIndisponible) as capture:
        await journal.ouvrir()
    assert "secret" not in repr(capture.value)
    assert capture.value.__context__ is None or capture.value.__suppress_context__
