"""What one opening of the journal writes: its chain grows with each batch, once the batch is durable."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from audit.verificateur import Chaine, Tete, reste

#: Records between two states to seal: an edit is located within as many.
PAS = 1000


class Ligne(NamedTuple):
    """A trace written out."""

    genre: str
    rang: int
    instant: int
    """Microseconds since 1970, UTC."""
    requete: str
    corps: str
    """Canonical JSON."""

    @property
    def reste(self) -> bytes:
        """The line of the chain, without the name and number that its partie gives it."""
        return reste(self.genre.encode(), self.rang, self.instant, self.requete.encode(), self.corps.encode())


class Suite(NamedTuple):
    """What a partie becomes once a batch is durable."""

    chaine: Chaine
    maillons: bytes
    """End to end."""
    tetes: tuple[Tete, ...]
    """States to seal on the way."""


#: Takes the states to seal on the way, and the present one. Never waits, never raises.
Sceller = Callable[[Sequence[Tete], Chaine], None]


@dataclass(slots=True)
class Partie:
    """The partie being written. One thread at a time changes it; a chain once held is never changed."""

    id: int
    apres: int
    """Number in the file of the last record before it."""
    chaine: Chaine
    sceller: Sceller

    def prolonger(self, restes: Iterable[bytes]) -> Suite:
        """Return what the partie becomes with these records, and leave it as it is."""
        chaine = self.chaine.copie()
        maillons: list[bytes] = []
        tetes: list[Tete] = []
        for un in restes:
            maillons.append(chaine.avancer(un))
            if chaine.taille % PAS == 0:
                tetes.append(chaine.tete())
        return Suite(chaine, b"".join(maillons), tuple(tetes))

    def retenir(self, suite: Suite) -> None:
        """Become what a durable batch made of it, and have it sealed in good time."""
        if suite.chaine.taille > self.chaine.taille:
            self.chaine = suite.chaine
            self.sceller(suite.tetes, suite.chaine)
