"""A second opinion on an answer, worked out from the printed schema alone: it shares no code with the gateway."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.proprietes.lecture import NON_HABILITE, SANS_QUESTION, Chemin, Document, Refus, Types, at, name

#: (person, bloc, arguments) → the groups that the arguments need in place of the bloc's own, if any; the whole answer
#: of the source: data, or a Refus.
Monde = Callable[[Any, str, dict[str, Any]], tuple[list[list[str]] | None, Any]]


class Oracle(Document):
    """Predicts an answer: `data`, `erreurs` (path, code, state, missing scopes), `blocs` (path, person, bloc, …).

    `permises` and `refusees` are the leaves judged on the way, as `bloc.Type.field`.
    """

    def __init__(
        self, types: Types, scopes: frozenset[str], query: str, variables: Mapping[str, Any], monde: Monde
    ) -> None:
        super().__init__(query, variables)
        self.types, self.scopes, self.monde = types, scopes, monde
        self.erreurs: list[tuple[Chemin | None, str, str, list[str]]] = []
        self.blocs: list[tuple[Chemin, Any, str, dict[str, Any], Refus | None]] = []
        self.permises, self.refusees, self.ici = set[str](), set[str](), ""

    def data(self, racine: Mapping[str, Any], sources: Callable[[list[Any]], list[Any]]) -> dict[str, Any]:
        """Predict `data`; `racine` is what the other roots answer, `sources` tells the outcomes of blocs in band."""

        def person(path: Chemin, identite: Any, nodes: list[Any]) -> dict[str, Any]:
            debut, fields, beside = len(self.blocs), self.collect(nodes), ("sources", "__typename")
            data = {k: None if name(n) in beside else self.bloc((*path, k), identite, n) for k, n in fields.items()}
            told = {"sources": sources(self.blocs[debut:])}
            return data | {
                k: self.show("Particulier", n, told, set(), None) for k, n in fields.items() if name(n) in beside
            }

        def root(key: str, nodes: list[Any]) -> Any:
            given = self.arguments(nodes)
            if name(nodes) == "particulier":
                return person((key,), given.get("identite"), nodes)
            if name(nodes) == "particuliers":
                return [person((key, rank), identite, nodes) for rank, identite in enumerate(given["identites"])]
            return self.show("Query", nodes, racine, set(), None)

        return {key: root(key, nodes) for key, nodes in self.collect([self.operation]).items()}

    def bloc(self, path: Chemin, identite: Any, nodes: list[Any]) -> Any:
        self.ici = name(nodes)
        groups, under = self.types["Particulier"][self.ici]
        arguments = {k: v for k, v in self.arguments(nodes).items() if v is not None}
        of_arguments, answer = self.monde(identite, name(nodes), arguments)
        above = self.missing(groups if of_arguments is None else of_arguments)
        lacks = self.below(under, nodes, above)
        refus = answer if isinstance(answer, Refus) else None
        if not lacks:
            refus, answer = SANS_QUESTION, {}
        elif all(lacks) or refus:
            refus, manquants = (
                (NON_HABILITE, set().union(*lacks)) if all(lacks) or not refus else (refus, refus.manquants)
            )
            self.erreurs.append((path, refus.code, refus.etat, sorted(manquants)))
        self.blocs.append((path, identite, name(nodes), arguments, refus))
        return self.copy(under, nodes, answer, above, path) if refus in (None, SANS_QUESTION) else None

    def show(self, parent: str, nodes: list[Any], held: Mapping[str, Any], above: set[str], path: Chemin | None) -> Any:
        if name(nodes) == "__typename":
            return parent
        groups, under = self.types[parent][name(nodes)]
        lacks, value = self.leaves(parent, nodes, above), held.get(name(nodes))
        if lacks and all(lacks):
            self.erreurs.append((path, NON_HABILITE.code, NON_HABILITE.etat, sorted(set().union(*lacks))))
            return None
        if isinstance(value, Refus):
            if lacks or under not in self.types:
                self.erreurs.append((path, value.code, value.etat, []))
                return None
            value = {}
        # Under a bloc, an object of which nothing guarded is asked does not tell whether it is null; others do.
        seen = value if lacks or isinstance(value, list) or path is None else {}
        return self.copy(under, nodes, seen, above | self.missing(groups), path)

    def copy(self, under: str, nodes: list[Any], value: Any, above: set[str], path: Chemin | None) -> Any:
        if value is None or under not in self.types:
            return value
        if isinstance(value, list):
            return [self.copy(under, nodes, item, above, at(path, rank)) for rank, item in enumerate(value)]
        return {k: self.show(under, n, value, above, at(path, k)) for k, n in self.collect(nodes).items()}

    def leaves(self, parent: str, nodes: list[Any], above: set[str]) -> list[set[str]]:
        """Return, for each guarded leaf of a selection, the scopes that it lacks."""
        if name(nodes) == "__typename":
            return []
        groups, under = self.types[parent][name(nodes)]
        here = above | self.missing(groups)
        if under not in self.types:
            (self.refusees if here else self.permises).add(f"{self.ici}.{parent}.{name(nodes)}")
            return [here]
        return self.below(under, nodes, here) or ([here] if groups else [])

    def below(self, under: str, nodes: list[Any], above: set[str]) -> list[set[str]]:
        return [lacks for child in self.collect(nodes).values() for lacks in self.leaves(under, child, above)]

    def missing(self, groups: list[list[str]]) -> set[str]:
        return set() if not groups or any(map(self.scopes.issuperset, groups)) else set().union(*groups) - self.scopes
