"""The circumstances of one request, as plain values."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Circonstance:
    """Implements `graph.circonstances.Circonstances`."""

    scopes: frozenset[str]
    aujourdhui: date
