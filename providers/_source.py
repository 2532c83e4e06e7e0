"""A source as a value: a few facts and three pure functions. Nothing here sends anything."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from graph.demande import Demande
from graph.errors import ErreurDeBloc
from graph.identite import EtatCivil, Identification
from providers._maintenance import Fenetre

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
    instant: datetime
    """Now, aware, in Europe/Paris."""

    @property
    def aujourdhui(self) -> date:
        """Today in Europe/Paris."""
        return self.instant.date()


class Reglages(Protocol):
    """The settings of one source: `PARTICULIER_SOURCES__<NOM>__<REGLAGE>`."""

    def __getitem__(self, reglage: str) -> str:
        """Return a setting by its lower-case name, e.g. `client_id`."""


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """OAuth2 client credentials (RFC 6749 §4.4), with the settings `client_id` and `client_secret`."""

    scope: str = ""
    """What is asked for; `{client_id}` stands for that setting. Blank: nothing is said of a scope."""
    token_path: str = "/token"  # noqa: S105 - a path
    basic: bool = True
    """True: HTTP Basic; False: credentials in the form."""
    formulaire: bool = True
    """False: the form is empty, as the CNOUS wants it."""
    token_params: Paires = ()
    """Query parameters of the token endpoint."""

    reglages: tuple[str, ...] = ("client_id", "client_secret")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key in a header; `reglage` picks which setting holds the key for a request."""

    header: str
    reglage: Callable[[UpstreamRequest], str]
    reglages: tuple[str, ...]
    prefixe: str = ""
    """What comes before the key, e.g. `Bearer `."""


@dataclass(frozen=True, slots=True)
class Sceau:
    """Messages that are signed, in both directions, with secrets from the settings."""

    sceller: Callable[[UpstreamRequest, Appel, Reglages], UpstreamRequest]
    """Sign a request."""
    ouvrir: Callable[[UpstreamResponse, Reglages, datetime], UpstreamResponse]
    """Return what the source signed, and nothing else. Raise SourceReponseInvalide."""
    reglages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Libre:
    """A public service, which asks nobody who they are."""

    reglages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
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
    auth: ClientCredentials | ApiKey | Sceau | Libre
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
    etats_civils: Callable[[Bloc], Sequence[EtatCivil]] = lambda _bloc: ()
    """The états civils that an answer carries: the person asked about must be one of them (an allocataire or the
    spouse, one of two taxpayers). Never those of other persons, as children."""
    eligible: Callable[[Bloc, Appel], bool] = lambda _bloc, _appel: True
    """Whether she is of those whom the source is for, which only her file tells; asked once she is known to be hers."""
    reserves: Callable[[Bloc, Demande, Appel], Mapping[str, ErreurDeBloc]] = lambda _bloc, _demande, _appel: {}
    """The fields, by attribute, that this answer does not settle: each is then null, with its error."""
    maintenances: tuple[Fenetre, ...] = ()
    """When the source is known not to answer, and is not called."""
    auxiliaire: bool = False
    """Whether it fills no bloc: other sources need its answer to ask their own question."""
    situe: bool = False
    """Whether the COG code of the commune of birth must be found first, when only its name is known."""
    mtls: bool = False
    """Whether the source wants a TLS certificate of ours: settings `certificat_tls` and `cle_tls`, in PEM."""

    def __repr__(self) -> str:
        """Print its name alone."""
        return f"Source({self.nom!r})"
