"""From the URL of the settings to a database, SQLite or PostgreSQL, and a bound on how long we wait for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, NamedTuple

import asyncpg
from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from graph.errors import Surcharge


class Delais(NamedTuple):
    """How long we wait for the database, in seconds."""

    etape: float
    """A lock, a connection, a statement."""
    operation: float


#: Somebody waits for the answer of a request, and is told to try again.
REQUETE = Delais(0.4, 0.9)
#: An operator would rather wait than type the command again.
COMMANDE = Delais(10.0, 30.0)
MIGRATION = Delais(60.0, 60.0)

_PILOTES = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
_ATTENDUE = "PARTICULIER_DATABASE_URL : « sqlite:///chemin/du/fichier » ou « postgresql://… » est attendu."
#: Everything that the drivers raise when the database is down, locked or slow (TimeoutError is an OSError).
PANNES = (OSError, DBAPIError, PoolTimeout, asyncpg.PostgresError, asyncpg.InterfaceError)


def lire_url(url: str) -> URL:
    """Return the parsed URL with its asynchronous driver. Raise ValueError, without the URL: it may hold a password."""
    try:
        lue = make_url(url)
    except ArgumentError:
        raise ValueError(_ATTENDUE) from None
    famille = lue.drivername.partition("+")[0]
    # A database in memory would be another one for each connection, hence for the reader.
    if famille not in _PILOTES or (famille == "sqlite" and lue.database in {None, "", ":memory:"}):
        raise ValueError(_ATTENDUE)
    return lue.set(drivername=_PILOTES[famille])


def dsn(url: URL) -> str:
    """Return the URL of a PostgreSQL database in libpq's words, as asyncpg reads them (`sslmode`, `host`…)."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def ouvrir_moteur(url: URL, delais: Delais) -> AsyncEngine:
    """Return an engine that connects when first used."""
    if url.get_backend_name() == "postgresql":
        connecter = partial(asyncpg.connect, dsn(url), timeout=delais.etape, command_timeout=delais.etape)
        return create_async_engine(
            "postgresql+asyncpg://", async_creator=connecter, pool_timeout=delais.etape, hide_parameters=True
        )
    # One writer in the process: it queues in memory rather than polling the lock of the file.
    options = {"pool_size": 1, "max_overflow": 0, "pool_timeout": delais.operation, "hide_parameters": True}
    moteur = create_async_engine(url, connect_args={"timeout": delais.etape, "isolation_level": None}, **options)
    event.listen(moteur.sync_engine, "connect", _regler_sqlite)
    event.listen(moteur.sync_engine, "begin", _verrouiller_sqlite)
    return moteur


def _regler_sqlite(connexion: Any, _: object) -> None:
    curseur = connexion.cursor()
    curseur.execute("PRAGMA journal_mode = WAL")  # readers never wait for the writer
    curseur.execute("PRAGMA foreign_keys = ON")
    curseur.close()


def _verrouiller_sqlite(connexion: Connection) -> None:
    # The write lock is taken at once: taken halfway, it fails without waiting when another process wrote meanwhile.
    connexion.exec_driver_sql("BEGIN IMMEDIATE")


@asynccontextmanager
async def transaction(moteur: AsyncEngine, delais: Delais) -> AsyncIterator[AsyncConnection]:
    """Run a transaction within the time of an operation.

    Raises:
        Surcharge: the database is down, locked or slow (a commit that was cut may still have happened).
        IntegrityError: a constraint is broken; the operation says what that means.
    """
    try:
        async with asyncio.timeout(delais.operation), moteur.begin() as connexion:
            yield connexion
    except IntegrityError:
        raise
    except PANNES as panne:
        raise Surcharge(cause=type(panne).__name__) from None
