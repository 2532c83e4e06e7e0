"""Assemble the schema from its declarations, and print it as the committed `schema.graphql`."""

from functools import cache

import strawberry
from strawberry.schema.config import StrawberryConfig

from graph.context import Info
from graph.query import Query
from graph.scalars import SCALARS


@cache
def build_schema() -> strawberry.Schema:
    """Return the schema that is executed: one value, that nobody changes."""
    return _build(sort=False)


@cache
def sdl() -> str:
    """Print the schema as committed: sorted, so that a diff shows only what changed."""
    # NOTE: sorting copies every type into graphql-core's plain ones, which no longer know our enumerations: the sorted
    # schema is printed, and never executed.
    return _build(sort=True).as_str().rstrip() + "\n"


def _build(*, sort: bool) -> strawberry.Schema:
    config = StrawberryConfig(scalar_map=SCALARS, sort_schema=sort, disable_field_suggestions=True, info_class=Info)
    return strawberry.Schema(query=Query, config=config)
