"""The schema that a caller sees is the schema that it may query: one for each set of scopes, for introspection and SDL.

Nothing is decided here but what is shown: questions are validated on the whole schema, so that a refused field is told
with the scopes that it lacks.
"""

from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import strawberry
from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    DocumentNode,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    ObjectTypeDefinitionNode,
    TypeDefinitionNode,
    build_ast_schema,
    get_named_type,
    parse,
)

from graph.catalogue import core, guard, year_guards
from graph.schema import sdl

#: Sets of scopes whose schema is kept: there are as many in use as there are kinds of procedures.
_KEPT = 64
#: Type → its fields that may be queried. A type without any is not there.
Champs = Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True, eq=False)
class Vue:
    """What one set of scopes shows."""

    sdl: str
    """Printed as the committed schema is, less what is not shown."""
    schema: GraphQLSchema
    """Answers introspection; holds no resolver."""


class Visibilite:
    """The views of one schema, bounded."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self._schema = core(schema)
        self.vue = lru_cache(_KEPT)(self._vue)

    @cached_property
    def _imprime(self) -> tuple[str, DocumentNode]:
        """The schema as it is printed: its directives are nowhere else."""
        texte = sdl()
        return texte, parse(texte)

    def _vue(self, scopes: frozenset[str]) -> Vue:
        champs = queryable(self._schema, scopes)
        types = _reachable(self._schema, champs)
        texte, document = self._imprime
        gardees = [_shown(node, champs) for node in document.definitions if _is_shown(node, types)]
        schema = build_ast_schema(DocumentNode(definitions=tuple(gardees)), assume_valid=True, assume_valid_sdl=True)
        return Vue("\n\n".join(_written(node, texte) for node in gardees) + "\n", schema)


def queryable(schema: GraphQLSchema, scopes: frozenset[str]) -> Champs:
    """Return the fields that a question may hold without being refused: open, and leading to a leaf by open ones."""
    ouverts = {
        nom: {champ: get_named_type(field.type).name for champ, field in type_.fields.items() if _opens(field, scopes)}
        for nom, type_ in schema.type_map.items()
        if isinstance(type_, GraphQLObjectType) and not nom.startswith("__")
    }
    pleins: set[str] = set()
    while neufs := {
        nom
        for nom, champs in ouverts.items()
        if nom not in pleins and any(sous in pleins or sous not in ouverts for sous in champs.values())
    }:
        pleins |= neufs
    return {
        nom: {champ for champ, sous in ouverts[nom].items() if sous in pleins or sous not in ouverts} for nom in pleins
    }


def _opens(field: GraphQLField, scopes: frozenset[str]) -> bool:
    """Tell whether scopes open a field by itself: its guard, and one year at least of an argument that is guarded."""
    return all(_holds(groupes, scopes) for groupes in (guard(field), *year_guards(field)))


def _holds(groupes: Sequence[Sequence[str]], scopes: frozenset[str]) -> bool:
    return not groupes or any(scopes.issuperset(groupe) for groupe in groupes)


def _reachable(schema: GraphQLSchema, champs: Champs) -> set[str]:
    """Return the names of the types that a question may hold, from the root: outputs, and inputs of their arguments."""
    vus: set[str] = set()
    attente = deque(["Query"])
    while attente:
        if (nom := attente.popleft()) not in vus:
            vus.add(nom)
            attente.extend(_named_by(schema.type_map[nom], champs.get(nom, ())))
    return vus


def _named_by(type_: object, champs: Collection[str]) -> Iterator[str]:
    """Yield the names of the types that a type needs."""
    if isinstance(type_, GraphQLObjectType):
        for champ in champs:
            field = type_.fields[champ]
            yield from (get_named_type(une.type).name for une in (field, *field.args.values()))
    if isinstance(type_, GraphQLInputObjectType):
        yield from (get_named_type(field.type).name for field in type_.fields.values())


def _is_shown(node: DefinitionNode, types: Collection[str]) -> bool:
    if isinstance(node, TypeDefinitionNode):
        return node.name.value in types
    return isinstance(node, DirectiveDefinitionNode)


def _shown(node: DefinitionNode, champs: Champs) -> DefinitionNode:
    """Return a definition with the fields that are shown."""
    if not isinstance(node, ObjectTypeDefinitionNode):
        return node
    return ObjectTypeDefinitionNode(
        name=node.name,
        description=node.description,
        directives=node.directives,
        interfaces=node.interfaces,
        fields=tuple(field for field in node.fields or () if field.name.value in champs[node.name.value]),
        loc=node.loc,
    )


def _written(node: DefinitionNode, texte: str) -> str:
    """Return the text of a definition, its fields set apart as the printer of the whole schema does."""
    debut, fin = _place(node)
    if not isinstance(node, ObjectTypeDefinitionNode):
        return texte[debut:fin]
    entete = texte[debut : texte.index("{", _place(node.name)[1]) + 1]
    champs = "\n\n".join(f"  {texte[slice(*_place(field))]}" for field in node.fields or ())
    return f"{entete}\n{champs}\n}}"


def _place(node: Any) -> tuple[int, int]:
    return (node.loc.start, node.loc.end) if node.loc else (0, 0)
