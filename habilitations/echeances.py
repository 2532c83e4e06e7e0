"""Which tokens and grants end soon, and when it is told: 30 days before, then 7, then the last one. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

#: Days before the end at which operators are told, from the last to the first.
SEUILS = (1, 7, 30)


class Genre(Enum):
    """What ends."""

    JETON = "jeton"
    HABILITATION = "habilitation"


@dataclass(frozen=True, slots=True)
class Echeance:
    """A token, or a grant, that ends soon and that nothing replaces yet."""

    genre: Genre
    id: str
    habilitation_id: str
    intitule: str
    """Of the grant."""
    fin: datetime
    """First instant when it opens nothing more, in UTC."""

    def jours(self, maintenant: datetime) -> int:
        """Return the days left, rounded up: 1 on the last day."""
        return -((maintenant - self.fin) // timedelta(days=1))

    def seuil(self, maintenant: datetime) -> int | None:
        """Return the last notice that is due; None when none is."""
        return next((seuil for seuil in SEUILS if self.jours(maintenant) <= seuil), None)
