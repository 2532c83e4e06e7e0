"""Whom a FranceConnect access token names: asked of FranceConnect (v2), whose sealed answer is opened and judged.

The token is opaque. FranceConnect answers our question with a JWE that only we can open, around a JWS that only it can
sign. Nothing of an answer is kept: the next request asks again. Two refusals, and no other:

- FranceConnectInvalide (401) for whatever concerns the token: it must be obtained again. So is a 401 of FranceConnect,
  as API Particulier does, although it means that our own credentials are refused: `cause` tells operators.
- Surcharge (503) when FranceConnect, or its keys, cannot be had in time: the same token may work in a moment.
"""

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Self

from joserfc.jwk import RSAKey

from graph.circonstances import PARIS
from graph.errors import FranceConnectInvalide, Surcharge
from habilitations._introspection import Attendu, lire
from habilitations._jose import cles_privees, dechiffrer, publiques
from habilitations._trousseau import Trousseau
from habilitations.canal import MUET, Canal, CanalRompu
from habilitations.citoyen import Citoyen, Niveau

#: Paths below the origin of FranceConnect; the issuer is the first.
RACINE = "/api/v2"
CHEMIN_INTROSPECTION, CHEMIN_JWKS = f"{RACINE}/checktoken", f"{RACINE}/jwks"
#: Seconds for everything that a token asks of FranceConnect.
DELAI = 5.0
_TAILLE_MAX = 65_536
_REESSAYER_MS = 2_000
#: RFC 6750 §2.1. Those of FranceConnect have 43 characters.
_FORME = re.compile(r"[A-Za-z0-9._~+/-]{1,2048}={0,2}")
#: Our own credentials are refused: no token will be accepted until an operator mends them.
CLIENT_REFUSE = "FRANCECONNECT_CLIENT_REFUSE"
_REFUS = {400: "FRANCECONNECT_JETON_REFUSE", 401: CLIENT_REFUSE}


@dataclass(frozen=True, slots=True)
class Client:
    """Who we are to FranceConnect, and how surely it must have identified a citizen."""

    emetteur: str
    client_id: str
    client_secret: str = field(repr=False)
    cles: tuple[RSAKey, ...] = field(repr=False)
    """Our private keys, the current one first; others still open what was encrypted before a rotation."""
    niveau: Niveau = Niveau.EIDAS1

    @classmethod
    def de_reglages(cls, url: str, client_id: str, client_secret: str, cle: str, niveau: Niveau) -> Self:
        """Build it from settings: `url` is the origin of FranceConnect, `cle` one or more RSA keys in PEM.

        Raises:
            ValueError: a key that cannot be used; the French text says what is expected, and quotes nothing.
        """
        return cls(url.rstrip("/") + RACINE, client_id, client_secret, cles_privees(cle), niveau)

    @property
    def jwks(self) -> dict[str, Any]:
        """The public keys, to publish: FranceConnect reads them at each question, and encrypts with the first."""
        return publiques(self.cles)


class FranceConnect:
    """Recognises citizens.

    Args:
        client: who we are.
        canal: how FranceConnect is reached.
        horloge: current instant, aware.
        monotone: monotonic clock, in seconds: keys age at the same pace whatever the wall clock does.
    """

    def __init__(
        self, client: Client, canal: Canal, horloge: Callable[[], datetime], monotone: Callable[[], float]
    ) -> None:
        self._client = client
        self._attendu = Attendu(client.emetteur, client.client_id, client.niveau)
        self._canal = canal
        self._horloge = horloge
        self._trousseau = Trousseau(partial(canal.lire, CHEMIN_JWKS), monotone)

    async def reconnaitre(self, jeton: str, *, deadline: float = DELAI) -> Citoyen:
        """Return the citizen whom a token names now, within `deadline` seconds and DELAI.

        Raises:
            FranceConnectInvalide: the token, or what FranceConnect says of it, is not accepted. One that has not the
                form of a token is not even shown to FranceConnect.
            Surcharge: FranceConnect or its keys cannot be had in time.
        """
        if not _FORME.fullmatch(jeton):
            raise FranceConnectInvalide(cause="FRANCECONNECT_JETON_FORME")
        signe = await self._dans(min(deadline, DELAI), jeton)
        instant = self._horloge()
        return lire(signe, self._attendu, instant, instant.astimezone(PARIS).date())

    async def aclose(self) -> None:
        """Give up the fetch of keys in flight, if any. The channel is its owner's."""
        await self._trousseau.aclose()

    async def _dans(self, delai: float, jeton: str) -> bytes:
        with suppress(TimeoutError):
            async with asyncio.timeout(delai):
                return await self._ouvrir(await self._demander(jeton))
        raise _muet("FRANCECONNECT_DELAI")

    async def _demander(self, jeton: str) -> bytes:
        """Return the sealed answer about a token."""
        client = self._client
        formulaire = {"client_id": client.client_id, "client_secret": client.client_secret, "token": jeton}
        try:
            status, corps = await self._canal.poster(CHEMIN_INTROSPECTION, formulaire)
        except CanalRompu as rupture:
            cause = rupture.cause
        else:
            if status in _REFUS:
                raise FranceConnectInvalide(cause=_REFUS[status])
            if status == 200:  # noqa: PLR2004 - OK
                return corps
            cause = f"FRANCECONNECT_{status}"
        raise _muet(cause)

    async def _ouvrir(self, reponse: bytes) -> bytes:
        """Return what FranceConnect signed for us."""
        scelle = dechiffrer(reponse, self._client.cles) if len(reponse) <= _TAILLE_MAX else None
        signe = None if scelle is None else await self._trousseau.verifier(scelle)
        if signe is None:
            raise FranceConnectInvalide(cause="FRANCECONNECT_ENVELOPPE")
        return signe


def _muet(cause: str) -> Surcharge:
    return Surcharge(MUET, retry_after_ms=_REESSAYER_MS, cause=cause)
