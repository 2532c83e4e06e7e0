"""The one file that touches strawberry's insides: convert a field's arguments, and execute a validated document."""

import inspect
from collections.abc import Collection
from typing import Any

import strawberry
from graphql import ExecutionResult, GraphQLError, VariableValues, execute, get_argument_values, get_variable_values
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types.arguments import convert_arguments

from graph.catalogue import core, declaration
from graph.context import Context
from resolvers._refusals import invalid_values
from resolvers.documents import Operation
from resolvers.selection import Champ

_ERRORS = 5


class _Executor(StrawberryGraphQLCoreExecutionContext):
    """Nothing in it is tied to itself: once an answer has left, what it was made of is freed at once.

    The helpers left out are methods of the executor, which holds them; only an asynchronous `isTypeOf` calls them, and
    no type has one.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.async_helpers = None  # type: ignore[assignment]


def coerce_variables(
    schema: strawberry.Schema, operation: Operation, variables: dict[str, Any], absentes: Collection[str] = ()
) -> VariableValues:
    """Bring raw variables to their declared types, but for those that may be missing. Raise ParametreInvalide."""
    declared = operation.node.variable_definitions or ()
    if absentes:
        declared = tuple(une for une in declared if une.variable.name.value not in absentes)
    values = get_variable_values(core(schema), declared, variables, max_errors=_ERRORS, hide_suggestions=True)
    if isinstance(values, list):
        raise invalid_values(values)
    return values


def convert(schema: strawberry.Schema, champ: Champ, variables: VariableValues) -> dict[str, Any]:
    """Return the arguments of a field as its method would receive them. Raise ParametreInvalide."""
    definition = champ.definition
    declared = declaration(definition) if definition else None
    if definition is None or declared is None or not champ.node.arguments:
        return {}
    try:
        given = get_argument_values(definition, champ.node, variables, hide_suggestions=True)
    except GraphQLError as error:
        raise invalid_values([error]) from None
    registry = schema.schema_converter.scalar_registry
    return convert_arguments(given, declared.arguments, registry, schema.config)


async def run(
    schema: strawberry.Schema, operation: Operation, variables: dict[str, Any], context: Context
) -> ExecutionResult:
    """Execute a validated operation with graphql-core; errors of fields are in the result, none is raised."""
    result = execute(
        core(schema),
        operation.document,
        context_value=context,
        variable_values=variables,
        operation_name=operation.node.name.value if operation.node.name else None,
        executor_class=_Executor,
        hide_suggestions=True,
        operation_extensions=None,
    )
    return await result if inspect.isawaitable(result) else result
