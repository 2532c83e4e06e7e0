"""The circumstances of a question that a declaration may depend on: the scopes held and today's date."""

from datetime import date
from typing import Protocol
from zoneinfo import ZoneInfo

from graph.identite import Identite

#: The zone of every civil date and hour of the project.
PARIS = ZoneInfo("Europe/Paris")


class Circonstances(Protocol):
    """What the rules of arguments read; the plan and the request's context both provide it."""

    @property
    def scopes(self) -> frozenset[str]:
        """Scopes of the habilitation in force for this request."""

    @property
    def aujourdhui(self) -> date:
        """Today in Europe/Paris, from the clock of the application."""

    @property
    def personnes_par_requete(self) -> int:
        """How many distinct persons one request may name."""

    @property
    def designe(self) -> bool:
        """Whether the caller may name persons itself; else FranceConnect alone names them."""

    @property
    def france_connect(self) -> Identite | None:
        """Whom FranceConnect named; None when the caller presents no token of hers."""
