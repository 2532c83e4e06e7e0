"""Assemble the schema from its declarations, and print it as the committed `schema.graphql`."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from graph.context import Info
from graph.query import Query
from graph.scalars import SCALARS


def build_schema() -> strawberry.Schema:
    """Return the schema; its SDL is sorted, so that a diff shows only what changed."""
    config = StrawberryConfig(scalar_map=SCALARS, sort_schema=True, disable_field_suggestions=True, info_class=Info)
    return strawberry.Schema(query=Query, config=config)


def sdl(schema: strawberry.Schema) -> str:
    """Print the schema with a final newline, as committed."""
    return schema.as_str().rstrip() + "\n"
