"""A second opinion on an answer, worked out from the printed schema alone: it shares no code with the gateway."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import parse, value_from_ast_untyped

#: Type → field → (groups of scopes that open it, name of its type). A type that is not there is a leaf.
Types = Mapping[str, Mapping[str, tuple[list[list[str]], str]]]
#: (person, bloc, arguments) → the groups that the arguments need in place of the bloc's own, if any; the whole answer
#: of the source: data, or a Refus.
Monde = Callable[[Any, str, dict[str, Any]], tuple[list[list[str]] | None, Any]]
Chemin = tuple[str | int, ...]
#: Several sets of scopes are tried on a document.
_parse = lru_cache(16)(parse)


@dataclass(frozen=True, slots=True)
class Refus:
    """A null of ours that the question alone does not imply: of a bloc, or of a field that its source leaves open."""

    code: str
    etat: str
    manquants: tuple[str, ...] = ()
    """Scopes for want of which the source's own answer withholds it."""


def read_types(sdl: str) -> Types:
    """Read from the SDL all that the oracle knows: names, types and @requiresScopes."""

    def type_of(node: Any) -> str:
        return str(node.name.value) if node.kind == "named_type" else type_of(node.type)

    def groups(node: Any) -> list[list[str]]:
        return [group for one in node.directives or () for group in value_from_ast_untyped(one.arguments[0].value)]

    objets: Any = [node for node in parse(sdl).definitions if node.kind == "object_type_definition"]
    return {t.name.value: {f.name.value: (groups(f), type_of(f.type)) for f in t.fields} for t in objets}


#: What becomes of a bloc that is answered from the question alone, and of one that the scopes do not open.
SANS_QUESTION, NON_HABILITE = Refus("SANS_QUESTION", "OBTENU"), Refus("NON_HABILITE", "NON_HABILITE")


class Oracle:
    """Predicts an answer: `data`, `erreurs` (path, code, state, missing scopes), `blocs` (path, person, bloc, …).

    `permises` and `refusees` are the leaves judged on the way, as `bloc.Type.field`.
    """

    def __init__(
        self, types: Types, scopes: frozenset[str], query: str, variables: Mapping[str, Any], monde: Monde
    ) -> None:
        nodes: Any = _parse(query).definitions
        (self.operation,) = [node for node in nodes if node.kind == "operation_definition"]
        self.fragments = {node.name.value: node for node in nodes if node.kind == "fragment_definition"}
        defauts = {v.variable.name.value: v.default_value for v in self.operation.variable_definitions or ()}
        self.variables = {nom: value_from_ast_untyped(v) for nom, v in defauts.items() if v} | dict(variables)
        self.types, self.scopes, self.monde = types, scopes, monde
        self.erreurs: list[tuple[Chemin | None, str, str, list[str]]] = []
        self.blocs: list[tuple[Chemin, Any, str, dict[str, Any], Refus | None]] = []
        self.permises: set[str] = set()
        self.refusees: set[str] = set()
        self.ici = ""

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
            given = [self.value(a.value) for a in nodes[0].arguments or ()]
            if name(nodes) == "particulier":
                return person((key,), given[0] if given else None, nodes)
            if name(nodes) == "particuliers":
                return [person((key, rank), identite, nodes) for rank, identite in enumerate(given[0])]
            return self.show("Query", nodes, racine, set(), None)

        return {key: root(key, nodes) for key, nodes in self.collect([self.operation]).items()}

    def bloc(self, path: Chemin, identite: Any, nodes: list[Any]) -> Any:
        self.ici = name(nodes)
        groups, under = self.types["Particulier"][self.ici]
        given = {a.name.value: self.value(a.value) for a in nodes[0].arguments or ()}
        arguments = {k: v for k, v in given.items() if v is not None}
        of_arguments, answer = self.monde(identite, name(nodes), arguments)
        above = self.missing(groups if of_arguments is None else of_arguments)
        lacks = self.below(under, nodes, above)
        refus = answer if isinstance(answer, Refus) else None
        if not lacks:
            refus, answer = SANS_QUESTION, {}
        elif all(lacks):
            refus = NON_HABILITE
            self.erreurs.append((path, refus.code, refus.etat, sorted(set().union(*lacks))))
        elif refus:
            self.erreurs.append((path, refus.code, refus.etat, sorted(refus.manquants)))
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
        held = not groups or any(self.scopes.issuperset(group) for group in groups)
        return set() if held else {scope for group in groups for scope in group} - self.scopes

    def collect(self, parents: list[Any]) -> dict[str, list[Any]]:
        merged: dict[str, list[Any]] = {}
        for node in (selected for parent in parents for selected in self.selected(parent)):
            merged.setdefault((node.alias or node.name).value, []).append(node)
        return merged

    def selected(self, parent: Any) -> list[Any]:
        """Return the fields of a selection, fragments opened: one that is spread twice only repeats its fields."""
        fields = []
        for node in parent.selection_set.selections:
            if all(self.value(d.arguments[0].value) is (d.name.value == "include") for d in node.directives or ()):
                opened = self.fragments[node.name.value] if node.kind == "fragment_spread" else node
                fields += [node] if node.kind == "field" else self.selected(opened)
        return fields

    def value(self, node: Any) -> Any:
        return self.variables.get(node.name.value) if node.kind == "variable" else value_from_ast_untyped(node)


def at(path: Chemin | None, step: str | int) -> Chemin | None:
    """Return the path of what stands below; None beside the blocs, where nothing is refused."""
    return None if path is None else (*path, step)


def name(nodes: list[Any]) -> str:
    """Return the schema's name of a merged field."""
    return str(nodes[0].name.value)
