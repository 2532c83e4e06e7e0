"""The windows in which a source is known not to answer: daily or weekly, across midnight too, in the time of Paris."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

#: As `date.weekday` numbers them.
TOUS_LES_JOURS = frozenset(range(7))
LUNDI, MARDI, MERCREDI, JEUDI, VENDREDI, SAMEDI, DIMANCHE = range(7)


@dataclass(frozen=True, slots=True)
class Fenetre:
    """A planned interruption, from `debut` (included) to `fin` (excluded), the day after when `fin` comes first."""

    debut: time
    fin: time
    jours: frozenset[int] = TOUS_LES_JOURS
    """The days on which it begins."""

    def reste(self, instant: datetime) -> timedelta | None:
        """Return how long it will still last at an instant (aware, in Paris); None outside of it."""
        return next(
            (fin - _utc(instant) for debut, fin in self._voisines(instant) if debut <= _utc(instant) < fin), None
        )

    def _voisines(self, instant: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the bounds of those that may hold an instant: the one of the day, and the one of the day before."""
        for jour in (instant.date() - timedelta(days=1), instant.date()):
            if jour.weekday() in self.jours:
                lendemain = jour + timedelta(days=self.fin <= self.debut)
                yield _borne(jour, self.debut, instant), _borne(lendemain, self.fin, instant)


def reste(fenetres: Iterable[Fenetre], instant: datetime) -> timedelta | None:
    """Return how long a source will still be in maintenance; None when it is not."""
    return max((duree for fenetre in fenetres if (duree := fenetre.reste(instant))), default=None)


def _borne(jour: date, heure: time, instant: datetime) -> datetime:
    # NOTE: compared in UTC: on the night when clocks go back, two instants of Paris bear the same hour.
    return _utc(datetime.combine(jour, heure, instant.tzinfo))


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)
