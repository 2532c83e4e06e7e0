"""What Prometheus scrapes: requests, source calls, seals, alarms. No label ever names a person, a token or a field."""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from audit.contrat import JournalDurable
from habilitations.echeances import SEUILS

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The metrics of one application, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "particulier_requests", "Requests answered on /graphql.", ["status", "code"], registry=self.registry
        )
        self._latency = Histogram(
            "particulier_request_seconds", "Time to answer.", buckets=_SECONDS, registry=self.registry
        )
        self._calls = Counter(
            "particulier_source_calls", "Calls to sources.", ["source", "outcome", "cause"], registry=self.registry
        )
        self._call_latency = Histogram(
            "particulier_source_call_seconds", "Time of a call.", ["source"], buckets=_SECONDS, registry=self.registry
        )
        self._echeances = Gauge(
            "particulier_tokens_expiring",
            "Tokens that end within so many days, and not sooner than the next bound.",
            ["within_days"],
            registry=self.registry,
        )
        self._alertes = Counter(
            "particulier_alertes", "Abnormal uses told to operators.", ["motif"], registry=self.registry
        )

    def echeances(self, jetons: Mapping[int, int]) -> None:
        """Tell how many tokens end soon, by the last notice that is due."""
        for seuil in SEUILS:
            self._echeances.labels(str(seuil)).set(jetons.get(seuil, 0))

    def alerte(self, motif: str) -> None:
        """Count an alert."""
        self._alertes.labels(motif).inc()

    def request(self, status: int, code: str, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(str(status), code).inc()
        self._latency.observe(seconds)

    def call(self, source: str, outcome: str, cause: str, seconds: float) -> None:
        """Count a call to a source; `cause` is the finer reason, kept for operators."""
        self._calls.labels(source, outcome, cause).inc()
        self._call_latency.labels(source).observe(seconds)

    def watch(self, journal: JournalDurable) -> None:
        """Tell what a journal sealed, and how many seals failed: nothing else tells it, since requests go on."""
        self.registry.register(_Seals(journal))

    def alarmes(self, alarmes: Mapping[str, Callable[[], bool]]) -> None:
        """Tell of each alarm whether it is on, looked at when it is scraped."""
        self.registry.register(_Alarmes(alarmes))

    def text(self) -> bytes:
        """Return the exposition format."""
        return generate_latest(self.registry)


class _Seals(Collector):
    """Reads the counters of a journal when it is scraped."""

    def __init__(self, journal: JournalDurable) -> None:
        self._journal = journal

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Yield the two counters."""
        compteurs = self._journal.compteurs
        yield CounterMetricFamily("particulier_seals", "Seals of the journal.", compteurs.scelles)
        yield CounterMetricFamily("particulier_seal_failures", "Seals that failed.", compteurs.scelles_echoues)


class _Alarmes(Collector):
    """Looks at the alarms when they are scraped."""

    def __init__(self, alarmes: Mapping[str, Callable[[], bool]]) -> None:
        self._alarmes = alarmes

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield 1 for each alarm that is on, 0 for the others."""
        jauge = GaugeMetricFamily("particulier_alarmes", "What must be repaired, requests going on.", labels=["motif"])
        for motif, alarme in self._alarmes.items():
            jauge.add_metric([motif], float(alarme()))
        yield jauge
