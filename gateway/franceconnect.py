"""How FranceConnect is reached: over the network in production, in process in the sandbox, or not at all."""

from collections.abc import Callable, Mapping
from datetime import datetime
from time import monotonic
from urllib.parse import urlencode

import structlog

from gateway.metrics import Metrics
from gateway.settings import ReglageManquant, ReglagesFranceConnect, Settings, Transporteur
from graph.errors import FranceConnectInvalide
from habilitations.canal import CanalRompu
from habilitations.citoyen import Citoyen
from habilitations.franceconnect import CLIENT_REFUSE, DELAI, Client, FranceConnect
from providers._pannes import PanneDeTransport
from providers._source import UpstreamRequest, UpstreamResponse
from providers._transport import HttpxTransport, ReqwestTransport, Transport, in_process
from sandbox.franceconnect import FranceConnectSimule

log = structlog.get_logger("gateway.franceconnect")
_MOTIF = "franceconnect_client_refuse"
#: Seconds between two lines of the log that say the same.
_SILENCE = 60.0
_FORMULAIRE = (("content-type", "application/x-www-form-urlencoded"),)


class CanalHttp:
    """Implements `habilitations.canal.Canal` over a transport, which it owns."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def poster(self, chemin: str, formulaire: Mapping[str, str]) -> tuple[int, bytes]:
        """POST a form. Raise CanalRompu."""
        return await self._exchange(UpstreamRequest("POST", chemin, (), _FORMULAIRE, urlencode(formulaire).encode()))

    async def lire(self, chemin: str) -> tuple[int, bytes]:
        """GET a path. Raise CanalRompu."""
        return await self._exchange(UpstreamRequest("GET", chemin))

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()

    async def _exchange(self, request: UpstreamRequest) -> tuple[int, bytes]:
        try:
            reponse = await self._transport.send(request, deadline=DELAI)
        except PanneDeTransport as panne:
            cause = panne.cause
        else:
            return reponse.status, reponse.body
        raise CanalRompu(cause)


class Citoyens:
    """Recognises citizens, or refuses every token when FranceConnect is not set."""

    def __init__(
        self, client: Client | None, canal: CanalHttp | None, horloge: Callable[[], datetime], metrics: Metrics
    ) -> None:
        self._canal = canal
        self._metrics = metrics
        self._signale = -_SILENCE
        self._franceconnect = FranceConnect(client, canal, horloge, monotonic) if client and canal else None
        self.cles = client.jwks["keys"] if client else []
        """Our public keys, for FranceConnect: what it encrypts with them, we alone can open."""

    async def reconnaitre(self, jeton: str, *, deadline: float) -> Citoyen:
        """Return the citizen whom a token names. Raise FranceConnectInvalide or Surcharge."""
        if self._franceconnect is None:
            raise FranceConnectInvalide(
                "Ce service ne reçoit pas FranceConnect : désignez la personne dans la requête."
            )
        try:
            return await self._franceconnect.reconnaitre(jeton, deadline=deadline)
        except FranceConnectInvalide as refus:
            if refus.cause == CLIENT_REFUSE:
                self._alerter()
            raise

    def _alerter(self) -> None:
        """Tell operators that our credentials are refused: each time in the metrics, now and then in the log."""
        self._metrics.alerte(_MOTIF)
        if monotonic() - self._signale >= _SILENCE:
            self._signale = monotonic()
            log.warning(_MOTIF)

    async def aclose(self) -> None:
        """Close every connection."""
        if self._franceconnect and self._canal:
            await self._franceconnect.aclose()
            await self._canal.aclose()


def wire(
    settings: Settings, simule: FranceConnectSimule | None, horloge: Callable[[], datetime], metrics: Metrics
) -> Citoyens:
    """Return who recognises citizens. Raise ReglageManquant."""
    reglages = settings.franceconnect
    if simule:
        if reglages:
            raise ReglageManquant("Le bac à sable a son propre FranceConnect : retirez PARTICULIER_FRANCECONNECT__….")

        async def answer(request: UpstreamRequest) -> UpstreamResponse:
            return UpstreamResponse(*simule.repondre(request.method, request.path, request.body))

        return Citoyens(simule.client, CanalHttp(in_process(answer)), horloge, metrics)
    if reglages is None:
        return Citoyens(None, None, horloge, metrics)
    transport = ReqwestTransport if settings.transport is Transporteur.REQWEST else HttpxTransport
    try:
        return Citoyens(_client(reglages), CanalHttp(transport(reglages.url)), horloge, metrics)
    except OSError as erreur:
        raise ReglageManquant(f"La clé de FranceConnect est illisible : {reglages.cle} ({erreur.strerror}).") from None
    except ValueError as refus:
        raise ReglageManquant(f"Réglage de FranceConnect inutilisable : {refus}") from None


def _client(reglages: ReglagesFranceConnect) -> Client:
    """Return who we are. Raise OSError or ValueError."""
    secret, cle = reglages.client_secret.get_secret_value(), reglages.cle.read_text(encoding="utf-8")
    return Client.de_reglages(reglages.url, reglages.client_id, secret, cle, reglages.niveau)
