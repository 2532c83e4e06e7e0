"""Read the printed schema and a document, for the oracle: names, types, guards, merged selections; no code of ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import parse, value_from_ast_untyped

#: Type → field → (groups of scopes that open it, name of its type). A type that is not there is a leaf.
Types = Mapping[str, Mapping[str, tuple[list[list[str]], str]]]
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


class Document:
    """An operation: its fields merged by response key, once its fragments are opened and its conditions applied."""

    def __init__(self, query: str, variables: Mapping[str, Any]) -> None:
        nodes: Any = _parse(query).definitions
        (self.operation,) = [node for node in nodes if node.kind == "operation_definition"]
        self.fragments = {node.name.value: node for node in nodes if node.kind == "fragment_definition"}
        defauts = {v.variable.name.value: v.default_value for v in self.operation.variable_definitions or ()}
        self.variables = {nom: value_from_ast_untyped(v) for nom, v in defauts.items() if v} | dict(variables)

    def arguments(self, nodes: list[Any]) -> dict[str, Any]:
        """Return the arguments of a merged field."""
        return {a.name.value: self.value(a.value) for a in nodes[0].arguments or ()}

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
