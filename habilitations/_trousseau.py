"""The keys that FranceConnect signs with: fetched once for all callers, renewed early, and when they do not suffice."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Literal

import msgspec
from joserfc.jwk import ECKey

from graph.errors import Surcharge
from habilitations._jose import FAUTES, EnteteJws, lire_entete, verifier
from habilitations.canal import MUET, CanalRompu

#: Seconds: beyond the first, keys are not used; within the second, they are not fetched again to try a token.
_AGE_MAX, _AGE_DOUTE = 3_600.0, 60.0
#: Seconds: pause after a failure when there is no key to use, and time given to one fetch.
_PAUSE, _DELAI = 5.0, 5.0
#: Share of their life after which keys are renewed behind the back of the callers.
_PRECOCE = 0.8
_TAILLE_MAX, _CLES_MAX = 65_536, 16
_CAUSE = "FRANCECONNECT_JWKS"


class _Cle(msgspec.Struct, frozen=True):
    """A key that may sign what we read: nothing else of a JWK is looked at."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: str
    y: str
    kid: str | None = None
    use: Literal["sig"] | None = None
    alg: Literal["ES256"] | None = None


class _Jwks(msgspec.Struct, frozen=True):
    keys: list[msgspec.Raw]


class Trousseau:
    """The public keys of FranceConnect.

    Args:
        telecharger: reads its JWKS: status and body. Raises CanalRompu.
        monotone: monotonic clock, in seconds.
    """

    def __init__(self, telecharger: Callable[[], Awaitable[tuple[int, bytes]]], monotone: Callable[[], float]) -> None:
        self._telecharger = telecharger
        self._monotone = monotone
        self._cles: tuple[ECKey, ...] = ()
        self._obtenues = self._tentees = float("-inf")
        self._vol: asyncio.Task[tuple[ECKey, ...]] | None = None

    async def verifier(self, compact: bytes) -> bytes | None:
        """Return what a compact JWS says; None unless FranceConnect signed it.

        A key that is not known, or no key named while none of those held fits, may be a rotation: the keys are then
        fetched again, once a minute at most.

        Raises:
            Surcharge: the keys are too old, or may be, and cannot be fetched.
        """
        entete = lire_entete(compact, EnteteJws)
        if entete is None:
            return None
        connues = await self._d_au_plus(_AGE_MAX, _PAUSE)
        lu = verifier(compact, _possibles(connues, entete.kid))
        connue = entete.kid is not None and entete.kid in {cle.kid for cle in connues}
        if lu is not None or connue:
            return lu
        return verifier(compact, _possibles(await self._d_au_plus(_AGE_DOUTE, _AGE_DOUTE), entete.kid))

    async def aclose(self) -> None:
        """Give up the fetch in flight, if any."""
        if self._vol:
            self._vol.cancel()
            await asyncio.wait([self._vol])

    async def _d_au_plus(self, age_max: float, pause: float) -> tuple[ECKey, ...]:
        """Return keys obtained less than `age_max` ago, fetched if need be, `pause` after the last attempt at least."""
        maintenant = self._monotone()
        age, depuis = maintenant - self._obtenues, maintenant - self._tentees
        if age < age_max:
            if age >= _AGE_MAX * _PRECOCE and depuis >= _AGE_DOUTE:
                self._demander()
            return self._cles
        if self._vol is None and depuis < pause:
            raise Surcharge(MUET, retry_after_ms=math.ceil((pause - depuis) * 1_000), cause=_CAUSE)
        # NOTE: shielded, since the others wait for the same fetch when this caller leaves.
        return await asyncio.shield(self._demander())

    def _demander(self) -> asyncio.Task[tuple[ECKey, ...]]:
        """Return the fetch in flight, started now if there is none."""
        if self._vol is None:
            self._tentees = self._monotone()
            self._vol = asyncio.create_task(self._renouveler(self._tentees))
            self._vol.add_done_callback(self._atterrir)
        return self._vol

    def _atterrir(self, vol: asyncio.Task[tuple[ECKey, ...]]) -> None:
        self._vol = None
        if not vol.cancelled():
            vol.exception()  # read here, in case nobody waits for it any more

    async def _renouveler(self, debut: float) -> tuple[ECKey, ...]:
        with suppress(TimeoutError, CanalRompu):
            async with asyncio.timeout(_DELAI):
                status, corps = await self._telecharger()
            cles = _lire(corps) if status == 200 else ()  # noqa: PLR2004 - OK
            if cles:
                self._cles, self._obtenues = cles, debut
                return cles
        raise Surcharge(MUET, retry_after_ms=math.ceil(_PAUSE * 1_000), cause=_CAUSE)


def _possibles(cles: Iterable[ECKey], kid: str | None) -> list[ECKey]:
    return [cle for cle in cles if kid in {None, cle.kid}]


def _lire(corps: bytes) -> tuple[ECKey, ...]:
    """Return the keys of a JWKS that sign in ES256; others are of no use to us, and do not harm the rest."""
    if len(corps) > _TAILLE_MAX:
        return ()
    with suppress(*FAUTES):
        brutes = msgspec.json.decode(corps, type=_Jwks).keys[:_CLES_MAX]
        return tuple(cle for brute in brutes if (cle := _cle(brute)) is not None)
    return ()


def _cle(brute: msgspec.Raw) -> ECKey | None:
    with suppress(*FAUTES):
        lue = msgspec.json.decode(brute, type=_Cle)
        return ECKey.import_key({nom: valeur for nom, valeur in msgspec.structs.asdict(lue).items() if valeur})
    return None
