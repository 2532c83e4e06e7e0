"""The fictitious persons of the sandbox, as the simulators see them. `sandbox/` loads them from YAML."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

import msgspec

from graph.identite import IdentitePivot

Vue = TypeVar("Vue")


@dataclass(frozen=True, slots=True)
class Persona:
    """One fictitious person: her keys, and what each administration holds on her."""

    nom: str
    """Slug, unique, shown to developers: `martin-pierre`."""
    description: str
    """French sentence: what this persona is good for."""
    pivot: IdentitePivot
    ine: str | None = None
    numero_fiscal: str | None = None
    vues: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Per source name, what that administration holds, in the words of its simulator's own Struct."""

    def vue(self, source: str, forme: type[Vue]) -> Vue | None:
        """Return what a source holds on this person, strictly typed; None if it holds nothing."""
        vue = self.vues.get(source)
        return None if vue is None else msgspec.convert(vue, forme)


class Personas:
    """All the personas; lookups by the keys that administrations use."""

    def __init__(self, personas: Iterable[Persona], aujourdhui: Callable[[], date]) -> None:
        self._personas = tuple(personas)
        self._aujourdhui = aujourdhui

    @property
    def aujourdhui(self) -> date:
        """Today, from the application's clock: views hold years relative to it."""
        return self._aujourdhui()

    def __iter__(self) -> Any:
        """Iterate over the personas, in the order of the files."""
        return iter(self._personas)

    def trouver(self, condition: Callable[[Persona], bool]) -> list[Persona]:
        """Return every persona that meets a condition: several when they are homonyms."""
        return [persona for persona in self._personas if condition(persona)]
