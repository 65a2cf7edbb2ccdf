"""The arguments of each root field with which it succeeds. Those that need nothing of the house are built from their
types; `ARGUMENTS` has the rest. A new root field that asks for an id, or for words that mean something, needs an entry.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInputType, GraphQLList, GraphQLNonNull, Undefined

from .channels import CHANNELS
from .documents import Root
from .goods import GOODS
from .orders import ORDERS
from .people import PEOPLE
from .rules import RULES
from .world import World

Maker = Callable[[World], Awaitable[dict[str, Any]]]

ARGUMENTS: Mapping[str, Maker] = {**ORDERS, **GOODS, **CHANNELS, **RULES, **PEOPLE}

HOW = (
    "Add an entry for it to a table of tests/api/graphql/walk (orders, goods, channels, rules, people): a function "
    "that makes what it needs and returns arguments with which it succeeds."
)


class MissingEntryError(AssertionError):
    """A root field whose arguments cannot be guessed."""


async def arguments_of(root: Root, world: World) -> dict[str, Any]:
    """Arguments with which the field succeeds. Raises `MissingEntryError` where they cannot be guessed."""
    if root.name in ARGUMENTS:
        return await ARGUMENTS[root.name](world)
    needed = {
        name: one
        for name, one in root.field.args.items()
        if isinstance(one.type, GraphQLNonNull) and one.default_value is Undefined
    }
    return {name: _value(root, one.type, world) for name, one in needed.items()}


def _value(root: Root, kind: GraphQLInputType, world: World) -> Any:
    if isinstance(kind, GraphQLNonNull):
        return _value(root, kind.of_type, world)
    if isinstance(kind, GraphQLList):
        return [_value(root, kind.of_type, world)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        needed = {name: one for name, one in kind.fields.items() if isinstance(one.type, GraphQLNonNull)}
        if kind.is_one_of:
            raise MissingEntryError(f"{root.path} takes one of several. {HOW}")
        return {name: _value(root, one.type, world) for name, one in needed.items()}
    by_name: dict[str, Any] = {
        "String": world.word(),
        "Int": 1,
        "Float": 1.0,
        "Boolean": False,
        "Decimal": "1",
        "Date": world.day(),
        "DateTime": world.time(),
        "JSON": {},
    }
    if kind.name not in by_name:
        raise MissingEntryError(f"{root.path} takes a {kind.name}. {HOW}")
    return by_name[kind.name]
