"""What the quotas are counted in: the contract of a storage, and the one that a single process keeps in its memory."""

import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from habilitations._bornes import HEURE

#: Seconds during which one replica alone tells of a suspension; should it die meanwhile, another one does.
BAIL = 5


class Verdict(Enum):
    """What a storage says of a request about persons. The last three are also the states of a suspension it keeps."""

    ADMISE = "admise"
    FREINEE = "freinee"
    """Too many answers found nobody: only so many persons a minute."""
    SUSPENDUE = "suspendue"
    A_SIGNALER = "a_signaler"
    """Suspended, and nobody was told: whoever receives this does."""
    A_INSCRIRE = "a_inscrire"
    """Suspended and told, but not recorded: whoever receives this records it."""
    INSCRITE = "inscrite"
    """Suspended and recorded; forgotten after an hour, when the persons that were counted are as well."""


class Stockage(Protocol):
    """Counters that every replica shares. Each method may raise Surcharge: the storage is down or slow."""

    @property
    def immediat(self) -> bool:
        """Whether it answers without ever waiting, so that no caller can leave meanwhile."""

    async def compter(self, cle: str, montant: int, duree: int) -> int:
        """Add to a counter that is forgotten `duree` seconds after it was opened; return what it holds."""

    async def inscrire(
        self, jeton_id: str, personnes: Sequence[bytes], borne: int, instant: int, *, freinable: bool
    ) -> Verdict:
        """Count persons, all or none, unless the token is slowed down (if `freinable`), suspended, or becomes so.

        Atomic: two replicas never go over the bound together. Once it is crossed, one caller per BAIL is told what
        remains to be done about the suspension, and the others that the token is suspended.
        """

    async def marquer(self, jeton_id: str, etat: Verdict) -> None:
        """Write how far a suspension went; nothing when it was lifted meanwhile."""

    async def freiner(self, jeton_id: str, duree: int, instant: int) -> bool:
        """Slow a token down for `duree` seconds; return whether it was not already."""

    async def lever(self, jeton_id: str) -> None:
        """Forget a suspension, a slowdown, and the persons that were counted."""

    async def aclose(self) -> None:
        """Close every connection."""


@dataclass(slots=True)
class _Compteur:
    fin: float
    valeur: int = 0


@dataclass(slots=True)
class _Suspension:
    etat: Verdict
    bail: int
    """Until when another caller takes care of it."""
    fin: int | None = None


class EnMemoire:
    """The storage of a single process: several replicas need Redis, or each token would have its quotas in each.

    NOTE: the memory of `limits` walks over every counter at each hit: with 300 tokens, 200 µs of each request.

    Args:
        horloge: monotonic clock, in seconds: when counters are forgotten.
    """

    immediat = True

    def __init__(self, horloge: Callable[[], float] = time.monotonic) -> None:
        self._horloge = horloge
        # For each lifetime, counters in the order in which they were opened, hence in which they end.
        self._compteurs: defaultdict[int, OrderedDict[str, _Compteur]] = defaultdict(OrderedDict)
        # Per token, in the order of their last request: persons and when they were last seen, the oldest first.
        self._vues: OrderedDict[str, OrderedDict[bytes, int]] = OrderedDict()
        self._suspensions: dict[str, _Suspension] = {}
        self._freins: dict[str, int] = {}
        self._instant = 0

    async def compter(self, cle: str, montant: int, duree: int) -> int:
        """See Stockage."""
        maintenant = self._horloge()
        compteurs = self._compteurs[duree]
        while compteurs and next(iter(compteurs.values())).fin <= maintenant:
            compteurs.popitem(last=False)
        compteur = compteurs.get(cle)
        if compteur is None:
            compteur = compteurs[cle] = _Compteur(maintenant + duree)
        compteur.valeur += montant
        return compteur.valeur

    async def inscrire(
        self, jeton_id: str, personnes: Sequence[bytes], borne: int, instant: int, *, freinable: bool
    ) -> Verdict:
        """See Stockage; it never waits, hence is atomic."""
        self._instant = instant
        suspension = self._suspension(jeton_id)
        if suspension is None:
            if freinable and self._freins.get(jeton_id, 0) > instant:
                return Verdict.FREINEE
            if self._compter_personnes(jeton_id, personnes, borne):
                return Verdict.ADMISE
            suspension = self._suspensions[jeton_id] = _Suspension(Verdict.A_SIGNALER, bail=instant)
        if suspension.etat is Verdict.INSCRITE or suspension.bail > instant:
            return Verdict.SUSPENDUE
        suspension.bail = instant + BAIL
        return suspension.etat

    async def marquer(self, jeton_id: str, etat: Verdict) -> None:
        """See Stockage."""
        if suspension := self._suspension(jeton_id):
            suspension.etat = etat
            suspension.fin = self._instant + HEURE if etat is Verdict.INSCRITE else None

    async def freiner(self, jeton_id: str, duree: int, instant: int) -> bool:
        """See Stockage."""
        if self._freins.get(jeton_id, 0) > instant:
            return False
        self._freins[jeton_id] = instant + duree
        return True

    async def lever(self, jeton_id: str) -> None:
        """See Stockage."""
        for registre in (self._suspensions, self._freins, self._vues):
            registre.pop(jeton_id, None)

    async def aclose(self) -> None:
        """Nothing is open."""

    def _suspension(self, jeton_id: str) -> _Suspension | None:
        suspension = self._suspensions.get(jeton_id)
        if suspension and suspension.fin is not None and suspension.fin <= self._instant:
            del self._suspensions[jeton_id]
            return None
        return suspension

    def _compter_personnes(self, jeton_id: str, personnes: Sequence[bytes], borne: int) -> bool:
        vues = self._vues.setdefault(jeton_id, OrderedDict())
        _oublier(vues, self._instant)
        nouvelles = sum(personne not in vues for personne in personnes)
        if nouvelles and len(vues) + nouvelles > borne:
            return False
        for personne in personnes:
            vues[personne] = self._instant
            vues.move_to_end(personne)
        self._vues.move_to_end(jeton_id)
        self._oublier_les_absents()
        return True

    def _oublier_les_absents(self) -> None:
        """Forget the tokens that consulted nobody for an hour."""
        while self._vues:
            jeton_id, vues = next(iter(self._vues.items()))
            _oublier(vues, self._instant)
            if vues:
                return
            del self._vues[jeton_id]


def _oublier(vues: OrderedDict[bytes, int], instant: int) -> None:
    while vues and next(iter(vues.values())) <= instant - HEURE:
        vues.popitem(last=False)
