"""Enumerations that several blocs share."""

from enum import Enum

import strawberry


@strawberry.enum(description="Sexe à l'état civil.")
class Sexe(Enum):
    """Sex as registered; every source's own coding is brought to these two letters."""

    M = strawberry.enum_value("M", description="Masculin.")
    F = strawberry.enum_value("F", description="Féminin.")
