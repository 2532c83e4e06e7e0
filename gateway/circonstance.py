"""The circumstances of one request, as plain values."""

from dataclasses import dataclass
from datetime import date

from graph.identite import Identite


@dataclass(frozen=True, slots=True)
class Circonstance:
    """Implements `graph.circonstances.Circonstances`."""

    scopes: frozenset[str]
    aujourdhui: date
    personnes_par_requete: int = 1
    france_connect: Identite | None = None
    designe: bool = True
