"""A month, in UTC as the instants of the traces are."""

import re
from datetime import UTC, datetime
from typing import NamedTuple

_ECRIT = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_MOIS_PAR_AN = 12


class Mois(NamedTuple):
    """A month of a year; the later of two is the greater."""

    annee: int
    rang: int

    @classmethod
    def de(cls, instant: datetime) -> "Mois":
        """Return the month of an aware instant."""
        utc = instant.astimezone(UTC)
        return cls(utc.year, utc.month)

    @classmethod
    def lire(cls, texte: str) -> "Mois | None":
        """Read `AAAA-MM`."""
        trouve = _ECRIT.fullmatch(texte)
        return cls(int(trouve[1]), int(trouve[2])) if trouve else None

    def plus(self, mois: int) -> "Mois":
        """Return the month that comes so many months later."""
        annee, rang = divmod(self.annee * _MOIS_PAR_AN + self.rang - 1 + mois, _MOIS_PAR_AN)
        return Mois(annee, rang + 1)

    @property
    def debut(self) -> datetime:
        """Its first instant."""
        return datetime(self.annee, self.rang, 1, tzinfo=UTC)

    def __str__(self) -> str:
        """Write `AAAA-MM`."""
        return f"{self.annee:04}-{self.rang:02}"
