"""One call to one source, from the question to the bloc: identification, credentials, exchange, judgement, reading.

Whatever happens, what leaves is the bloc or an ErreurDeBloc that holds no value and chains nothing.
"""

import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Generic, TypeVar

import structlog

from graph.demande import Demande
from graph.errors import (
    ErreurDeBloc,
    NonEligible,
    SourceDelaiDepasse,
    SourceIndisponible,
    SourceMaintenance,
    SourceReponseInvalide,
)
from graph.identite import choisir
from graph.lecture import Lecture
from providers._concordance import confronter
from providers._maintenance import reste
from providers._normal import DERIVE
from providers._oauth import Jetons
from providers._outcome import REFUS, juger, traduire_panne
from providers._pannes import PanneDeTransport, RequeteImpossible
from providers._source import (
    ApiKey,
    Appel,
    ClientCredentials,
    Paires,
    Reglages,
    Sceau,
    Source,
    UpstreamRequest,
    UpstreamResponse,
)
from providers._transport import Transport

Bloc = TypeVar("Bloc")
#: Completes a question with the COG code of the commune of birth, before the time given. Raises ErreurDeBloc.
Situer = Callable[[Demande, Appel, float], Awaitable[Demande]]


class SourceClient(Generic[Bloc]):
    """A source that can be called.

    Args:
        source: what it is.
        transport: how it is reached; closed with the client.
        reglages: its settings.
        horloge: monotonic clock, in seconds.
        situer: how the commune of birth is found, for a source that wants its code.
        guichet: how its tokens are asked for, when that is elsewhere; closed with the client.
    """

    def __init__(  # noqa: PLR0913 - what a client is made of
        self,
        source: Source[Bloc],
        transport: Transport,
        reglages: Reglages,
        horloge: Callable[[], float] = time.monotonic,
        *,
        situer: Situer | None = None,
        guichet: Transport | None = None,
    ) -> None:
        self.source = source
        self._situer = situer if source.situe else None
        self._transport = transport
        self._reglages = reglages
        self._horloge = horloge
        self._guichet = guichet
        self._jetons = (
            Jetons(source.auth, reglages, guichet or transport, horloge, deadline=source.deadline)
            if isinstance(source.auth, ClientCredentials)
            else None
        )

    async def call(self, demande: Demande, appel: Appel, *, echeance: float) -> Lecture[Bloc]:
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
            request, demande = await self._avant(demande, appel, fin)
        except ErreurDeBloc as refus:
            refus.appelee = False
            erreur = refus
        else:
            try:
                return self._lire(await self._exchange(request, fin), demande, appel)
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
        if self._guichet:
            await self._guichet.aclose()
        await self._transport.aclose()

    async def _avant(self, demande: Demande, appel: Appel, fin: float) -> tuple[UpstreamRequest, Demande]:
        """Do everything that comes before the call, and may make it useless."""
        choisir(demande.identite, self.source.identifications)
        if (attente := reste(self.source.maintenances, appel.instant)) is not None:
            raise SourceMaintenance(retry_after_ms=int(attente.total_seconds() * 1000))
        with self._garde("request", SourceIndisponible(cause=RequeteImpossible.cause)):
            if self._situer:
                demande = await self._situer(demande, appel, fin)
            return self._preparer(self.source.request(demande, appel), appel), demande

    def _preparer(self, request: UpstreamRequest, appel: Appel) -> UpstreamRequest:
        """Add what comes from the settings: the configured headers, and the key or the signature when there is one."""
        entetes = tuple((nom, self._reglages[reglage]) for nom, reglage in self.source.entetes)
        auth = self.source.auth
        if isinstance(auth, ApiKey):
            entetes += ((auth.header, auth.prefixe + self._reglages[auth.reglage(request)]),)
        request = _avec(request, entetes)
        return auth.sceller(request, appel, self._reglages) if isinstance(auth, Sceau) else request

    def _lire(self, reponse: UpstreamResponse, demande: Demande, appel: Appel) -> Lecture[Bloc]:
        """Read an answer, and compare it with the question."""
        source = self.source
        if reponse.status not in source.lit:
            raise juger(reponse)
        with self._garde("read", SourceReponseInvalide(cause=DERIVE)):
            if isinstance(source.auth, Sceau):
                reponse = source.auth.ouvrir(reponse, self._reglages, appel.instant)
            bloc = source.read(reponse, demande, appel)
            concordance, etat_civil = confronter(demande.identite, source.etats_civils(bloc))
            # NOTE: after the comparison, so that nothing is told of somebody else's file.
            if not source.eligible(bloc, appel):
                raise NonEligible
            reserves = source.reserves(bloc, demande, appel)
            return Lecture(_sans(bloc, reserves), concordance, etat_civil, reserves)

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


def _sans(bloc: Any, attributs: Iterable[str]) -> Any:
    """Return a bloc without some of its values: what is not vouched for must not even be held."""
    return replace(bloc, **dict.fromkeys(attributs)) if attributs else bloc
