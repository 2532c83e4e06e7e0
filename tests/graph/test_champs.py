"""The committed schema holds the agreed fields: each one under its bloc, with its type and its scopes, and no other."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    get_nullable_type,
    is_list_type,
    value_from_ast_untyped,
)

from tests.graph.champs import SOURCES, feuilles, lire

SDL = (Path(__file__).parents[2] / "schema.graphql").read_text(encoding="utf-8")
#: Leaves that the table does not have, each with its reason.
AJOUTS: dict[str, str] = {}

#: What a leaf is: its type without nullability, and its scopes.
Feuille = tuple[str, frozenset[str]]


def leaves(schema: GraphQLSchema) -> dict[str, Feuille]:
    """Return every leaf under Particulier by its path, as the SDL alone tells it."""
    particulier = schema.type_map["Particulier"]
    assert isinstance(particulier, GraphQLObjectType)
    return dict(below("", particulier, frozenset()))


def below(chemin: str, parent: GraphQLObjectType, requis: frozenset[str]) -> Iterator[tuple[str, Feuille]]:
    """Yield the leaves of an object; the scopes met on the way are all needed."""
    for nom, field in parent.fields.items():
        type_ = bare(field.type)
        scopes = requis | required(field)
        named = get_named_type(field.type)
        if isinstance(named, GraphQLObjectType):
            yield from below(f"{chemin}{nom}{'[]' * type_.count('[')}.", named, scopes)
        else:
            yield f"{chemin}{nom}", (type_, scopes)


def bare(type_: Any) -> str:
    """Print a type without nullability."""
    nullable = get_nullable_type(type_)
    return f"[{bare(nullable.of_type)}]" if is_list_type(nullable) else str(nullable)


def required(field: GraphQLField) -> frozenset[str]:
    """Return what `@requiresScopes` asks: the scopes of its only group, or a choice between its groups."""
    node = field.ast_node
    directives = node.directives if node else ()
    groupes = [
        groupe
        for directive in directives or ()
        if directive.name.value == "requiresScopes"
        for argument in directive.arguments or ()
        for groupe in value_from_ast_untyped(argument.value)
    ]
    return frozenset(groupes[0] if len(groupes) == 1 else [" / ".join(map(" + ".join, groupes))] if groupes else ())


def gaps(sdl: str) -> list[str]:
    """Return every line of the table that a schema does not keep, with what it has instead."""
    trouvees = leaves(build_schema(sdl))
    return [
        f"{ligne.chemin}: {ligne.type} {sorted(ligne.scopes)}, not {told(trouvees.get(ligne.chemin))}"
        for ligne in feuilles()
        if trouvees.get(ligne.chemin) != (ligne.type, ligne.scopes)
    ]


def told(feuille: Feuille | None) -> str:
    return f"{feuille[0]} {sorted(feuille[1])}" if feuille else "found"


def undescribed() -> set[str]:
    """Return the leaves of the schema that the table does not describe."""
    connues = {ligne.chemin for ligne in feuilles()}
    tenues = (chemin for chemin in leaves(build_schema(SDL)) if not chemin.startswith(f"{SOURCES}[]"))
    return set(tenues) - connues


def test_the_schema_holds_every_agreed_field_with_its_type_and_its_scopes() -> None:
    ecarts = gaps(SDL)
    assert not ecarts, "\n".join(ecarts)


def test_the_schema_holds_no_other_leaf_than_those_with_a_reason() -> None:
    assert undescribed() == set(AJOUTS)


def test_no_line_of_the_table_is_written_twice() -> None:
    chemins = [ligne.chemin for ligne in lire()]
    assert len(chemins) == len(set(chemins))


@pytest.mark.parametrize(
    ("avant", "apres", "chemin"),
    [
        ("  nombreParts: Float ", "  nombreParts: Int ", "situationFiscale.nombreParts"),
        ("  nombreParts: Float ", "  nombreDeParts: Float ", "situationFiscale.nombreParts"),
        ('[["dgfip_nbpart"]]', '[["dgfip_rfr"]]', "situationFiscale.nombreParts"),
        ('[["dgfip_nbpart"]]', '[["dgfip_nbpart", "dgfip_rfr"]]', "situationFiscale.nombreParts"),
        ('[["dgfip_nbpart"]]', '[["dgfip_nbpart"], ["dgfip_rfr"]]', "situationFiscale.nombreParts"),
        ("  admissions: [Admission!] ", "  admissions: Admission ", "statutEtudiant.admissions[].dateDebut"),
    ],
)
def test_a_field_that_is_not_the_agreed_one_is_seen(avant: str, apres: str, chemin: str) -> None:
    assert avant in SDL
    nouveaux = set(gaps(SDL.replace(avant, apres, 1))) - set(gaps(SDL))
    assert chemin in {ecart.partition(":")[0] for ecart in nouveaux}
