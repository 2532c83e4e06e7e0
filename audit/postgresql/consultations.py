"""The accesses about a citizen in a journal on PostgreSQL, found through the index that is written with the traces."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import asyncpg
import msgspec

from audit.consultations import Candidat, ConsultationsIndisponibles, Repere
from audit.postgresql.connexion import PANNES
from audit.postgresql.tables import ACCES, AVANT, INTENTIONS
from audit.registre import decoder
from audit.termes import de_la_requete, du_pseudonyme, hache
from audit.trace import Intention, Pseudonyme, Trace

#: Seconds that a search takes in all.
DELAI = 2.0
#: Connections for searches; the journal's own is not among them.
_CONNEXIONS = 2
#: An instant and a number make one position: no number has more bits.
_BITS = 63
_APRES_TOUT = (1 << _BITS) - 1


class ConsultationsPostgresql:
    """Implements `audit.consultations.Consultations` over a journal that several servers write. Open it before use."""

    def __init__(self, adresse: str) -> None:
        self._adresse = adresse
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    async def ouvrir(self) -> None:
        """Get ready; nothing is connected yet."""
        reglages = {"default_transaction_read_only": "on", "statement_timeout": f"{DELAI:.0f}s", "jit": "off"}
        self._pool = await asyncpg.create_pool(
            self._adresse,
            min_size=0,
            max_size=_CONNEXIONS,
            timeout=DELAI,
            command_timeout=DELAI,
            server_settings=reglages,
        )

    async def aclose(self) -> None:
        """Drop the connections: nothing is ever left to commit here."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.terminate()

    async def trouver(self, pseudonymes: Collection[Pseudonyme], avant: int | None, combien: int) -> Sequence[Candidat]:
        """Return accesses, the newest first (`audit.consultations.Consultations`)."""
        termes = sorted({hache(du_pseudonyme(un.genre, un.empreinte)) for un in pseudonymes})
        instant, seq = (_APRES_TOUT, _APRES_TOUT) if avant is None else divmod(avant, 1 << _BITS)
        places = await self._lire(AVANT, termes, instant, seq, combien)
        traces: dict[int, list[Trace]] = defaultdict(list)
        for intention, genre, corps in await self._lire(ACCES, [intention for _, intention in places]):
            traces[intention].append(_decoder(genre, corps))
        return [Candidat(_position(instant, intention), traces[intention]) for instant, intention in places]

    async def position(self, repere: Repere) -> int | None:
        """Return the place of an access (`audit.consultations.Consultations`)."""
        for instant, seq, genre, corps in await self._lire(INTENTIONS, hache(de_la_requete(repere.requete))):
            trace = _decoder(genre, corps)
            if isinstance(trace, Intention) and (trace.requete, trace.rang) == repere:
                return _position(instant, seq)
        return None

    async def _lire(self, sql: str, *parametres: object) -> Sequence[Any]:
        """Return the rows. Raise ConsultationsIndisponibles within a bound."""
        if self._pool is None:
            raise ConsultationsIndisponibles("FERME")
        try:
            async with asyncio.timeout(DELAI):
                lignes: Sequence[Any] = await self._pool.fetch(sql, *parametres)
                return lignes
        except PANNES as panne:
            raise ConsultationsIndisponibles(type(panne).__name__) from None


def _position(instant: int, seq: int) -> int:
    return (instant << _BITS) + seq


def _decoder(genre: str, corps: str) -> Trace:
    try:
        return decoder(genre, corps)
    except (msgspec.MsgspecError, KeyError):
        raise ConsultationsIndisponibles("ILLISIBLE") from None
