"""Filters and sorts as JSON in the words of the API: written from inputs, and checked when they are read again."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from graphql import GraphQLError, GraphQLInputObjectType, validate_input_value
from sqlalchemy.ext.asyncio import AsyncConnection
from strawberry.utils.str_converters import to_camel_case

from api.graphql.context import Context
from api.graphql.types.view import OrderView, make_view
from domain.reads.known_names import FIELDS, known_names
from domain.views.queries import views_for
from domain.views.save import owner_of


def as_json(value: Any) -> Any:
    """An input as the JSON that a client would send; what was left out stays out."""
    if is_dataclass(value) and not isinstance(value, type):
        given = {one.name: getattr(value, one.name) for one in fields(value)}
        return {to_camel_case(name): as_json(one) for name, one in given.items() if one is not None}
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return [as_json(one) for one in value] if isinstance(value, list) else value


async def views(context: Context, connection: AsyncConnection) -> list[OrderView]:
    """The views that the caller sees, each with what is wrong with it."""
    rows = await views_for(connection, context.actor)
    wanted = {field: sorted({name for row in rows for name in _named(row["filter"], field)}) for field in FIELDS}
    known = await known_names(connection, wanted)
    me = owner_of(context.actor)
    return [make_view(row, me, _problem(row["filter"], row["sort"], known)) for row in rows]


def _named(filter: Any, field: str) -> set[str]:
    """What a field of a saved filter names: slugs, or the keys of metafields."""
    given = filter.get(field)
    found = (one.get("key") if isinstance(one, dict) else one for one in given) if isinstance(given, list) else ()
    return {name for name in found if isinstance(name, str)}


def _problem(filter: Any, sort: Any, known: Mapping[str, frozenset[str]]) -> str | None:
    faults: list[str] = []
    for name, value in (("OrderFilter", filter), ("OrderSort", sort)):
        validate_input_value(value, _input(name), lambda error, path: faults.append(_told(error, path)))
    for field, names in known.items():
        gone = sorted(_named(filter, field) - names)
        if gone:
            faults.append(f"{field}: there is no {', '.join(gone)} any more")
    return "; ".join(faults) + "." if faults else None


def _told(error: GraphQLError, path: list[str | int]) -> str:
    place = ".".join(str(one) for one in path)
    return f"{place}: {error.message.rstrip('.')}" if place else error.message.rstrip(".")


def _input(name: str) -> GraphQLInputObjectType:
    from api.graphql.schema import executable  # the schema is made of the resolvers that call this

    kind = executable.type_map[name]
    assert isinstance(kind, GraphQLInputObjectType)
    return kind
