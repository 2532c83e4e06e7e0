"""What came of a question to a source: the bloc, and what is known beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from graph.errors import ErreurDeBloc
from graph.identite import EtatCivil
from graph.source import Concordance

Bloc = TypeVar("Bloc")


@dataclass(frozen=True, slots=True)
class Lecture(Generic[Bloc]):
    """The answer of a source, read and compared with the question."""

    bloc: Bloc = field(repr=False)
    concordance: Concordance | None = None
    """None when nothing could be compared."""
    etat_civil: EtatCivil | None = None
    """Of the person asked about, for the trace alone; None when the answer bears none."""
    reserves: Mapping[str, ErreurDeBloc] = field(default_factory=dict)
    """Fields of the bloc that the source does not vouch for, by attribute: they are null, each with its error."""
