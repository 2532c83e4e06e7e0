"""The circumstances of a question that a declaration may depend on: the scopes held and today's date."""

from datetime import date
from typing import Protocol


class Circonstances(Protocol):
    """What the rules of arguments read; the plan and the request's context both provide it."""

    @property
    def scopes(self) -> frozenset[str]:
        """Scopes of the habilitation in force for this request."""

    @property
    def aujourdhui(self) -> date:
        """Today in Europe/Paris, from the clock of the application."""
