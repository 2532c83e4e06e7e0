"""The guard of each field, the blocs, every scope: computed from the assembled declarations, never listed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import strawberry
from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, get_named_type

from graph._declaration import RequiresScopes, RequiresYearScopes, Scopes

if TYPE_CHECKING:
    from strawberry.types.field import StrawberryField

_DEFINITION = "strawberry-definition"


def core(schema: strawberry.Schema) -> GraphQLSchema:
    """Return the graphql-core schema behind strawberry's."""
    return schema._schema  # noqa: SLF001 - strawberry offers no public way; the version is pinned


def declaration(field: GraphQLField) -> "StrawberryField | None":
    """Return the declaration of a field of the graph; None for introspection."""
    definition: StrawberryField | None = field.extensions.get(_DEFINITION)
    return definition


def guard(field: GraphQLField) -> Scopes:
    """Return the guard a field carries itself, as groups of scopes (OR of ANDs); empty when it carries none."""
    definition = declaration(field)
    directives = definition.directives if definition else ()
    return tuple(
        tuple(group) for directive in directives if isinstance(directive, RequiresScopes) for group in directive.scopes
    )


def year_guards(field: GraphQLField) -> tuple[Scopes, ...]:
    """Return, for each argument of a field whose values need scopes, the groups that open one value at least."""
    return tuple(
        tuple(map(tuple, (*directive.scopes, *([[directive.repli]] if directive.repli else []))))
        for directive in _years(field)
    )


def attempts(field: GraphQLField, scopes: frozenset[str]) -> int:
    """Return how many questions one load of a field puts to its source at most, whatever its arguments."""
    return 1 + any(
        directive.repli in scopes and not any(scopes.issuperset(groupe) for groupe in directive.scopes)
        for directive in _years(field)
    )


def _years(field: GraphQLField) -> Iterator[RequiresYearScopes]:
    definition = declaration(field)
    for argument in definition.arguments if definition else ():
        for directive in argument.directives:
            if isinstance(directive, RequiresYearScopes):
                yield directive


def python_type(field: GraphQLField) -> Any:
    """Return the Python class that a field's object type was declared with; None for a leaf."""
    definition = get_named_type(field.type).extensions.get(_DEFINITION)
    return getattr(definition, "origin", None)


def blocs(schema: GraphQLSchema) -> dict[str, GraphQLField]:
    """Return the blocs of Particulier: its object fields, `sources` aside."""
    particulier = schema.type_map["Particulier"]
    if not isinstance(particulier, GraphQLObjectType):  # pragma: no cover - the declaration makes it one
        raise TypeError
    return {name: field for name, field in particulier.fields.items() if name != "sources"}


def roots(schema: GraphQLSchema) -> dict[str, GraphQLField]:
    """Return the fields of the root."""
    return schema.query_type.fields if schema.query_type else {}


def below(schema: GraphQLSchema) -> Iterator[tuple[str, GraphQLField, tuple[Scopes, ...]]]:
    """Yield every field of the blocs: its path, itself, and the guards met from the bloc down (all must hold)."""

    def walk(
        path: str, field: GraphQLField, guards: tuple[Scopes, ...]
    ) -> Iterator[tuple[str, GraphQLField, tuple[Scopes, ...]]]:
        own = guard(field)
        met = (*guards, own) if own else guards
        yield path, field, met
        named = get_named_type(field.type)
        for name, child in named.fields.items() if isinstance(named, GraphQLObjectType) else ():
            yield from walk(f"{path}.{name}", child, met)

    for name, field in blocs(schema).items():
        yield from walk(name, field, ())


def leaves(schema: GraphQLSchema) -> Iterator[tuple[str, GraphQLField, tuple[Scopes, ...]]]:
    """Yield, of these, those that hold a value."""
    for path, field, guards in below(schema):
        if not isinstance(get_named_type(field.type), GraphQLObjectType):
            yield path, field, guards


def scopes(schema: strawberry.Schema) -> frozenset[str]:
    """Return every scope that the graph knows: those of the blocs, and of the fields of the root."""
    graphe = core(schema)
    gardes = [*map(guard, roots(graphe).values()), *(une for _, _, guards in leaves(graphe) for une in guards)]
    return frozenset(scope for groups in gardes for group in groups for scope in group)
