"""Wire each source to its transport, settings and observation; what is missing in production stops the start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from time import monotonic
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from gateway.metrics import Metrics
from gateway.reglages_de_source import TLS, ReglagesSimules, read_settings
from gateway.settings import ReglageManquant, Settings, Transporteur
from graph.commune import Commune
from graph.demande import Demande
from graph.errors import ErreurDeBloc, EtatSource
from graph.lecture import Lecture
from graph.source import EtatDeSource
from habilitations.partage import Partage
from providers._call import Situer, SourceClient
from providers._catalogue import auxiliaires
from providers._catalogue import sources as discover
from providers._communes import Communes
from providers._source import Appel, ClientCredentials, Source
from providers._tls import IdentiteTls
from providers._traffic import Traffic, reussite
from providers._transport import HttpxTransport, ReqwestTransport, Transport
from resolvers.projection import Fournisseur


class Simulated(ReglagesSimules, Protocol):
    """What stands for a source that has no URL: the sandbox's simulators."""

    def transport(self, source: Source[Any]) -> Transport:
        """Return the in-process transport of a source."""


@dataclass(frozen=True, slots=True)
class Observed:
    """A client whose every call waits for its turn, is counted and timed."""

    source: Source[Any]
    client: SourceClient[Any]
    traffic: Traffic
    metrics: Metrics
    partage: Partage = field(default_factory=Partage)
    """Its places, shared between tokens."""

    async def call(self, demande: Demande, *, appel: Appel, echeance: float) -> Lecture[Any]:
        """Ask the source. Raise ErreurDeBloc."""
        debut = monotonic()
        try:
            async with self.partage.place(appel.appelant, delai=echeance - debut):
                debut = monotonic()
                lecture = await self.client.call(demande, appel, echeance=echeance)
        except ErreurDeBloc as refus:
            self._observe(refus, monotonic() - debut)
            raise
        self._observe(None, monotonic() - debut)
        return lecture

    def _observe(self, erreur: ErreurDeBloc | None, duree: float) -> None:
        outcome, cause = (erreur.code, erreur.cause or "") if erreur else (EtatSource.OBTENU.name, "")
        self.metrics.call(self.source.nom, outcome, cause, duree)
        ok = reussite(erreur)
        if ok is not None:
            self.traffic.record(self.source.nom, ok=ok, duree_ms=round(duree * 1000))


@dataclass(frozen=True)
class Sources:
    """Every source of the application, by the bloc it fills."""

    clients: Mapping[type[Any], Observed]
    aides: Sequence[SourceClient[Any]]
    """The auxiliary ones."""
    traffic: Traffic

    @cached_property
    def fournisseurs(self) -> Mapping[type[Any], Fournisseur]:
        """How sources are named to callers."""
        return {bloc: Fournisseur(un.source.nom, un.source.fournisseur) for bloc, un in self.clients.items()}

    def etats(self, instant: datetime) -> list[EtatDeSource]:
        """Return the state of every source at an instant, aware, in Paris."""
        return [self.traffic.etat(un.client.source, instant) for un in self.clients.values()]

    async def aclose(self) -> None:
        """Close every connection."""
        for client in (*(un.client for un in self.clients.values()), *self.aides):
            await client.aclose()


def wire(settings: Settings, metrics: Metrics, simulated: Simulated | None) -> Sources:
    """Build the client of every source. Raise ReglageManquant naming every setting that is missing."""
    traffic = Traffic(monotonic)
    reglages = read_settings(settings, (*discover(), *auxiliaires()), simulated)
    aides = {source.fournit: _client(settings, source, reglages[source.nom], simulated) for source in auxiliaires()}
    situer = Communes(aides[Commune]).situer
    clients = {
        source.fournit: Observed(
            source, _client(settings, source, reglages[source.nom], simulated, situer), traffic, metrics
        )
        for source in discover()
    }
    return Sources(clients, tuple(aides.values()), traffic)


def _client(
    settings: Settings,
    source: Source[Any],
    reglages: Mapping[str, str],
    simulated: Simulated | None,
    situer: Situer | None = None,
) -> SourceClient[Any]:
    """Build one client: through the network when the source has an URL, else to its simulator."""
    tenue = source if settings.maintenances_en_vigueur else replace(source, maintenances=())
    if simulated and "url" not in reglages:
        return SourceClient(tenue, simulated.transport(source), reglages, monotonic, situer=situer)
    guichet = None
    if isinstance(source.auth, ClientCredentials) and "url_jeton" in reglages:
        adresse = urlsplit(reglages["url_jeton"])
        guichet = _connect(settings, source, reglages, f"{adresse.scheme}://{adresse.netloc}")
        auth = replace(source.auth, token_path=adresse.path, token_params=tuple(parse_qsl(adresse.query)))
        tenue = replace(tenue, auth=auth)
    transport = _connect(settings, source, reglages, reglages["url"])
    return SourceClient(tenue, transport, reglages, monotonic, situer=situer, guichet=guichet)


def _connect(settings: Settings, source: Source[Any], reglages: Mapping[str, str], url: str) -> Transport:
    """Open the network to a source. Raise ReglageManquant for a URL or a certificate that cannot be used."""
    transport = ReqwestTransport if settings.transport is Transporteur.REQWEST else HttpxTransport
    identite = IdentiteTls(*(reglages[nom] for nom in TLS)) if source.mtls else None
    try:
        return transport(url, identite=identite)
    except ValueError as refus:
        raise ReglageManquant(f"Réglage inutilisable pour la source {source.libelle} : {refus}") from None
