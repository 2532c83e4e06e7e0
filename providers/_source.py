"""A source as a value: a few facts and three pure functions. Nothing here sends anything."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from graph.demande import Demande
from graph.identite import EtatCivil, Identification

if TYPE_CHECKING:
    from providers._personas import Personas

Bloc = TypeVar("Bloc")
Paires = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class UpstreamRequest:
    """What is sent to a source, relative to its base URL. Holds personal data: never logged, never printed."""

    method: str
    path: str = field(repr=False)
    params: Paires = field(default=(), repr=False)
    headers: Paires = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class UpstreamResponse:
    """What a source answered. `headers` are lower-cased names; `body` is decoded (never compressed)."""

    status: int
    headers: Paires = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)

    def header(self, name: str) -> str | None:
        """Return a header by its lower-case name."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True)
class Appel:
    """The circumstances of a call, outside the loader's key."""

    destinataire: str
    """SIRET of the administration that will use the data."""
    correlation: str
    """UUID that the source and we both log."""
    appelant: str
    """Identifier of the caller's token, never the token."""
    aujourdhui: date
    """Today in Europe/Paris."""


class Reglages(Protocol):
    """The settings of one source: `PARTICULIER_SOURCES__<NOM>__<REGLAGE>`."""

    def __getitem__(self, reglage: str) -> str:
        """Return a setting by its lower-case name, e.g. `client_id`."""


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """OAuth2 client credentials (RFC 6749 §4.4), with the settings `client_id` and `client_secret`."""

    scope: str
    token_path: str = "/token"  # noqa: S105 - a path
    basic: bool = True
    """True: HTTP Basic; False: credentials in the form."""

    reglages: tuple[str, ...] = ("client_id", "client_secret")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key in a header; `reglage` picks which setting holds the key for a request."""

    header: str
    reglage: Callable[[UpstreamRequest], str]
    reglages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source(Generic[Bloc]):
    """One administration's service, filling one bloc of the graph."""

    nom: str
    """The folder's name, stable: settings, sandbox, audit and metrics use it."""
    libelle: str
    fournisseur: str
    fournit: type[Bloc]
    """The graph type that it fills: the type is the key."""
    identifications: Sequence[Identification]
    """The keys that it understands, in order of preference."""
    auth: ClientCredentials | ApiKey
    request: Callable[[Demande, Appel], UpstreamRequest]
    """The source's words; sends nothing."""
    read: Callable[[UpstreamResponse, Demande, Appel], Bloc]
    """Strict; raises ErreurDeBloc or msgspec.ValidationError."""
    simulate: "Callable[[UpstreamRequest, Personas], UpstreamResponse]"
    """The adapter backwards: the same protocol, answered from personas."""
    lit: frozenset[int] = frozenset({200})
    """Statuses that `read` understands; any other is judged by the shared mechanism."""
    entetes: Paires = ()
    """Headers filled from settings: (header, setting)."""
    deadline: float = 10.0
    """Seconds for the whole exchange, token included."""
    etats_civils: Callable[[Bloc, Demande], Sequence[EtatCivil]] = lambda _bloc, _demande: ()
    """The états civils of the person asked about that an answer carries, for the trace alone."""
