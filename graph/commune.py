"""A commune of birth as INSEE codes it: an auxiliary answer, which no caller can ask for."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune at a date."""

    code: str = field(repr=False)
    """COG code, 5 characters."""
