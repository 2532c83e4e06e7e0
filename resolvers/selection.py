"""Merge the selections of an operation by response key, after @skip and @include: the tree of what is asked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from graph._declaration import REGLE, Regle, Scopes
from graph.catalogue import declaration, guard, python_type
from graph.errors import ParametreInvalide
from resolvers.documents import Operation

Variables = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Champ:
    """One field of the merged selection."""

    cle: str
    """Response key."""
    nom: str
    """Name in the schema; starts with two underscores for introspection."""
    attribut: str
    """Name of the Python attribute."""
    garde: Scopes
    regle: Regle | None
    parent: str
    """Name of the GraphQL type it is a field of."""
    type: Any
    """Python class of its object type; None for a leaf."""
    definition: GraphQLField | None
    node: FieldNode
    """One of its nodes, for its arguments: validation makes sure that merged ones agree."""
    enfants: "tuple[Champ, ...] | None"


def select(schema: GraphQLSchema, operation: Operation, variables: Variables) -> tuple[Champ, ...]:
    """Return the merged selection of an operation, in the order of the question."""
    root = schema.get_root_type(operation.node.operation)
    if root is None:  # pragma: no cover - validation refuses the other kinds of operation
        raise TypeError
    return _Merge(operation.fragments, variables).fields(root, [operation.node.selection_set])


class _Merge:
    def __init__(self, fragments: dict[str, FragmentDefinitionNode], variables: Variables) -> None:
        self._fragments = fragments
        self._variables = variables

    def fields(self, parent: GraphQLObjectType, selection_sets: Iterable[SelectionSetNode]) -> tuple[Champ, ...]:
        grouped: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for selection_set in selection_sets:
            self._collect(selection_set, grouped, seen)
        return tuple(self._field(parent, key, nodes) for key, nodes in grouped.items())

    def _collect(self, selection_set: SelectionSetNode, grouped: dict[str, list[FieldNode]], seen: set[str]) -> None:
        # Type conditions are not looked at: without interface or union, a valid spread always applies.
        for node in selection_set.selections:
            if not is_included(node.directives or (), self._variables):
                continue
            if isinstance(node, FieldNode):
                grouped.setdefault((node.alias or node.name).value, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                self._collect(node.selection_set, grouped, seen)
            elif (name := node.name.value) not in seen:  # type: ignore[attr-defined]
                seen.add(name)
                self._collect(self._fragments[name].selection_set, grouped, seen)

    def _field(self, parent: GraphQLObjectType, key: str, nodes: Sequence[FieldNode]) -> Champ:
        node = nodes[0]
        definition = parent.fields.get(node.name.value)
        declared = declaration(definition) if definition else None
        named = get_named_type(definition.type) if definition else None
        below = [node.selection_set for node in nodes if node.selection_set]
        return Champ(
            cle=key,
            nom=node.name.value,
            attribut=declared.python_name if declared else node.name.value,
            garde=guard(definition) if definition else (),
            regle=declared.metadata.get(REGLE) if declared else None,
            parent=parent.name,
            type=python_type(definition) if definition else None,
            definition=definition,
            node=node,
            enfants=self.fields(named, below) if isinstance(named, GraphQLObjectType) else None,
        )


def is_included(directives: Iterable[DirectiveNode], variables: Variables) -> bool:
    """Tell whether @skip and @include keep a selection, given the coerced variables. Raise ParametreInvalide."""
    for directive in directives:
        value = next(argument.value for argument in directive.arguments or () if argument.name.value == "if")
        if isinstance(value, VariableNode):
            held = variables[value.name.value]
            if held is None:  # a default lets an explicit null pass validation
                raise ParametreInvalide(f"La variable « ${value.name.value} » est obligatoire.")
        else:
            held = isinstance(value, BooleanValueNode) and value.value
        if held is (directive.name.value == "skip"):
            return False
    return True
