"""The readings that requests make, straight through the drivers: SQLAlchemy would cost many times more."""

import asyncio
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import asyncpg
from sqlalchemy import URL, Select
from sqlalchemy.dialects import postgresql, sqlite

from graph.errors import Surcharge
from habilitations.base import PANNES, Delais, dsn
from habilitations.lignes import Ligne

_ATTENTE = 0.01
_OCCUPEE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


class Lecture(Protocol):
    """Runs statements that were compiled once (`compiler`), and changes nothing."""

    async def ouvrir(self) -> None:
        """Get ready to read, without connecting: a database that is down does not prevent the start."""

    async def lire(self, sql: str, *parametres: object) -> Sequence[Ligne]:
        """Return the rows; the statement bounds their number. Raise Surcharge within the time of an operation."""

    async def fermer(self) -> None:
        """Close every connection."""


def lecture(url: URL, delais: Delais) -> Lecture:
    """Return the reader of a database, from its URL (`base.lire_url`)."""
    if _est_postgresql(url):
        return LecturePostgresql(dsn(url), delais)
    return LectureSqlite(Path(url.database or ""), delais)


def compiler(url: URL, requete: Select[Any]) -> str:
    """Return the SQL of a statement whose parameters are given in the order in which it names them."""
    dialecte = postgresql.asyncpg.dialect() if _est_postgresql(url) else sqlite.dialect()  # type: ignore[no-untyped-call]
    return str(requete.compile(dialect=dialecte))


def _est_postgresql(url: URL) -> bool:
    return url.get_backend_name() == "postgresql"


class LectureSqlite:
    """Reads in the event loop: a few microseconds, where a thread costs a hundred. WAL readers do not wait."""

    def __init__(self, chemin: Path, delais: Delais) -> None:
        self._adresse = f"{chemin.absolute().as_uri()}?mode=rw"  # rw: never creates an empty database
        self._essais = round(delais.etape / _ATTENTE)
        self._connexion: sqlite3.Connection | None = None

    async def ouvrir(self) -> None:
        """Nothing to prepare: the first reading connects."""

    async def lire(self, sql: str, *parametres: object) -> Sequence[Ligne]:
        """Return the rows; the rare lock is waited for without blocking the loop."""
        cause = ""
        for _ in range(self._essais):
            try:
                return self._executer(sql, parametres)
            except sqlite3.Error as panne:
                await self.fermer()
                cause = panne.sqlite_errorname
                if panne.sqlite_errorcode & 0xFF not in _OCCUPEE:
                    break
            await asyncio.sleep(_ATTENTE)
        raise Surcharge(cause=cause)

    def _executer(self, sql: str, parametres: tuple[object, ...]) -> Sequence[Ligne]:
        if self._connexion is None:
            self._connexion = sqlite3.connect(self._adresse, uri=True, timeout=0, isolation_level=None)
            self._connexion.execute("PRAGMA query_only = ON")
        # fetchall ends the statement: left halfway, it would hold an old snapshot.
        lignes: list[Ligne] = self._connexion.execute(sql, parametres).fetchall()
        return lignes

    async def fermer(self) -> None:
        """Close the connection; a later reading opens another."""
        connexion, self._connexion = self._connexion, None
        if connexion is not None:
            connexion.close()


class LecturePostgresql:
    """Reads through a pool of its own, without the round trip that resets a connection after each use."""

    def __init__(self, adresse: str, delais: Delais) -> None:
        self._adresse = adresse
        self._delais = delais
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    async def ouvrir(self) -> None:
        """Create the pool, empty."""

        async def ne_rien_retablir(_: object) -> None: ...

        etape = self._delais.etape
        self._pool = await asyncpg.create_pool(
            self._adresse, min_size=0, reset=ne_rien_retablir, timeout=etape, command_timeout=etape
        )

    async def lire(self, sql: str, *parametres: object) -> Sequence[Ligne]:
        """Return the rows."""
        if self._pool is None:
            raise Surcharge(cause="pool closed")
        try:
            # Around the two steps, and the wait for a free connection (bounding that one alone costs a task).
            async with asyncio.timeout(self._delais.operation):
                lignes: list[Ligne] = await self._pool.fetch(sql, *parametres)
                return lignes
        except PANNES as panne:
            raise Surcharge(cause=type(panne).__name__) from None

    async def fermer(self) -> None:
        """Drop the connections at once: nothing is ever left to commit here."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.terminate()
