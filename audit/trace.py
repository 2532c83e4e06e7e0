"""What the journal keeps, as frozen values: an intention, an issue or a recovery per (request, person).

They have room for names, codes and keyed pseudonyms only: never a value read from a source, never an identity.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

#: The whole answer is ready to leave; any other result is an error code or `ABANDONNEE`.
OBTENU = "OBTENU"
#: The caller left before its answer did.
ABANDONNEE = "ABANDONNEE"
#: Bound of the caller's own labels, in characters; the server refuses longer ones, the journal cuts them.
LIBELLE_MAX = 200


@dataclass(frozen=True, slots=True)
class Pseudonyme:
    """A keyed digest of one canonical form of a person (`audit.pseudonyme`)."""

    genre: str
    """Kind of key: `ine`, `numero_fiscal`, `identifiant_france_travail`, `identifiant_sportif`, `identite_pivot` or
    `etat_civil`."""
    empreinte: str
    """HMAC-SHA256, 64 hexadecimal digits."""
    precisions: tuple[str, ...] = field(default=(), compare=False)
    """What else was said of the person behind an `etat_civil`, each fact a keyed digest: it tells homonyms apart."""


@dataclass(frozen=True, slots=True)
class Consultation:
    """What came of one bloc's source."""

    source: str
    """Name of the source's folder."""
    code: str
    """`OBTENU`, or the error code of the bloc."""
    duree_ms: int | None
    """None when nothing was called."""
    cause: str | None = None
    """The finer name of a failure, which callers are not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trace:
    requete: str
    """The request's identifier, given back to the caller as X-Request-Id."""
    rang: int
    """Rank of the person in the request, from 0."""
    instant: datetime
    """When, in UTC."""

    def __post_init__(self) -> None:
        """Bring the instant to UTC. Raise ValueError when it is naive."""
        if self.instant.tzinfo is None:
            raise ValueError("instant must be aware")
        object.__setattr__(self, "instant", self.instant.astimezone(UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Intention(_Trace):
    """Who is about to ask what about whom; durable before any source is called."""

    jeton: str
    """Identifier of the token, never the token."""
    habilitation: str
    destinataire: str
    """SIRET of the administration that will use the data."""
    cadre_juridique: str
    operation: str
    """SHA-256 of the document without its literals, 64 hexadecimal digits."""
    champs: tuple[str, ...]
    """Schema paths about to be asked, e.g. `situationFiscale.revenuFiscalReference`."""
    refuses: tuple[str, ...] = ()
    """Schema paths refused by the plan: no source is asked for them."""
    pseudonymes: tuple[Pseudonyme, ...] = field(default=())
    """One per key given."""
    agent: str | None = None
    """X-Agent: the caller's own words, never interpreted."""
    demarche: str | None = None
    """X-Demarche: the same."""
    delegation: str | None = None
    """Identifier of the delegation by which an editor used the grant; None for an administration's own token, and in
    records of before it was told."""
    scopes_arguments: tuple[str, ...] = ()
    """Scopes that open the values of the arguments, e.g. of an income year; the journal does not hold the values.
    Records of before they were told have none."""

    def __post_init__(self) -> None:
        """Bound the caller's own words."""
        _Trace.__post_init__(self)
        for libelle in ("agent", "demarche"):
            texte = getattr(self, libelle)
            object.__setattr__(self, libelle, texte and texte[:LIBELLE_MAX])


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue(_Trace):
    """What came of an intention; durable before the answer leaves."""

    resultat: str
    """`OBTENU`, `ABANDONNEE`, or the code of the error that refused the whole request."""
    champs: tuple[str, ...] = ()
    """Schema paths disclosed."""
    consultations: tuple[Consultation, ...] = ()
    pseudonymes: tuple[Pseudonyme, ...] = ()
    """One per état civil that a source returned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprise(_Trace):
    """An intention that a previous run left without issue: sources may have been called, no answer left."""


Trace = Intention | Issue | Reprise
