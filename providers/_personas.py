"""The fictitious persons of the sandbox, as the simulators see them. `sandbox/` loads them from YAML."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

import msgspec

from graph.identite import Identite, IdentitePivot

Vue = TypeVar("Vue")
#: `{N-1}`: a calendar year relative to the current one; `{R}`: the year in which the current school year began.
_ANNEE = re.compile(r"\{([NR])([+-]\d+)?\}")
_RENTREE = 9
#: Words that every simulator gives the same meaning: the person is known and has no file, or always meets a failure.
_RIEN = frozenset({"absent", "erreur"})


@dataclass(frozen=True, slots=True)
class Persona:
    """One fictitious person: her keys, and what each administration holds on her."""

    nom: str
    """Slug, unique, shown to developers: `martin-pierre`."""
    description: str
    """French sentence: what this persona is good for."""
    pivot: IdentitePivot = field(repr=False)
    ine: str | None = field(default=None, repr=False)
    numero_fiscal: str | None = field(default=None, repr=False)
    identifiant_france_travail: str | None = field(default=None, repr=False)
    identifiant_sportif: str | None = field(default=None, repr=False)
    vues: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    """Per source name, what that administration holds, in the words of its simulator's own Struct."""
    arguments: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    """Per bloc, a value that suits this person for each required argument."""
    inconnue: bool = False
    """Shown to developers, and found by no administration: as an identity with a mistake in it."""

    @property
    def identite(self) -> Identite:
        """The bundle of all her keys."""
        return Identite(
            pivot=self.pivot,
            ine=self.ine,
            numero_fiscal=self.numero_fiscal,
            identifiant_france_travail=self.identifiant_france_travail,
            identifiant_sportif=self.identifiant_sportif,
        )

    @property
    def par_france_connect(self) -> Identite:
        """What FranceConnect would say of her: her état civil, and nothing else."""
        return Identite(pivot=self.pivot, france_connect=True)

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the sources that hold something: not those whose view is empty, or of an absence or a failure."""
        return tuple(nom for nom, vue in self.vues.items() if vue and not vue.keys() & _RIEN)

    def vue(self, source: str, forme: type[Vue]) -> Vue | None:
        """Return what a source holds on this person, strictly typed; None if it holds nothing."""
        vue = self.vues.get(source)
        return None if vue is None else msgspec.convert(vue, forme)


class Personas:
    """All the personas; lookups by the keys that administrations use.

    Views are written with years relative to the current one (`{N-1}`, `{R}`), since fixed years rot: the personas given
    back have real years, those of today.
    """

    def __init__(self, personas: Iterable[Persona], aujourdhui: Callable[[], date]) -> None:
        self._ecrites = tuple(personas)
        self._aujourdhui = aujourdhui
        self._datees: tuple[tuple[int, int], tuple[Persona, ...]] | None = None

    @property
    def aujourdhui(self) -> date:
        """Today, from the application's clock."""
        return self._aujourdhui()

    def __iter__(self) -> Iterator[Persona]:
        """Iterate over the personas, in the order of the files."""
        jour = self.aujourdhui
        annees = (jour.year, jour.year if jour.month >= _RENTREE else jour.year - 1)
        if self._datees is None or self._datees[0] != annees:
            self._datees = (annees, tuple(_dater(persona, *annees) for persona in self._ecrites))
        return iter(self._datees[1])

    def trouver(self, condition: Callable[[Persona], bool]) -> list[Persona]:
        """Return every persona that administrations know and that meets a condition: several when they are homonyms."""
        return [persona for persona in self if not persona.inconnue and condition(persona)]


def _dater(persona: Persona, civile: int, rentree: int) -> Persona:
    origines = {"N": civile, "R": rentree}

    def annee(motif: re.Match[str]) -> str:
        return str(origines[motif[1]] + int(motif[2] or 0))

    def resoudre(valeur: Any) -> Any:
        if isinstance(valeur, Mapping):
            return {_ANNEE.sub(annee, cle): resoudre(contenu) for cle, contenu in valeur.items()}
        if isinstance(valeur, list | tuple):
            return [resoudre(element) for element in valeur]
        if not isinstance(valeur, str):
            return valeur
        entiere = _ANNEE.fullmatch(valeur)
        return int(annee(entiere)) if entiere else _ANNEE.sub(annee, valeur)

    return replace(persona, vues=resoudre(persona.vues), arguments=resoudre(persona.arguments))
