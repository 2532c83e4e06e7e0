"""When PostgreSQL is down, hangs, is locked, full or cut off, nothing is acknowledged; and it heals by itself."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from itertools import count

import asyncpg
import pytest

from audit.bornes import ATTENTE_MAX
from audit.postgresql.journal import JournalPostgresql
from audit.trace import Intention, Issue
from graph.errors import AuditIndisponible
from tests.audit.relais import Etat, Relais, relais
from tests.audit.test_journal_postgresql import acces, adresse, horloge, journal, lignes, ouvert
from tests.serveur_postgresql import ServeurPostgresql

__all__ = ["adresse", "journal"]

Fabrique = Callable[..., Intention]
FabriqueIssue = Callable[..., Issue]
#: Seconds: several times the bound promised, since the machine may be busy.
PATIENCE = 20
N = 50


@asynccontextmanager
async def arrete(serveur: ServeurPostgresql) -> AsyncIterator[None]:
    """The server stops as in a power cut."""
    with serveur.arrete():
        yield


@asynccontextmanager
async def fige(serveur: ServeurPostgresql) -> AsyncIterator[None]:
    """The server answers nothing more, and closes nothing."""
    with serveur.fige():
        yield


@asynccontextmanager
async def verrouille(serveur: ServeurPostgresql) -> AsyncIterator[None]:
    """Another session holds the table."""
    autre = await asyncpg.connect(serveur.url("postgres"))
    async with autre.transaction():
        await autre.execute("LOCK TABLE journal.trace IN SHARE MODE")
        yield
    await autre.close()


@asynccontextmanager
async def en_lecture_seule(serveur: ServeurPostgresql) -> AsyncIterator[None]:
    """The server became a standby, or says so."""
    serveur.executer("ALTER DATABASE postgres SET default_transaction_read_only = on;" + _COUPER)
    yield
    serveur.executer(
        "SET default_transaction_read_only = off; ALTER DATABASE postgres RESET default_transaction_read_only;"
        + _COUPER
    )


@asynccontextmanager
async def sans_replique(serveur: ServeurPostgresql) -> AsyncIterator[None]:
    """The standby that each commit must reach is gone."""
    serveur.executer("ALTER SYSTEM SET synchronous_standby_names = 'absente'; SELECT pg_reload_conf();")
    try:
        yield
    finally:
        serveur.executer("ALTER SYSTEM RESET synchronous_standby_names; SELECT pg_reload_conf();")


_COUPER = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'particulier-journal';"
Panne = Callable[[ServeurPostgresql], AbstractAsyncContextManager[None]]


async def refus(journal: JournalPostgresql, *traces: Intention | Issue) -> str | None:
    """Return why a write is refused, and fail if it is not, or not in time."""
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(AuditIndisponible) as capture:
            await journal.ecrire(traces)
    assert capture.value.__context__ is None or capture.value.__suppress_context__
    return capture.value.cause


async def bientot(journal: JournalPostgresql, *traces: Intention | Issue) -> None:
    """Write, as soon as it can be: a server that starts, or is very busy, may refuse once or twice."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(AuditIndisponible):
                return await journal.ecrire(traces)


@pytest.mark.parametrize("panne", [arrete, fige, verrouille, en_lecture_seule])
async def test_nothing_is_acknowledged_during_a_failure_and_it_heals_by_itself(
    journal: JournalPostgresql,
    adresse: str,
    postgresql_durable: ServeurPostgresql,
    intention: Fabrique,
    panne: Panne,
) -> None:
    await journal.ecrire((intention("avant"),))
    async with panne(postgresql_durable):
        causes = await asyncio.gather(*(refus(journal, intention(f"pendant-{rang}")) for rang in range(N)))
        assert all(causes)
        assert not await journal.pret()
    await bientot(journal, intention("apres"))
    assert await journal.pret()
    ecrites = [requete for _, requete, _ in await acces(adresse)]
    assert (ecrites[0], ecrites[-1]) == ("avant", "apres")
    assert len(ecrites) == len(set(ecrites)), "nothing is written twice"
    assert set(ecrites[1:-1]) <= {f"pendant-{rang}" for rang in range(N)}
    assert journal.compteurs.echecs > 0


async def test_a_trace_that_no_standby_holds_is_not_acknowledged(
    journal: JournalPostgresql, adresse: str, postgresql_durable: ServeurPostgresql, intention: Fabrique
) -> None:
    rangs = count()
    async with sans_replique(postgresql_durable), asyncio.timeout(PATIENCE):
        with suppress(AuditIndisponible):
            while True:  # the server takes its new settings in its own time
                await journal.ecrire((intention("avant", rang=next(rangs)),))
        for rang in range(5):
            assert await refus(journal, intention("pendant", rang=rang))
        assert not await journal.pret()
    await bientot(journal, intention("apres"))
    compte = Counter(await acces(adresse))
    assert set(compte.values()) == {1}, "nothing is written twice"


async def test_a_server_with_no_connection_left_refuses_and_it_heals_by_itself(
    journal: JournalPostgresql, adresse: str, intention: Fabrique
) -> None:
    async with AsyncExitStack() as pile:
        with suppress(asyncpg.TooManyConnectionsError):
            while autre := await asyncpg.connect(adresse):
                pile.push_async_callback(autre.close)
        # A place is kept to take ours.
        await autre.execute(_COUPER)
        pile.push_async_callback((await asyncpg.connect(adresse)).close)
        assert await refus(journal, intention("pendant")) == "TooManyConnectionsError"
        assert not await journal.pret()
    await bientot(journal, intention("apres"))


async def test_too_many_waiting_writes_are_refused_at_once(
    journal: JournalPostgresql, postgresql_durable: ServeurPostgresql, intention: Fabrique
) -> None:
    async with verrouille(postgresql_durable):
        causes = await asyncio.gather(*(refus(journal, intention(str(rang))) for rang in range(ATTENTE_MAX + 100)))
    assert "FILE_PLEINE" in causes
    await bientot(journal, intention("apres"))


async def test_a_connection_lost_while_nothing_is_written_is_not_noticed(
    journal: JournalPostgresql, adresse: str, postgresql_durable: ServeurPostgresql, intention: Fabrique
) -> None:
    await journal.ecrire((intention("avant"),))
    postgresql_durable.executer(_COUPER)
    await journal.ecrire((intention("apres"),))
    assert await lignes(adresse, "SELECT DISTINCT partie FROM journal.trace") == [(1,)]


@pytest.fixture
async def reseau(adresse: str, postgresql_durable: ServeurPostgresql) -> AsyncIterator[Relais]:  # noqa: ARG001 - the database is emptied first
    async with relais(postgresql_durable.prise()) as reseau:
        yield reseau


async def test_a_batch_in_doubt_is_acknowledged_once_it_is_known_to_be_written(
    adresse: str, reseau: Relais, intention: Fabrique
) -> None:
    sures, essais = 0, count()
    async with ouvert(reseau.url("postgres")) as journal, asyncio.timeout(PATIENCE):
        while sures < 5:
            reseau.etat = Etat.COUPE  # the answer to the next batch is the end of the connection
            with suppress(AuditIndisponible):  # a busy machine may take too long to lift the doubt
                await journal.ecrire((intention("douteuse", rang=next(essais)),))
                sures += 1
    compte = Counter(rang for _, _, rang in await acces(adresse))
    assert len(compte) >= sures
    assert set(compte.values()) == {1}, "nothing is written twice"
    assert await lignes(adresse, "SELECT max(numero) = count(*) FROM journal.trace GROUP BY partie") == [(True,)]


@pytest.mark.parametrize("etat", [Etat.MUET, Etat.SOURD])
async def test_a_network_that_loses_words_loses_and_doubles_no_trace(
    adresse: str, reseau: Relais, intention: Fabrique, etat: Etat
) -> None:
    async with ouvert(reseau.url("postgres")) as journal:
        await journal.ecrire((intention("avant"),))
        reseau.etat = etat
        assert await refus(journal, intention("pendant"))
        reseau.etat = Etat.PASSE
        await bientot(journal, intention("apres"))
    ecrites = [requete for _, requete, _ in await acces(adresse)]
    assert ecrites == (["avant", "apres"] if etat is Etat.MUET else ["avant", "pendant", "apres"])
    assert await lignes(adresse, "SELECT count(DISTINCT partie) FROM journal.trace") == [(1,)]


async def test_a_session_that_the_server_believes_alive_gives_its_partie_back(
    adresse: str, reseau: Relais, intention: Fabrique
) -> None:
    async with ouvert(reseau.url("postgres")) as journal:
        await journal.ecrire((intention("avant"),))
        reseau.couper_les_clients()
        await bientot(journal, intention("apres"))
    assert await lignes(adresse, "SELECT DISTINCT partie FROM journal.trace") == [(1,)]


async def test_no_answer_leaves_for_what_another_process_completed(
    adresse: str, reseau: Relais, intention: Fabrique, issue: FabriqueIssue
) -> None:
    async with ouvert(reseau.url("postgres")) as isole:
        await isole.ecrire((intention("reprise"), intention("achevee")))
        await isole.ecrire((issue("achevee"),))
        reseau.etat = Etat.MUET
        reseau.couper_le_serveur()
        async with ouvert(adresse):
            assert (await acces(adresse))[-1] == ("RECOVERED", "reprise", 0)
        reseau.etat = Etat.PASSE
        reseau.couper_les_clients()
        await bientot(isole, intention("nouvelle"))
        assert await refus(isole, issue("reprise")) == "REPRISE"
        await isole.ecrire((issue("nouvelle"),))
    closes = Counter(requete for genre, requete, _ in await acces(adresse) if genre != "INTENT")
    assert closes == {"reprise": 1, "achevee": 1, "nouvelle": 1}
    assert await lignes(adresse, "SELECT partie, par, reprises FROM journal.cloture") == [(1, 2, 1)]


async def test_a_journal_closes_in_time_even_when_the_server_hangs(
    adresse: str, postgresql_durable: ServeurPostgresql, intention: Fabrique
) -> None:
    journal = JournalPostgresql(adresse, horloge)
    await journal.ouvrir()
    async with fige(postgresql_durable), asyncio.timeout(PATIENCE):
        attente = asyncio.ensure_future(refus(journal, intention("pendant")))
        await asyncio.sleep(0)
        await journal.aclose()
        assert await attente
