"""A question to a source: whom, and with which arguments. Frozen and hashable, it is the loader's key."""

from dataclasses import dataclass, field, replace
from typing import Any

from graph.identite import Identite
from graph.octroi import Octroi


@dataclass(frozen=True, slots=True, init=False)
class Demande:
    """One question to one source; defaults are resolved before it is built, so that it says everything.

    An argument given as an Octroi is asked with its first value; `sinon` asks with those that follow.
    """

    identite: Identite
    arguments: tuple[tuple[str, Any], ...] = field(repr=False)
    sinon: "Demande | None" = field(default=None, repr=False)
    """The question to put once the source answered that it has no file for this one."""
    manquants: frozenset[str] = frozenset()
    """Scopes for want of which what this question finds is withheld: it is put for the sake of `sinon` alone."""

    def __init__(self, identite: Identite, **arguments: Any) -> None:
        sinon, manquants = None, frozenset[str]()
        for nom, valeur in arguments.items():
            if isinstance(valeur, Octroi):
                premiere, *suite = valeur.valeurs
                if suite:
                    autres = {**arguments, nom: replace(valeur, valeurs=tuple(suite))}
                    sinon, manquants = Demande(identite, **autres), valeur.manquants
                arguments = {**arguments, nom: premiere}
        object.__setattr__(self, "identite", identite)
        object.__setattr__(self, "arguments", tuple(sorted(arguments.items())))
        object.__setattr__(self, "sinon", sinon)
        object.__setattr__(self, "manquants", manquants)

    @property
    def seule(self) -> "Demande":
        """Return this question without what depends on its answer: what a source is asked."""
        return Demande(self.identite, **dict(self.arguments)) if self.sinon else self

    def __getitem__(self, nom: str) -> Any:
        """Return one argument by its name. Raise KeyError."""
        return dict(self.arguments)[nom]
