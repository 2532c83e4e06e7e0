"""Access tokens of one source by client credentials (RFC 6749 §4.4): asked once for all callers, renewed early."""

import asyncio
import base64
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import msgspec

from graph.errors import ErreurDeBloc, SourceDelaiDepasse, SourceIndisponible, SourceReponseInvalide
from providers._outcome import HABILITATION_SOURCE, juger, traduire_panne
from providers._pannes import DelaiDepasse, PanneDeTransport
from providers._source import ClientCredentials, Paires, Reglages, UpstreamRequest, UpstreamResponse
from providers._transport import Transport

_ENTETES: Paires = (("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json"))
#: Seconds: life of a token whose answer says nothing; longest life believed; margin before the end; pause after a
#: renewal that failed while the token held still works.
_DUREE, _DUREE_MAX, _MARGE, _PAUSE = 300.0, 86_400.0, 30.0, 5.0
#: Share of its life after which a token is renewed behind the back of the callers.
_PRECOCE = 0.8


class _Reponse(msgspec.Struct):
    access_token: str
    expires_in: Any = None


@dataclass(frozen=True, slots=True)
class _Jeton:
    valeur: str = field(repr=False)
    obtenu: float
    """Monotonic time before it was asked for: its age is never underestimated."""
    duree: float

    def sert(self, maintenant: float) -> bool:
        """Tell whether it may still be shown."""
        return maintenant - self.obtenu < self.duree - _MARGE

    def vieillit(self, maintenant: float) -> bool:
        """Tell whether it is time to renew it."""
        return maintenant - self.obtenu >= self.duree * _PRECOCE


class Jetons:
    """The tokens of one source.

    Args:
        auth: where and how they are asked for.
        reglages: the settings `client_id` and `client_secret`.
        transport: how the source is reached.
        horloge: monotonic clock, in seconds: a token ages at the same pace whatever the wall clock does.
        deadline: seconds for one token request, which outlives the caller that started it.
    """

    def __init__(
        self,
        auth: ClientCredentials,
        reglages: Reglages,
        transport: Transport,
        horloge: Callable[[], float],
        *,
        deadline: float,
    ) -> None:
        self._auth = auth
        self._reglages = reglages
        self._transport = transport
        self._horloge = horloge
        self._deadline = deadline
        self._tenu: _Jeton | None = None
        self._vol: asyncio.Task[str] | None = None
        self._pas_avant = float("-inf")

    async def obtenir(self, *, deadline: float) -> str:
        """Return a token, the one held or a new one, within `deadline` seconds. Raise ErreurDeBloc."""
        maintenant = self._horloge()
        if self._tenu and self._tenu.sert(maintenant):
            if self._tenu.vieillit(maintenant) and maintenant >= self._pas_avant:
                self._demander()
            return self._tenu.valeur
        with suppress(TimeoutError):
            async with asyncio.timeout(deadline):
                # NOTE: shielded, since the others wait for the same request when this caller leaves.
                return await asyncio.shield(self._demander())
        raise SourceDelaiDepasse(cause=DelaiDepasse.cause)

    def invalider(self, valeur: str) -> None:
        """Forget a token that the source refused; one that has already replaced it is kept."""
        if self._tenu and self._tenu.valeur == valeur:
            self._tenu = None

    async def aclose(self) -> None:
        """Give up the token request in flight, if any."""
        if self._vol:
            self._vol.cancel()
            await asyncio.wait([self._vol])

    def _demander(self) -> asyncio.Task[str]:
        """Return the token request in flight, started now if there is none."""
        if self._vol is None:
            self._vol = asyncio.create_task(self._renouveler())
            self._vol.add_done_callback(self._atterrir)
        return self._vol

    def _atterrir(self, vol: asyncio.Task[str]) -> None:
        self._vol = None
        if not vol.cancelled() and vol.exception():
            self._pas_avant = self._horloge() + _PAUSE

    async def _renouveler(self) -> str:
        debut = self._horloge()
        jeton = _lire(await self._envoyer(), debut)
        self._tenu = jeton if jeton.sert(debut) else None
        return jeton.valeur

    async def _envoyer(self) -> UpstreamResponse:
        try:
            return await self._transport.send(self._requete(), deadline=self._deadline)
        except PanneDeTransport as panne:
            erreur = traduire_panne(panne)
        raise erreur

    def _requete(self) -> UpstreamRequest:
        client, secret = self._reglages["client_id"], self._reglages["client_secret"]
        formulaire = {"grant_type": "client_credentials"} if self._auth.formulaire else {}
        if self._auth.scope:
            formulaire["scope"] = self._auth.scope.format(client_id=client)
        headers = _ENTETES
        if self._auth.basic:
            headers = (*headers, ("authorization", "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()))
        else:
            formulaire |= {"client_id": client, "client_secret": secret}
        return UpstreamRequest(
            "POST", self._auth.token_path, self._auth.token_params, headers, urlencode(formulaire).encode()
        )


def _lire(reponse: UpstreamResponse, debut: float) -> _Jeton:
    """Read the answer of a token endpoint (RFC 6749 §5). Raise ErreurDeBloc, which quotes nothing of it."""
    if reponse.status != 200:  # noqa: PLR2004 - OK
        raise _refus(reponse)
    with suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        lu = msgspec.json.decode(reponse.body, type=_Reponse)
        if lu.access_token.isascii() and lu.access_token.isprintable() and lu.access_token.strip():
            return _Jeton(lu.access_token, debut, _duree(lu.expires_in))
    raise SourceReponseInvalide(cause="SOURCE_JETON_INVALIDE")


def _refus(reponse: UpstreamResponse) -> ErreurDeBloc:
    # 400 is how RFC 6749 §5.2 refuses a client or a scope, as 401 does.
    return SourceIndisponible(cause=HABILITATION_SOURCE) if reponse.status == 400 else juger(reponse)  # noqa: PLR2004 - Bad Request


def _duree(expires_in: Any) -> float:
    """Return the life of a token in seconds: 0, so a single use, when what is said of it makes no sense."""
    if expires_in is None:
        return _DUREE
    if isinstance(expires_in, bool) or not isinstance(expires_in, int | float | str):
        return 0
    try:
        secondes = float(expires_in)
    except (ValueError, OverflowError):
        return 0
    return min(secondes, _DUREE_MAX) if secondes > 0 else 0
