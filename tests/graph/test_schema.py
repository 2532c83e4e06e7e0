"""The schema as callers read it: committed, valid, documented in French, and never broken without a word."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLDirective,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLType,
    build_schema,
    get_named_type,
    is_abstract_type,
    is_introspection_type,
    is_non_null_type,
    is_object_type,
    is_specified_directive,
    is_specified_scalar_type,
    validate_schema,
)
from graphql.utilities import find_breaking_changes

from graph.catalogue import blocs, core
from graph.schema import build_schema as build_graph
from graph.schema import sdl

RACINE = Path(__file__).parents[2]
COMMITTED = RACINE / "schema.graphql"
CHANGELOG = RACINE / "CHANGELOG.md"
GIT = shutil.which("git") or "git"


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return core(build_graph())


@pytest.fixture(scope="module")
def imprime() -> GraphQLSchema:
    """The schema as a client would rebuild it from the SDL."""
    return build_schema(COMMITTED.read_text(encoding="utf-8"))


def own_types(schema: GraphQLSchema) -> list[GraphQLType]:
    return [
        type_
        for type_ in schema.type_map.values()
        if not is_introspection_type(type_) and not is_specified_scalar_type(type_)
    ]


def own_directives(schema: GraphQLSchema) -> list[GraphQLDirective]:
    return [directive for directive in schema.directives if not is_specified_directive(directive)]


def version(revision: str) -> str | None:
    """Return the SDL at a revision; None where that revision, or git, does not exist (first commit, archive)."""
    lu = subprocess.run(  # noqa: S603 - no input of a caller
        [GIT, "-C", str(RACINE), "show", f"{revision}:schema.graphql"], capture_output=True, check=False
    )
    return lu.stdout.decode() if lu.returncode == 0 else None


def described(schema: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    """Yield everything that has a description, by its coordinate."""
    for directive in own_directives(schema):
        yield f"@{directive.name}", directive.description
    for type_ in own_types(schema):
        name = str(type_)
        yield name, getattr(type_, "description", None)
        if isinstance(type_, GraphQLObjectType):
            for field_name, field in type_.fields.items():
                yield f"{name}.{field_name}", field.description
                for argument_name, argument in field.args.items():
                    yield f"{name}.{field_name}({argument_name}:)", argument.description
        elif isinstance(type_, GraphQLInputObjectType):
            yield from ((f"{name}.{field_name}", field.description) for field_name, field in type_.fields.items())
        elif isinstance(type_, GraphQLEnumType):
            yield from ((f"{name}.{value_name}", value.description) for value_name, value in type_.values.items())


def test_the_committed_schema_is_the_one_that_the_declarations_print() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == sdl(), "schema.graphql is stale: make schema"


def test_the_committed_schema_is_valid_for_any_graphql_tool(imprime: GraphQLSchema) -> None:
    assert validate_schema(imprime) == []


@pytest.mark.parametrize("revision", ["HEAD", "HEAD~1"])
def test_a_breaking_change_has_its_line_in_the_changelog(imprime: GraphQLSchema, revision: str) -> None:
    avant = version(revision)
    if avant is None:
        return
    ruptures = find_breaking_changes(build_schema(avant), imprime)
    journal = CHANGELOG.read_text(encoding="utf-8") if CHANGELOG.exists() else ""
    tues = [rupture.description for rupture in ruptures if rupture.description not in journal]
    assert not tues, f"breaking changes without a line in CHANGELOG.md: {tues}"


def test_a_removed_field_is_seen_as_a_breaking_change(imprime: GraphQLSchema) -> None:
    ampute = COMMITTED.read_text(encoding="utf-8").replace("  nombreParts: Float ", "  nombreDeParts: Float ")
    (rupture,) = find_breaking_changes(imprime, build_schema(ampute))
    assert rupture.description == "Field SituationFiscale.nombreParts was removed."


def test_every_element_is_described_by_a_french_sentence(imprime: GraphQLSchema) -> None:
    muets = [
        f"{coordinate}: {text}"
        for coordinate, text in described(imprime)
        if not text or text != text.strip() or not text[0].isupper() or not text.endswith(".")
    ]
    assert not muets


def test_no_type_is_abstract(schema: GraphQLSchema) -> None:
    assert [str(type_) for type_ in own_types(schema) if is_abstract_type(type_)] == []


def test_only_blocs_and_sources_are_objects_under_particulier(schema: GraphQLSchema) -> None:
    particulier = schema.type_map["Particulier"]
    assert isinstance(particulier, GraphQLObjectType)
    objets = {name for name, field in particulier.fields.items() if is_object_type(get_named_type(field.type))}
    assert objets == set(particulier.fields), "a leaf under Particulier belongs to no source"
    assert objets == {*blocs(schema), "sources"}


def test_every_bloc_is_nullable(schema: GraphQLSchema) -> None:
    assert [name for name, field in blocs(schema).items() if is_non_null_type(field.type)] == []


def test_an_optional_argument_has_no_null_default() -> None:
    assert "= null" not in COMMITTED.read_text(encoding="utf-8"), "an optional argument is UNSET, not null"
