"""Which accesses are about a citizen: for certain, perhaps (a homonym born the same day is not excluded), or not."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from audit.precisions import admis, empreinte, indeniables, preuves
from audit.pseudonyme import ETAT_CIVIL, IDENTITE_PIVOT, canonique, pseudonymes
from audit.trace import Intention, Issue, Pseudonyme, Trace
from graph.identite import Identite, IdentitePivot


class Rattachement(Enum):
    """How surely an access is about a citizen."""

    CERTAIN = auto()
    """Her whole identité pivot, or her état civil with a fact that homonyms lack or the INE that she says is hers."""
    PROBABLE = auto()
    """Her état civil alone: nothing excludes a homonym born the same day."""


@dataclass(frozen=True, slots=True)
class Cherchee:
    """A citizen under one key: what the traces about her bear."""

    pseudonymes: frozenset[Pseudonyme] = field(repr=False)
    """Of kinds `identite_pivot` and `etat_civil` alone."""
    admises: frozenset[str] = field(repr=False)
    """The précisions that may stand beside her état civil; any other one is about somebody else."""
    indeniables: frozenset[frozenset[str]] = field(repr=False)
    """Those that, said all together, nothing else that is said with them denies."""
    preuves: frozenset[frozenset[str]] = field(repr=False)
    """Those that homonyms do not share, all together when there are several."""
    distincte: bool
    """Whether her identité pivot holds such a fact: that of a citizen born abroad, with one given name, does not."""
    dites: frozenset[Pseudonyme] = field(default=frozenset(), repr=False)
    """Of the INE that she says is hers, if she does. Nothing is looked for by it: whoever it belongs to, what is found
    is the same, in the same time."""


def chercher(cles: Iterable[bytes], citoyen: IdentitePivot, ine: str | None = None) -> list[Cherchee]:
    """Return a citizen under each key of the keyring.

    Args:
        cles: the keys.
        citoyen: all that her acte de naissance bears.
        ine: what she says is her INE, which nobody vouches for.
    """
    return [_sous(cle, citoyen, Identite(ine=ine)) for cle in cles]


def rattacher(cherchees: Sequence[Cherchee], traces: Collection[Trace]) -> Rattachement | None:
    """Judge the traces of one access; None when it is not about her, or when a fact contradicts it."""
    tous = [porte for trace in traces if isinstance(trace, Intention | Issue) for porte in trace.pseudonymes]
    portes = [(porte, cherchee) for porte in tous for cherchee in cherchees if porte in cherchee.pseudonymes]
    if any(porte.genre == IDENTITE_PIVOT and cherchee.distincte for porte, cherchee in portes):
        return Rattachement.CERTAIN
    contredits = [(porte, cherchee) for porte, cherchee in portes if not cherchee.admises.issuperset(porte.precisions)]
    if not portes or not all(_indeniable(cherchee, porte) for porte, cherchee in contredits):
        return None
    if contredits or not _une_seule_personne(cherchees, traces):
        return Rattachement.PROBABLE
    prouve = any(_prouvee(cherchee, (porte for porte, par in portes if par is cherchee)) for cherchee in cherchees)
    dite = any(not cherchee.dites.isdisjoint(tous) for cherchee in cherchees)
    return Rattachement.CERTAIN if prouve or dite else Rattachement.PROBABLE


def _indeniable(cherchee: Cherchee, porte: Pseudonyme) -> bool:
    """Tell whether what is said with it cannot exclude her: callers say what sources do not check."""
    return any(faits.issubset(porte.precisions) for faits in cherchee.indeniables)


def _prouvee(cherchee: Cherchee, portes: Iterable[Pseudonyme]) -> bool:
    """Tell whether what is said of her, in one trace or the other, is what homonyms do not share."""
    dits = {precision for porte in portes for precision in porte.precisions}
    return any(preuve <= dits for preuve in cherchee.preuves)


def _une_seule_personne(cherchees: Sequence[Cherchee], traces: Iterable[Trace]) -> bool:
    """Tell whether no source returned somebody else: under the numbers of two persons, one would read of the other."""
    rendus = (porte for trace in traces if isinstance(trace, Issue) for porte in trace.pseudonymes)
    return all(any(rendu in cherchee.pseudonymes for cherchee in cherchees) for rendu in rendus)


def _sous(cle: bytes, citoyen: IdentitePivot, dit: Identite) -> Cherchee:
    identite = Identite(pivot=citoyen)
    formes = [forme for genre, forme in canonique(identite) if genre == ETAT_CIVIL]
    return Cherchee(
        frozenset(pseudonymes(cle, identite)),
        frozenset(empreinte(cle, forme, fait) for forme in formes for fait in admis(citoyen)),
        _ensembles(cle, formes, indeniables(citoyen)),
        _ensembles(cle, formes, preuves(citoyen)),
        any(preuves(citoyen)),
        frozenset(pseudonymes(cle, dit)),
    )


def _ensembles(cle: bytes, formes: Sequence[str], ensembles: Iterable[Iterable[str]]) -> frozenset[frozenset[str]]:
    """Return sets of facts as they are said of each form of an état civil."""
    return frozenset(
        frozenset(empreinte(cle, forme, fait) for fait in faits) for faits in ensembles for forme in formes
    )
