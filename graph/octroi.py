"""What a scope opens of an argument: the values to ask in turn, and which of them may be shown."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Octroi:
    """Values of an argument that one scope opens. A rule of arguments returns it in place of the value."""

    scope: str
    valeurs: tuple[Any, ...]
    """Asked in turn, each one once the source answered that it has no file for the one before."""
    manquants: frozenset[str] = frozenset()
    """When there are any, the last value alone may be shown: a file found before it bars the way, for want of these."""
