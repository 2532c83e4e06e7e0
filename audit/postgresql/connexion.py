"""A connection to the journal's database, bounded in time, and refused when what it writes could be lost."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TypeAlias

import asyncpg

from audit.postgresql.tables import DURABILITE
from audit.registre import RegistreIncompatible

#: Seconds for one step (to connect, a statement), and for a step of an opening, which waits for that of others.
DELAI, DELAI_OUVERTURE = 0.5, 10.0
#: Everything that the driver raises when the database is down, locked or slow (TimeoutError is an OSError).
PANNES = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
#: The server gave up by itself: the connection, and the partie that it holds, are as they were.
ANODINES = (asyncpg.QueryCanceledError, asyncpg.LockNotAvailableError)

_REGLAGES = {
    "application_name": "particulier-journal",
    "lock_timeout": "350ms",
    "statement_timeout": "400ms",
    "idle_in_transaction_session_timeout": "15s",
    # The partie of a machine that vanished is let go within 15 s.
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "2",
    "tcp_user_timeout": "15000",
    "jit": "off",
}
#: Within a transaction of an opening.
PATIENTER = "SET LOCAL lock_timeout = '8s'; SET LOCAL statement_timeout = '9s'"

Connexion: TypeAlias = asyncpg.Connection


async def connecter(adresse: str, delai: float = DELAI) -> Connexion:
    """Connect within two delays. Raise one of PANNES, or RegistreIncompatible."""
    connexion = await asyncpg.connect(adresse, timeout=delai, server_settings=_REGLAGES)
    try:
        with borne(connexion, delai):
            sur, _ = await connexion.fetchrow(DURABILITE)
    except BaseException:
        connexion.terminate()
        raise
    if not sur:
        connexion.terminate()
        raise RegistreIncompatible("PARTICULIER_JOURNAL : ce serveur PostgreSQL perdrait des traces (fsync = off).")
    return connexion


@contextmanager
def borne(connexion: Connexion, secondes: float = DELAI) -> Iterator[None]:
    """Cut a connection whose operation takes too long; it then raises one of PANNES.

    NOTE: asyncpg's own timeouts first ask the server to cancel, and wait for a server that may answer nothing more.
    """
    garde = asyncio.get_running_loop().call_later(secondes, connexion.terminate)
    try:
        yield
    finally:
        garde.cancel()


async def fermer(connexion: Connexion) -> None:
    """Close a connection within DELAI, however the server is."""
    with suppress(*PANNES), borne(connexion):
        await connexion.close()
    connexion.terminate()
