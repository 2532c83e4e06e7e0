"""A citizen's journal: the accesses about her, newest first, a page at a time, whatever stores the traces."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from audit.rattachement import Cherchee, Rattachement, rattacher
from audit.trace import Intention, Issue, Pseudonyme, Reprise, Trace

#: Accesses that one page may look at: those about homonyms are passed over, and must not make it endless.
EXAMINES_MAX = 2_000
#: Accesses of one search, once homonyms were met.
_LOT = 100


class ConsultationsIndisponibles(Exception):  # noqa: N818 - the domain's nouns are French
    """The journal cannot be searched now, or not to its end, which must not pass for all of it. `cause` is a name."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class RepereInconnu(Exception):  # noqa: N818 - the domain's nouns are French
    """No access stands where a page was to begin."""


class Repere(NamedTuple):
    """Names an access: a person of a request. Where a page ends, and the next one begins."""

    requete: str
    rang: int


class Candidat(NamedTuple):
    """An access that may bear what is looked for."""

    position: int
    """Its place among all accesses, in the order of the intentions; never shown."""
    traces: Sequence[Trace]
    """Its intention, then what came of it if anything did."""


class Consultations(Protocol):
    """Where accesses are found. Both methods raise ConsultationsIndisponibles, within a bound, and never block."""

    async def trouver(self, pseudonymes: Collection[Pseudonyme], avant: int | None, combien: int) -> Sequence[Candidat]:
        """Return the last `combien` accesses placed before `avant`, the newest first; fewer when there are no more.

        Each is given once, whether its intention or its issue bears one of the pseudonyms; every access whose traces
        were durable when it was called is found.
        """

    async def position(self, repere: Repere) -> int | None:
        """Return the place of an access; None when there is none of that name."""


@dataclass(frozen=True, slots=True)
class Acces:
    """An access about a citizen."""

    intention: Intention
    suite: Issue | Reprise | None
    """None while it is under way."""
    rattachement: Rattachement

    @property
    def repere(self) -> Repere:
        """Name it."""
        return Repere(self.intention.requete, self.intention.rang)


@dataclass(frozen=True, slots=True)
class Page:
    """Some accesses, the newest first."""

    acces: tuple[Acces, ...]
    suite: Repere | None
    """Where the next page begins, which may be an access that is not to be shown; None when nothing older is."""


async def lire_page(
    lieu: Consultations,
    cherchees: Sequence[Cherchee],
    combien: int,
    apres: Repere | None = None,
    sauf: str | None = None,
) -> Page:
    """Return the accesses about a citizen that come after another one.

    Args:
        lieu: where to look.
        cherchees: the citizen, under each key.
        combien: how many at most.
        apres: the access after which the page begins; the newest one when it is None. Whoever asks was given it: it is
            not judged again, for its month may be forgotten since.
        sauf: a request that is left out: the very one that asks.

    Raises:
        ConsultationsIndisponibles: ask again later.
        RepereInconnu: `apres` names no access.
    """
    portes = frozenset(porte for cherchee in cherchees for porte in cherchee.pseudonymes)
    avant = await _depart(lieu, apres) if apres else None
    retenus: list[Acces] = []
    examines = 0
    voulus = combien + 2  # one tells if there is a next page, another may be the very request that asks
    while True:
        candidats = await lieu.trouver(portes, avant, voulus)
        for candidat in candidats:
            acces = _juger(cherchees, candidat.traces)
            if acces is None or acces.intention.requete == sauf:
                continue
            if len(retenus) == combien:
                return Page(tuple(retenus), retenus[-1].repere)
            retenus.append(acces)
        if len(candidats) < voulus:
            return Page(tuple(retenus), None)
        avant = candidats[-1].position
        examines += voulus
        if examines >= EXAMINES_MAX:
            return Page(tuple(retenus), _repere(candidats[-1]))
        voulus = max(voulus, _LOT)


async def _depart(lieu: Consultations, apres: Repere) -> int:
    """Return the place of the access after which a page begins. Raise RepereInconnu."""
    place = await lieu.position(apres)
    if place is None:
        raise RepereInconnu
    return place


def _juger(cherchees: Sequence[Cherchee], traces: Sequence[Trace]) -> Acces | None:
    """Return the access that traces make; None when it is not to be shown."""
    intention = next((une for une in traces if isinstance(une, Intention)), None)
    suite = next((une for une in traces if isinstance(une, Issue | Reprise)), None)
    rattachement = rattacher(cherchees, traces)
    return Acces(intention, suite, rattachement) if intention and rattachement else None


def _repere(candidat: Candidat) -> Repere:
    trace = candidat.traces[0]
    return Repere(trace.requete, trace.rang)
