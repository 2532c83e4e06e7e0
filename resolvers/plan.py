"""Decide before doing: which fields are kept, which are refused and for want of which scopes, which blocs will load.

The plan is a value. What it does not keep cannot be fetched (the context refuses the load) nor shown (projection copies
only what it keeps).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from types import MappingProxyType
from typing import Any

from graph._declaration import Scopes
from graph.catalogue import attempts
from graph.consultation import ConsultationsConnection
from graph.context import Chemin
from graph.particulier import Particulier
from resolvers.selection import Champ

#: Scopes that the arguments of a bloc lack, by path.
RefusArguments = Mapping[Chemin, frozenset[str]]
_RIEN: frozenset[str] = frozenset()
#: The scope that opens the arguments of a bloc, by path.
Titres = Mapping[Chemin, str]


class Verdict(Enum):
    """What becomes of a selected field."""

    GARDE = auto()
    """Kept: shown if the source has it."""
    REFUS = auto()
    """Null, with exactly one error naming the missing scopes."""
    STATIQUE = auto()
    """Nothing guarded is asked below: answered from the question alone, without a call."""
    SOURCES = auto()
    """`Particulier.sources`: filled once every bloc has settled."""


@dataclass(frozen=True, slots=True)
class Noeud:
    """A selected field and its verdict."""

    champ: Champ
    verdict: Verdict
    manquants: frozenset[str] = frozenset()
    """When refused: the scopes missing."""
    enfants: "tuple[Noeud, ...] | None" = None


@dataclass(frozen=True, slots=True)
class BlocPrevu:
    """A bloc of the question: the type to load if it is kept, and what of it would be shown."""

    chemin: Chemin
    bloc: type[Any]
    noeud: Noeud
    divulgues: tuple[str, ...]
    """Schema paths of the leaves kept."""
    refuses: tuple[str, ...]
    """Schema paths of the leaves refused."""
    essais: int = 1
    """Questions that one load puts to its source at most."""
    titre: str | None = None
    """The scope that opens the values of its arguments, when they need one."""

    @property
    def garde(self) -> bool:
        """Tell whether its source will be asked."""
        return self.noeud.verdict is Verdict.GARDE

    @property
    def appels(self) -> int:
        """Return how many calls of its source it may cost."""
        return self.essais if self.garde else 0

    def noms(self, attributs: Collection[str]) -> frozenset[str]:
        """Return the names in the schema of the fields selected that have these attributes."""
        return frozenset(un.champ.nom for un in self.noeud.enfants or () if un.champ.attribut in attributs)


@dataclass(frozen=True, slots=True)
class Personne:
    """One person of the question: a `particulier` field, or a rank under `particuliers`, and its judged selection."""

    chemin: Chemin
    champ: Champ
    noeuds: tuple[Noeud, ...]
    blocs: tuple[BlocPrevu, ...]

    @property
    def appels(self) -> int:
        """Return how many calls of sources it may cost."""
        return sum(bloc.appels for bloc in self.blocs)


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole question, judged. `racines` keeps the order; a root that names no person needs no judgement."""

    racines: tuple[Champ, ...]
    personnes: tuple[Personne, ...]
    journal: Noeud | None = None
    """The citizen's journal, if it is asked for."""

    @property
    def journal_garde(self) -> Noeud | None:
        """Return the citizen's journal, if it will be read."""
        return self.journal if self.journal and self.journal.verdict is Verdict.GARDE else None

    @property
    def appels(self) -> int:
        """Return how many calls of sources it may cost, all persons together."""
        return sum(personne.appels for personne in self.personnes)


def reads_the_journal(champ: Champ) -> bool:
    """Tell whether a root field opens onto the journal of a citizen."""
    return champ.type is ConsultationsConnection


def names_a_person(champ: Champ) -> bool:
    """Tell whether a root field opens onto a Particulier."""
    return champ.type is Particulier


def bloc_fields(racines: Iterable[Champ]) -> Iterator[tuple[Chemin, Champ]]:
    """Yield the blocs of a selection, with their paths."""
    for racine in filter(names_a_person, racines):
        for champ in racine.enfants or ():
            if _is_bloc(champ):
                yield (racine.cle, champ.cle), champ


def make_plan(
    racines: tuple[Champ, ...],
    scopes: frozenset[str],
    refus: RefusArguments,
    chemins: Iterable[Chemin],
    titres: Titres = MappingProxyType({}),
) -> Plan:
    """Judge a merged selection.

    Args:
        racines: the selection.
        scopes: those held.
        refus: the blocs whose argument values lack scopes.
        chemins: where each person stands: at a root, or at a rank under it.
        titres: the scopes that open the argument values of the other blocs.
    """
    jugees = {racine.cle: _judged(racine, scopes, refus, titres) for racine in racines if names_a_person(racine)}
    personnes = tuple(_at(chemin, jugees[str(chemin[0])]) for chemin in chemins)
    journal = next((_judge(racine, scopes, _RIEN) for racine in racines if reads_the_journal(racine)), None)
    return Plan(racines=racines, personnes=personnes, journal=journal)


def disclosed(noeud: Noeud) -> tuple[str, ...]:
    """Return the schema paths that a field at the root discloses, sorted."""
    return tuple(sorted(set(_leaves(noeud, noeud.champ.nom, Verdict.GARDE))))


def _is_bloc(champ: Champ) -> bool:
    return champ.enfants is not None and champ.nom != "sources"


def _judged(racine: Champ, scopes: frozenset[str], refus: RefusArguments, titres: Titres) -> Personne:
    """Judge what is asked of a person: the same for all those of one root."""
    noeuds = tuple(
        _bloc(champ, scopes, refus.get((racine.cle, champ.cle)))
        if _is_bloc(champ)
        else Noeud(champ, Verdict.SOURCES if champ.enfants is not None else Verdict.STATIQUE)
        for champ in racine.enfants or ()
    )
    blocs = tuple(
        BlocPrevu(
            chemin=(racine.cle, noeud.champ.cle),
            bloc=noeud.champ.type,
            noeud=noeud,
            divulgues=tuple(_leaves(noeud, noeud.champ.nom, Verdict.GARDE)),
            refuses=tuple(_leaves(noeud, noeud.champ.nom, Verdict.REFUS)),
            essais=attempts(noeud.champ.definition, scopes) if noeud.champ.definition else 1,
            titre=titres.get((racine.cle, noeud.champ.cle)),
        )
        for noeud in noeuds
        if _is_bloc(noeud.champ)
    )
    return Personne((racine.cle,), racine, noeuds, blocs)


def _at(chemin: Chemin, jugee: Personne) -> Personne:
    """Return a person judged, where one stands. Kept plans share the rest: fifty persons are not fifty times as big."""
    blocs = tuple(replace(bloc, chemin=(*chemin, bloc.chemin[-1])) for bloc in jugee.blocs)
    return replace(jugee, chemin=chemin, blocs=blocs)


def _bloc(champ: Champ, scopes: frozenset[str], refus: frozenset[str] | None) -> Noeud:
    """Judge a bloc: its own guard stands for all its leaves, so that it counts for nothing without one."""
    manquants = _missing(champ.garde, scopes) if refus is None else refus
    return _verdict(champ, _children(champ, scopes, manquants), guarded=False, manquants=manquants)


def _judge(champ: Champ, scopes: frozenset[str], amont: frozenset[str]) -> Noeud:
    """Judge a field below a bloc; `amont` is what is already missing above."""
    if champ.nom == "__typename":
        return Noeud(champ, Verdict.STATIQUE)
    manquants = amont | _missing(champ.garde, scopes)
    if champ.enfants is None:
        return Noeud(champ, Verdict.REFUS if manquants else Verdict.GARDE, manquants)
    return _verdict(champ, _children(champ, scopes, manquants), guarded=bool(champ.garde), manquants=manquants)


def _children(champ: Champ, scopes: frozenset[str], manquants: frozenset[str]) -> tuple[Noeud, ...]:
    return tuple(_judge(enfant, scopes, manquants) for enfant in champ.enfants or ())


def _verdict(champ: Champ, enfants: tuple[Noeud, ...], *, guarded: bool, manquants: frozenset[str]) -> Noeud:
    """Refuse the highest field whose guarded selection is wholly refused; without any, nothing needs a call."""
    gardes = [enfant for enfant in enfants if enfant.verdict is not Verdict.STATIQUE]
    if gardes and all(enfant.verdict is Verdict.REFUS for enfant in gardes):
        return Noeud(champ, Verdict.REFUS, frozenset().union(*(enfant.manquants for enfant in gardes)), enfants)
    if gardes:
        return Noeud(champ, Verdict.GARDE, enfants=enfants)
    if guarded:
        return Noeud(champ, Verdict.REFUS if manquants else Verdict.GARDE, manquants, enfants)
    return Noeud(champ, Verdict.STATIQUE, enfants=enfants)


def _missing(garde: Scopes, scopes: frozenset[str]) -> frozenset[str]:
    """Return the scopes that would open a guard: those of every group, when none is held in full."""
    if not garde or any(scopes.issuperset(groupe) for groupe in garde):
        return frozenset()
    return frozenset(scope for groupe in garde for scope in groupe if scope not in scopes)


def _leaves(noeud: Noeud, chemin: str, verdict: Verdict) -> Iterator[str]:
    """Yield the schema paths of what a verdict discloses or withholds: leaves, or a guarded object asked by itself."""
    dessous = [enfant for enfant in noeud.enfants or () if enfant.verdict is not Verdict.STATIQUE]
    if not dessous and noeud.verdict is verdict:
        yield chemin
    for enfant in dessous:
        yield from _leaves(enfant, f"{chemin}.{enfant.champ.nom}", verdict)
