"""Wire each source to its transport, settings and observation; what is missing in production stops the start."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from time import monotonic
from typing import Any, Protocol

from gateway.metrics import Metrics
from gateway.settings import ReglageManquant, Settings, Transporteur
from graph.demande import Demande
from graph.errors import ErreurDeBloc, EtatSource
from graph.identite import EtatCivil
from graph.source import EtatDeSource
from providers._call import SourceClient
from providers._catalogue import sources as discover
from providers._source import Appel, Source
from providers._traffic import Traffic, reussite
from providers._transport import HttpxTransport, ReqwestTransport, Transport
from resolvers.projection import Fournisseur


class Simulated(Protocol):
    """What stands for a source that has no URL: the sandbox's simulators."""

    def transport(self, source: Source[Any]) -> Transport:
        """Return the in-process transport of a source."""

    def reglage(self, source: Source[Any], nom: str) -> str:
        """Return the value that the simulator expects of a setting."""


@dataclass(frozen=True, slots=True)
class Observed:
    """A client whose every call is counted and timed."""

    source: Source[Any]
    client: SourceClient[Any]
    traffic: Traffic
    metrics: Metrics

    async def call(self, demande: Demande, *, appel: Appel, echeance: float) -> Any:
        """Ask the source. Raise ErreurDeBloc."""
        debut = monotonic()
        try:
            bloc = await self.client.call(demande, appel, echeance=echeance)
        except ErreurDeBloc as refus:
            self._observe(refus, monotonic() - debut)
            raise
        self._observe(None, monotonic() - debut)
        return bloc

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
    traffic: Traffic

    @cached_property
    def fournisseurs(self) -> Mapping[type[Any], Fournisseur]:
        """How sources are named to callers."""
        return {bloc: Fournisseur(un.source.nom, un.source.fournisseur) for bloc, un in self.clients.items()}

    def etats(self) -> list[EtatDeSource]:
        """Return the state of every source."""
        return [self.traffic.etat(un.source) for un in self.clients.values()]

    def etats_civils(self, bloc: type[Any], valeur: Any, demande: Demande) -> Iterable[EtatCivil]:
        """Return the états civils of the person asked about that an answer carries."""
        return self.clients[bloc].source.etats_civils(valeur, demande)

    async def aclose(self) -> None:
        """Close every connection."""
        for un in self.clients.values():
            await un.client.aclose()


def wire(settings: Settings, metrics: Metrics, simulated: Simulated | None) -> Sources:
    """Build the client of every source. Raise ReglageManquant when one lacks a setting."""
    traffic = Traffic(monotonic)
    clients: dict[type[Any], Observed] = {}
    for source in discover():
        reglages = _reglages(settings, source, simulated)
        if simulated and "url" not in reglages:
            transport = simulated.transport(source)
        else:
            transport = _connect(settings, reglages["url"])
        client = SourceClient(source, transport, reglages, monotonic)
        clients[source.fournit] = Observed(source, client, traffic, metrics)
    return Sources(clients, traffic)


def _reglages(settings: Settings, source: Source[Any], simulated: Simulated | None) -> dict[str, str]:
    """Return the settings of a source, those of its simulator standing for the ones that are not set."""
    reglages = {nom: valeur.get_secret_value() for nom, valeur in settings.sources.get(source.nom, {}).items()}
    if simulated:
        return {nom: simulated.reglage(source, nom) for nom in required(source)} | reglages
    manquants = [nom for nom in ("url", *required(source)) if nom not in reglages]
    if manquants:
        variables = ", ".join(f"PARTICULIER_SOURCES__{source.nom}__{nom}".upper() for nom in manquants)
        raise ReglageManquant(f"Réglages manquants pour la source {source.libelle} : {variables}.")
    return reglages


def required(source: Source[Any]) -> tuple[str, ...]:
    """Return the settings that a source needs besides its URL."""
    return (*source.auth.reglages, *(reglage for _, reglage in source.entetes))


def _connect(settings: Settings, url: str) -> Transport:
    return ReqwestTransport(url) if settings.transport is Transporteur.REQWEST else HttpxTransport(url)
