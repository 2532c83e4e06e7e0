"""The storage that replicas share, in Redis: each answer within 200 ms, or a refusal.

Give Redis the policy `noeviction`: evicted counters would open the quotas. A restart without persistence forgets the
counters of the hour; suspensions are in the database as well.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from limits.aio.storage import RedisStorage
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from graph.errors import Surcharge
from habilitations._bornes import HEURE
from habilitations._compteurs import BAIL, Verdict

#: Seconds that a request waits for Redis, which answers in less than one millisecond.
DELAI = 0.2
#: Connections of one replica: at 0.3 ms an operation, 25,000 a second, and few enough to be opened at once in time.
_CONNEXIONS = 8
#: Operations that may wait at once: what is over could not be done in time.
_EN_COURS_MAX = 1_024
#: Milliseconds after which a refused caller may try again: a Redis that is back is used at once.
_REPRISE_MS = 1_000
_PREFIXE = "particulier:quotas"

#: KEYS: persons, suspension, lease, slowdown. ARGV: instant, hour, bound, lease, whether it may be slowed, persons…
_INSCRIRE = """
local etat = redis.call('GET', KEYS[2])
if not etat then
    if ARGV[5] == '1' and redis.call('EXISTS', KEYS[4]) == 1 then return 'freinee' end
    redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1] - ARGV[2])
    local nouvelles = 0
    for i = 6, #ARGV do
        if not redis.call('ZSCORE', KEYS[1], ARGV[i]) then nouvelles = nouvelles + 1 end
    end
    if nouvelles == 0 or redis.call('ZCARD', KEYS[1]) + nouvelles <= tonumber(ARGV[3]) then
        for i = 6, #ARGV do redis.call('ZADD', KEYS[1], ARGV[1], ARGV[i]) end
        redis.call('EXPIRE', KEYS[1], ARGV[2])
        return 'admise'
    end
    etat = 'a_signaler'
    redis.call('SET', KEYS[2], etat)
end
if etat ~= 'inscrite' and redis.call('SET', KEYS[3], '1', 'NX', 'EX', ARGV[4]) then return etat end
return 'suspendue'
"""

Valeur = TypeVar("Valeur")


class EnRedis:
    """The storage of several replicas, whose clocks must agree within a second.

    Args:
        url: `redis://…`, `rediss://…` or `unix://…`.
        delai: seconds that a request waits for it.

    Raises:
        ValueError: the URL is none of them; the message does not hold it, for it may bear a password.
    """

    immediat = False

    def __init__(self, url: str, delai: float = DELAI) -> None:
        self._delai = delai
        self._pool = _pool(url, delai)
        self._redis = Redis(connection_pool=self._pool)
        # Typed as texts and numbers, its options may be a pool, as its documentation says.
        options: dict[str, Any] = {"implementation": "redispy", "connection_pool": self._pool}
        self._compteurs = RedisStorage("async+redis://", key_prefix=_PREFIXE, **options)
        self._script = self._redis.register_script(_INSCRIRE)
        self._en_cours: set[asyncio.Future[Any]] = set()

    async def compter(self, cle: str, montant: int, duree: int) -> int:
        """See Stockage."""
        return await self._borner(lambda: self._compteurs.incr(cle, duree, montant))

    async def inscrire(
        self, jeton_id: str, personnes: Sequence[bytes], borne: int, instant: int, *, freinable: bool
    ) -> Verdict:
        """See Stockage."""
        arguments: list[int | bytes] = [instant, HEURE, borne, BAIL, int(freinable), *personnes]
        reponse: bytes = await self._borner(lambda: self._script(_cles(jeton_id), arguments))
        return Verdict(reponse.decode())

    async def marquer(self, jeton_id: str, etat: Verdict) -> None:
        """See Stockage."""
        _, suspension, _, _ = _cles(jeton_id)
        duree = HEURE if etat is Verdict.INSCRITE else None
        await self._borner(lambda: self._redis.set(suspension, etat.value, xx=True, ex=duree))

    async def freiner(self, jeton_id: str, duree: int, instant: int) -> bool:
        """See Stockage."""
        *_, frein = _cles(jeton_id)
        return bool(await self._borner(lambda: self._redis.set(frein, instant, nx=True, ex=duree)))

    async def lever(self, jeton_id: str) -> None:
        """See Stockage."""
        await self._borner(lambda: self._redis.delete(*_cles(jeton_id)))

    async def aclose(self) -> None:
        """Let what runs end, which its own timeouts bound, and close every connection."""
        if self._en_cours:
            await asyncio.wait(self._en_cours)
        await self._pool.aclose()

    async def _borner(self, operation: Callable[[], Awaitable[Valeur]]) -> Valeur:
        """Wait for an operation, not for long. Raise Surcharge.

        NOTE: an operation is never cancelled, be it late or its caller gone: the client ends it by its own timeouts,
        and its connection is closed or given back in order.
        """
        if len(self._en_cours) >= _EN_COURS_MAX:
            raise _surcharge("EN_COURS_MAX")
        tache = asyncio.ensure_future(operation())
        self._en_cours.add(tache)
        tache.add_done_callback(self._terminer)
        await asyncio.wait((tache,), timeout=self._delai)
        if not tache.done():
            raise _surcharge("DELAI_DEPASSE")
        if faute := tache.exception():
            raise _surcharge(type(faute).__name__) from None
        return tache.result()

    def _terminer(self, tache: "asyncio.Future[Any]") -> None:
        self._en_cours.discard(tache)
        if not tache.cancelled():
            tache.exception()  # nobody may be waiting for it any more


def _pool(url: str, delai: float) -> BlockingConnectionPool:
    try:
        return BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNEXIONS,
            timeout=delai,
            socket_timeout=delai,
            socket_connect_timeout=delai,
            # A count done twice would be a wrong one; and a retry would be late.
            retry=Retry(NoBackoff(), 0),
            # Nothing to ask before the first count.
            protocol=2,
            driver_info=None,
        )
    except (ValueError, TypeError):
        message = "PARTICULIER_REDIS_URL : « redis://… », « rediss://… » ou « unix://… » est attendu."
        raise ValueError(message) from None


def _cles(jeton_id: str) -> tuple[str, str, str, str]:
    return (
        f"{_PREFIXE}:personnes:{jeton_id}",
        f"{_PREFIXE}:suspension:{jeton_id}",
        f"{_PREFIXE}:bail:{jeton_id}",
        f"{_PREFIXE}:frein:{jeton_id}",
    )


def _surcharge(cause: str) -> Surcharge:
    return Surcharge(retry_after_ms=_REPRISE_MS, cause=f"QUOTAS_{cause}")
