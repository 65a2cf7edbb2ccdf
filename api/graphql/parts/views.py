"""Filters and sorts as JSON in the words of the API: written from inputs, and checked when they are read again."""

from collections.abc import Iterable, Mapping
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
from domain.reads.known_slugs import known_slugs
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
    wanted = {name: _named(rows, name) for name in ("channel", "customerGroup")}
    known = await known_slugs(connection, wanted["channel"], wanted["customerGroup"])
    me = owner_of(context.actor)
    return [make_view(row, me, _problem(row["filter"], row["sort"], known)) for row in rows]


def _named(rows: Iterable[Mapping[str, Any]], field: str) -> list[str]:
    found = (slug for row in rows for slug in _list(row["filter"].get(field)))
    return sorted({slug for slug in found if isinstance(slug, str)})


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _problem(filter: Any, sort: Any, known: Mapping[str, frozenset[str]]) -> str | None:
    faults: list[str] = []
    for name, value in (("OrderFilter", filter), ("OrderSort", sort)):
        validate_input_value(value, _input(name), lambda error, path: faults.append(_told(error, path)))
    for field, slugs in known.items():
        gone = sorted({str(slug) for slug in _list(filter.get(field))} - slugs)
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
