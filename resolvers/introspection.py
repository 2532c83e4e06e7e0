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

from graph.errors import ErreurInterne, RequeteInvalide

Fragments = Mapping[str, FragmentDefinitionNode]


def introspects(selection_set: SelectionSetNode, fragments: Fragments) -> bool:
    """Tell whether a valid operation asks about the schema. Raise RequeteInvalide when it asks something else as well.

    What is shown of the schema is the caller's, where the rest of the question may not even stand.
    """
    noms = _tops(selection_set, fragments, set()) - {"__typename"}
    schema = noms & {"__schema", "__type"}
    if schema and noms != schema:
        raise RequeteInvalide("L'introspection (__schema, __type) se demande seule : envoyez le reste à part.")
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
