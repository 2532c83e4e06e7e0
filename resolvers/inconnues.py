"""The variables that a question requires and that are not given yet: what depends on them cannot be judged."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from graphql import FieldNode, ListValueNode, NonNullTypeNode, ObjectValueNode, ValueNode, VariableNode

from resolvers.documents import Operation


def missing(operation: Operation, variables: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of the variables that an operation requires and is not given."""
    return frozenset(
        declared.variable.name.value
        for declared in operation.node.variable_definitions or ()
        if isinstance(declared.type, NonNullTypeNode)
        and declared.default_value is None
        and declared.variable.name.value not in variables
    )


def depends(node: FieldNode, names: Collection[str]) -> bool:
    """Tell whether the arguments of a field read one of these variables."""
    return bool(names) and any(name in names for argument in node.arguments or () for name in _read(argument.value))


def places(node: FieldNode) -> int:
    """Return how many persons a field of unknown arguments names: as many as its literal list is long, else one."""
    return max(
        (len(une.value.values) for une in node.arguments or () if isinstance(une.value, ListValueNode)), default=1
    )


def _read(value: ValueNode) -> Iterator[str]:
    """Yield the names of the variables in a value; the parser bounds how deep it is."""
    if isinstance(value, VariableNode):
        yield value.name.value
    for below in value.values if isinstance(value, ListValueNode) else ():
        yield from _read(below)
    for field in value.fields if isinstance(value, ObjectValueNode) else ():
        yield from _read(field.value)
