"""A question about the schema: it is asked alone, and answered from what its caller may query."""

from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    execute_sync,
)

from graph.errors import ErreurInterne, RequeteInvalide, RequeteTropCouteuse

Fragments = Mapping[str, FragmentDefinitionNode]


def introspects(selection_set: SelectionSetNode, fragments: Fragments) -> bool:
    """Tell whether a valid operation asks about the schema.

    What is shown of the schema is the caller's, where the rest of the question may not even stand. Without aliases each
    thing is shown once, and the longest answer is that of a tool that wants it all: with them, a short document is a
    long work that nothing else may interrupt.

    Raises:
        RequeteInvalide: it asks something else as well.
        RequeteTropCouteuse: it holds an alias.
    """
    noms = _tops(selection_set, fragments, set()) - {"__typename"}
    schema = noms & {"__schema", "__type"}
    if schema and noms != schema:
        raise RequeteInvalide("L'introspection (__schema, __type) se demande seule : envoyez le reste à part.")
    if schema and _renames(selection_set, fragments, set()):
        raise RequeteTropCouteuse("L'introspection n'admet pas d'alias : demandez chaque champ une fois.")
    return bool(schema)


def introspect(
    schema: GraphQLSchema, document: DocumentNode, node: OperationDefinitionNode, variables: Mapping[str, Any]
) -> dict[str, Any]:
    """Answer a question about a schema. Raise ErreurInterne: it was validated, so that it has an answer."""
    nom = node.name.value if node.name else None
    resultat = execute_sync(
        schema, document, variable_values=dict(variables), operation_name=nom, hide_suggestions=True
    )
    if resultat.errors or resultat.data is None:
        raise ErreurInterne
    return resultat.data


def _tops(selection_set: SelectionSetNode, fragments: Fragments, vus: set[str]) -> set[str]:
    """Return the names of the fields at the top of a selection, fragments opened, whatever the conditions."""
    noms: set[str] = set()
    for node in selection_set.selections:
        if isinstance(node, FieldNode):
            noms.add(node.name.value)
        elif not isinstance(node, FragmentSpreadNode):
            noms |= _tops(node.selection_set, fragments, vus)  # type: ignore[attr-defined]
        elif node.name.value not in vus:
            vus.add(node.name.value)
            noms |= _tops(fragments[node.name.value].selection_set, fragments, vus)
    return noms


def _renames(selection_set: SelectionSetNode, fragments: Fragments, vus: set[str], *, en_haut: bool = True) -> bool:
    """Tell whether a selection holds an alias, fragments opened; at its top, that of a `__typename` costs nothing."""
    for node in selection_set.selections:
        if isinstance(node, FieldNode):
            if node.alias and not (en_haut and node.name.value == "__typename"):
                return True
            dedans = node.selection_set
            if dedans and _renames(dedans, fragments, vus, en_haut=False):
                return True
        elif not isinstance(node, FragmentSpreadNode):
            if _renames(node.selection_set, fragments, vus, en_haut=en_haut):  # type: ignore[attr-defined]
                return True
        elif node.name.value not in vus:
            vus.add(node.name.value)
            # Spread at the top or not, a fragment is on one type: the root is not found again below.
            if _renames(fragments[node.name.value].selection_set, fragments, vus, en_haut=en_haut):
                return True
    return False
