"""What keeps a running gateway from writing its journal: each cause lasts as long as its block."""

import asyncio
import os
import resource
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import asyncpg

from tests.audit import test_fail_closed, test_pannes_postgresql
from tests.audit.ecrivains import ecrivains
from tests.serveur import Serveur
from tests.serveur_postgresql import ServeurPostgresql

#: Seconds between two looks for a writer: one takes far longer to open its file.
_GUET = 0.005
#: Times that every connection is asked for, before it is said that some are always left.
_ESSAIS = 20
#: Sessions that a server gives at most; far more than ours does.
_SESSIONS_MAX = 1000


@dataclass(frozen=True, slots=True)
class Terrain:
    """A gateway and the database of its journal, if it has one."""

    serveur: Serveur
    postgresql: ServeurPostgresql | None = None

    @property
    def base(self) -> ServeurPostgresql:
        """The database."""
        assert self.postgresql
        return self.postgresql


Cause = Callable[[Terrain], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def plein(terrain: Terrain) -> AsyncIterator[None]:
    """The kernel lets this server write no file any more: neither the journal nor anything beside it."""
    pids = {terrain.serveur.pid, *ecrivains(terrain.serveur.pid)}
    avant = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
    for pid, (_, dure) in avant.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, dure))
    try:
        yield
    finally:
        for pid, bornes in avant.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, bornes)


@asynccontextmanager
async def verrouille(terrain: Terrain) -> AsyncIterator[None]:
    """Another process, this one, holds the right to write."""
    with test_fail_closed.verrouille(terrain.serveur.dossier / "journal.db"):
        yield


@asynccontextmanager
async def mort(terrain: Terrain) -> AsyncIterator[None]:
    """The process that writes dies, and so does each one that replaces it."""

    async def tuer() -> None:
        while True:
            for pid in ecrivains(terrain.serveur.pid):
                os.kill(pid, signal.SIGKILL)
            await asyncio.sleep(_GUET)

    guet = asyncio.create_task(tuer())
    await asyncio.sleep(_GUET)
    try:
        yield
    finally:
        guet.cancel()
        await asyncio.gather(guet, return_exceptions=True)


@asynccontextmanager
async def fige(terrain: Terrain) -> AsyncIterator[None]:
    """The database answers nothing more, and closes nothing."""
    async with test_pannes_postgresql.fige(terrain.base):
        yield


@asynccontextmanager
async def arrete(terrain: Terrain) -> AsyncIterator[None]:
    """The database stops, as in a power cut; then starts again."""
    async with test_pannes_postgresql.arrete(terrain.base):
        yield


@asynccontextmanager
async def table_verrouillee(terrain: Terrain) -> AsyncIterator[None]:
    """Another session holds the table of the traces."""
    async with test_pannes_postgresql.verrouille(terrain.base):
        yield


@asynccontextmanager
async def sans_connexion(terrain: Terrain) -> AsyncIterator[None]:
    """Others hold every connection, ours included."""
    async with AsyncExitStack() as pile:
        adresse = terrain.base.url("postgres")
        garde = await asyncpg.connect(adresse)
        pile.push_async_callback(garde.close)
        for _ in range(_ESSAIS):
            await _tout_prendre(adresse, pile)
            if not await garde.fetchval(_COUPER_LE_NOTRE):
                break
        else:
            raise RuntimeError("the gateway is always given a connection again")
        yield


async def _tout_prendre(adresse: str, pile: AsyncExitStack) -> None:
    for _ in range(_SESSIONS_MAX):
        try:
            autre = await asyncpg.connect(adresse)
        except asyncpg.TooManyConnectionsError:
            return
        pile.push_async_callback(autre.close)
    raise RuntimeError("the database gives more connections than it should")


#: How many sessions of ours were ended: their places are to be taken.
_COUPER_LE_NOTRE = """
SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE application_name = 'particulier-journal'
"""

SUR_SQLITE: Mapping[str, Cause] = {
    "SQLite : disque plein": plein,
    "SQLite : base verrouillée par un autre processus": verrouille,
    "SQLite : processus d'écriture mort": mort,
}
SUR_POSTGRESQL: Mapping[str, Cause] = {
    "PostgreSQL : figé (SIGSTOP)": fige,
    "PostgreSQL : arrêté net, puis redémarré": arrete,
    "PostgreSQL : plus de connexion libre": sans_connexion,
    "PostgreSQL : table des traces verrouillée": table_verrouillee,
}
