"""Guards: every leaf under a bloc has or inherits a scope, and whatever can be refused can be null."""

from collections.abc import Iterator
from datetime import date
from itertools import combinations

import pytest
import strawberry
from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    ObjectTypeDefinitionNode,
    TypeDefinitionNode,
    get_named_type,
    is_list_type,
    is_non_null_type,
    parse,
    value_from_ast_untyped,
)

from gateway.circonstance import Circonstance
from graph.catalogue import attempts, blocs, core, guard, leaves, scopes, year_guards
from graph.errors import NonHabilite
from graph.schema import build_schema, sdl
from graph.situation_fiscale import SCOPE_REPLI, SCOPES_ANNEES, resoudre_annee

ANNEES = (*SCOPES_ANNEES, SCOPE_REPLI)


@pytest.fixture(scope="module")
def graphe() -> strawberry.Schema:
    return build_schema()


@pytest.fixture(scope="module")
def schema(graphe: strawberry.Schema) -> GraphQLSchema:
    return core(graphe)


def below(path: str, field: GraphQLField) -> Iterator[tuple[str, GraphQLField]]:
    """Yield every field under a bloc, the bloc first."""
    yield path, field
    named = get_named_type(field.type)
    for name, child in named.fields.items() if isinstance(named, GraphQLObjectType) else ():
        yield from below(f"{path}.{name}", child)


def test_every_leaf_under_a_bloc_has_or_inherits_a_scope(schema: GraphQLSchema) -> None:
    chemins = [chemin for chemin, _, gardes in leaves(schema) if not gardes]
    # `situationFiscale.anneeRevenus` inherits its guard from the bloc, which every leaf of the bloc shares.
    assert chemins == []


def test_everything_under_a_bloc_is_nullable(schema: GraphQLSchema) -> None:
    exigeants = [
        chemin
        for name, bloc in blocs(schema).items()
        for chemin, field in below(name, bloc)
        if is_non_null_type(field.type)
    ]
    assert exigeants == []


def test_items_of_a_list_are_never_null(schema: GraphQLSchema) -> None:
    listes = [
        (chemin, field.type.of_type)
        for name, bloc in blocs(schema).items()
        for chemin, field in below(name, bloc)
        if is_list_type(field.type)
    ]
    assert listes
    assert [chemin for chemin, item in listes if not is_non_null_type(item)] == []


def test_a_list_of_objects_has_its_own_guard(schema: GraphQLSchema) -> None:
    # Without one, its type names alone would be answered without a call: but how many of them?
    ouvertes = [
        chemin
        for name, bloc in blocs(schema).items()
        for chemin, field in below(name, bloc)
        if is_list_type(field.type) and isinstance(get_named_type(field.type), GraphQLObjectType) and not guard(field)
    ]
    assert ouvertes == []


def test_a_guard_is_a_list_of_groups_none_of_them_empty(schema: GraphQLSchema) -> None:
    gardes = [(chemin, guard(field)) for name, bloc in blocs(schema).items() for chemin, field in below(name, bloc)]
    assert [chemin for chemin, groupes in gardes if any(not groupe or not all(groupe) for groupe in groupes)] == []


def test_the_catalogue_knows_every_scope_that_the_schema_prints(graphe: strawberry.Schema) -> None:
    imprimes = {
        scope
        for node in types()
        if isinstance(node, ObjectTypeDefinitionNode)
        for field in node.fields or ()
        for directive in field.directives or ()
        for argument in directive.arguments or ()
        for groupe in value_from_ast_untyped(argument.value)
        for scope in groupe
    }
    assert imprimes == scopes(graphe)


def types() -> list[TypeDefinitionNode]:
    return [node for node in parse(sdl()).definitions if isinstance(node, TypeDefinitionNode)]


def test_no_directive_of_scopes_stands_on_a_type() -> None:
    declares = types()
    assert declares
    assert [node.name.value for node in declares if node.directives and node.kind != "scalar_type_definition"] == []


def test_the_scopes_of_a_year_are_those_of_the_bloc_that_it_opens(schema: GraphQLSchema) -> None:
    bloc = blocs(schema)["situationFiscale"]
    assert year_guards(bloc) == (guard(bloc),)


@pytest.mark.parametrize("tenus", [tenus for taille in range(5) for tenus in combinations(ANNEES, taille)])
@pytest.mark.parametrize("annee", [None, 2025, 2024, 2023])
def test_what_a_year_may_cost_is_what_its_rule_asks(
    schema: GraphQLSchema, tenus: tuple[str], annee: int | None
) -> None:
    scopes = frozenset(tenus)
    try:
        octroi = resoudre_annee(Circonstance(scopes, date(2026, 11, 23)), annee)["annee_revenus"]
    except NonHabilite as erreur:
        refus = erreur
    else:
        assert octroi.scope in scopes
        # N-1 alone, when it is named, costs less than the fallback may.
        assert len(octroi.valeurs) <= attempts(blocs(schema)["situationFiscale"], scopes)
        assert annee == 2025 or len(octroi.valeurs) == attempts(blocs(schema)["situationFiscale"], scopes)
        return
    assert not scopes & refus.scopes
