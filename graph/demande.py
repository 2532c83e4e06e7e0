"""A question to a source: whom, and with which arguments. Frozen and hashable, it is the loader's key."""

from dataclasses import dataclass, field
from typing import Any

from graph.identite import Identite


@dataclass(frozen=True, slots=True, init=False)
class Demande:
    """One question to one source; defaults are resolved before it is built, so that it says everything."""

    identite: Identite
    arguments: tuple[tuple[str, Any], ...] = field(repr=False)

    def __init__(self, identite: Identite, **arguments: Any) -> None:
        object.__setattr__(self, "identite", identite)
        object.__setattr__(self, "arguments", tuple(sorted(arguments.items())))

    def __getitem__(self, nom: str) -> Any:
        """Return one argument by its name. Raise KeyError."""
        return dict(self.arguments)[nom]
