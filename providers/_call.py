"""One call to one source, from the question to the bloc: identification, credentials, exchange, judgement, reading.

Whatever happens, what leaves is the bloc or an ErreurDeBloc that holds no value and chains nothing.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

import structlog

from graph.demande import Demande
from graph.errors import ErreurDeBloc, SourceDelaiDepasse, SourceIndisponible, SourceReponseInvalide
from graph.identite import choisir
from providers._normal import DERIVE
from providers._oauth import Jetons
from providers._outcome import REFUS, juger, traduire_panne
from providers._pannes import PanneDeTransport, RequeteImpossible
from providers._source import Appel, ClientCredentials, Paires, Reglages, Source, UpstreamRequest, UpstreamResponse
from providers._transport import Transport

Bloc = TypeVar("Bloc")


class SourceClient(Generic[Bloc]):
    """A source that can be called.

    Args:
        source: what it is.
        transport: how it is reached; closed with the client.
        reglages: its settings.
        horloge: monotonic clock, in seconds.
    """

    def __init__(
        self,
        source: Source[Bloc],
        transport: Transport,
        reglages: Reglages,
        horloge: Callable[[], float] = time.monotonic,
    ) -> None:
        self.source = source
        self._transport = transport
        self._reglages = reglages
        self._horloge = horloge
        self._jetons = (
            Jetons(source.auth, reglages, transport, horloge, deadline=source.deadline)
            if isinstance(source.auth, ClientCredentials)
            else None
        )

    async def call(self, demande: Demande, appel: Appel, *, echeance: float) -> Bloc:
        """Ask the source.

        Args:
            demande: whom and with which arguments.
            appel: the circumstances.
            echeance: monotonic time at which nobody waits any more; the source's own deadline may be sooner.

        Raises:
            ErreurDeBloc: and nothing else, cancellation aside.
        """
        fin = min(echeance, self._horloge() + self.source.deadline)
        try:
            return await self._call(demande, appel, fin)
        except ErreurDeBloc as refus:
            erreur = refus
        except PanneDeTransport as panne:
            erreur = traduire_panne(panne)
        except Exception as faute:  # noqa: BLE001 - whatever a library invents, the caller gets one of ours
            erreur = self._defaillance("exchange", faute, SourceIndisponible(cause="TRANSPORT"))
        # NOTE: an exception of a library may quote a value: nothing that came before stays attached.
        erreur.__cause__ = erreur.__context__ = None
        raise erreur

    async def aclose(self) -> None:
        """Give up the token request in flight, and close every connection."""
        if self._jetons:
            await self._jetons.aclose()
        await self._transport.aclose()

    async def _call(self, demande: Demande, appel: Appel, fin: float) -> Bloc:
        choisir(demande.identite, self.source.identifications)
        with self._garde("request", SourceIndisponible(cause=RequeteImpossible.cause)):
            request = self._preparer(self.source.request(demande, appel))
        reponse = await self._exchange(request, fin)
        if reponse.status not in self.source.lit:
            raise juger(reponse)
        with self._garde("read", SourceReponseInvalide(cause=DERIVE)):
            return self.source.read(reponse, demande, appel)

    def _preparer(self, request: UpstreamRequest) -> UpstreamRequest:
        """Add what comes from the settings: the configured headers, and the key when there is one."""
        entetes = tuple((nom, self._reglages[reglage]) for nom, reglage in self.source.entetes)
        auth = self.source.auth
        if not isinstance(auth, ClientCredentials):
            entetes += ((auth.header, self._reglages[auth.reglage(request)]),)
        return _avec(request, entetes)

    async def _exchange(self, request: UpstreamRequest, fin: float) -> UpstreamResponse:
        if self._jetons is None:
            return await self._transport.send(request, deadline=self._reste(fin))
        reponse, jeton = await self._authentifie(self._jetons, request, fin)
        if reponse.status in REFUS - self.source.lit:
            # NOTE: nothing was done on a refusal, so that once more, with a new token, cannot disclose anything twice.
            self._jetons.invalider(jeton)
            reponse, _ = await self._authentifie(self._jetons, request, fin)
        return reponse

    async def _authentifie(self, jetons: Jetons, request: UpstreamRequest, fin: float) -> tuple[UpstreamResponse, str]:
        jeton = await jetons.obtenir(deadline=self._reste(fin))
        porteur = _avec(request, (("authorization", f"Bearer {jeton}"),))
        return await self._transport.send(porteur, deadline=self._reste(fin)), jeton

    def _reste(self, fin: float) -> float:
        """Return the seconds left. Raise SourceDelaiDepasse rather than start what cannot be waited for."""
        reste = fin - self._horloge()
        if reste <= 0:
            raise SourceDelaiDepasse(cause="DELAI_EPUISE")
        return reste

    @contextmanager
    def _garde(self, etape: str, erreur: ErreurDeBloc) -> Iterator[None]:
        """Turn any unexpected fault of an adapter into `erreur`; its own typed errors pass."""
        try:
            yield
        except ErreurDeBloc:
            raise
        except Exception as faute:  # noqa: BLE001 - an adapter must not bring the request down
            self._defaillance(etape, faute, erreur)
        else:
            return
        raise erreur

    def _defaillance(self, etape: str, faute: Exception, erreur: ErreurDeBloc) -> ErreurDeBloc:
        """Log a fault by the name of its class alone: its words may hold personal data."""
        log = structlog.get_logger()
        log.error("source_defaillance", source=self.source.nom, etape=etape, exception=type(faute).__name__)
        return erreur


def _avec(request: UpstreamRequest, entetes: Paires) -> UpstreamRequest:
    return UpstreamRequest(request.method, request.path, request.params, (*request.headers, *entetes), request.body)
