"""The queue: a page of orders, filtered and sorted, as rows of just the columns that are asked for (spec ORD-6).

Each shape of filter and sort has its statement, built once. So that the first page costs the same at any number of
orders, one value of a list is compared by equality, and several statuses are read each from its own index and merged.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    String,
    any_,
    bindparam,
    literal_column,
    select,
    text,
    type_coerce,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import SmallInteger, TypeEngine, Uuid

from domain.diary.models import DiaryEntry
from domain.orders.models import Order

from .keyset import Page, Sort, Window, amount, beyond, moment, page_of, whole
from .rows import AnySelect
from .search import found_orders, search_values

SORTS: Mapping[str, Sort] = {
    "CREATED_AT": Sort("created_at", moment),
    "UPDATED_AT": Sort("updated_at", moment),
    "NUMBER": Sort("number", whole),
    "TOTAL": Sort("total", amount),
    "STATUS_SINCE": Sort("status_since", moment),
}
"""Named as in the API; each sort's own name is its column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """What must hold of an order; None (or an empty tuple) does not ask."""

    status: tuple[int, ...] | None = None
    approve_status: tuple[int, ...] | None = None
    channel_id: tuple[UUID, ...] | None = None
    customer_id: UUID | None = None
    payment_state: tuple[str, ...] | None = None
    fulfilment_state: tuple[str, ...] | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    total_from: Decimal | None = None
    total_to: Decimal | None = None
    search: str | None = None
    has_sync_error: bool | None = None


UNSETTLED = "diary.state IN ('OPEN', 'WAITING')"
_C = Order.__table__.c
_LISTS: Mapping[str, tuple[ColumnElement[Any], TypeEngine[Any]]] = {
    "status": (type_coerce(_C.status, SmallInteger), SmallInteger()),
    "approve_status": (_C.approve_status, SmallInteger()),
    "channel_id": (_C.channel_id, Uuid()),
    "payment_state": (type_coerce(_C.payment_state, String), String()),
    "fulfilment_state": (type_coerce(_C.fulfilment_state, String), String()),
}
# The states stand in the text, since the partial index on them does not match parameters.
_UNSETTLED = select(DiaryEntry.order_id).where(text(UNSETTLED), DiaryEntry.order_id.is_not(None))
_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "customer_id": _C.customer_id == bindparam("customer_id", type_=Uuid()),
    "created_after": _C.created_at >= bindparam("created_after"),
    "created_before": _C.created_at < bindparam("created_before"),
    "total_from": _C.total >= bindparam("total_from"),
    "total_to": _C.total <= bindparam("total_to"),
    "search": _C.id.in_(found_orders()),
    "has_sync_error": _C.id.in_(_UNSETTLED),
    "no_sync_error": _C.id.not_in(_UNSETTLED),
}
_FEW = frozenset({"search", "has_sync_error"})
"""Conditions that leave few orders: those are found first and then sorted, whatever the planner thinks of the limit."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """All that a statement depends on; `conditions` are names, lists with the number of their values."""

    columns: tuple[str, ...]
    conditions: tuple[tuple[str, int], ...]
    sort: str
    ascending: bool
    placed: bool


async def orders_page(
    connection: AsyncConnection,
    columns: tuple[str, ...],
    wanted: Window,
    *,
    sort: Sort,
    descending: bool,
    where: OrderFilter,
) -> Page:
    """The rows of a page: `columns`, then the value that the page is sorted by. Raises `Invalid` for a bad search."""
    ascending = descending == wanted.backward
    conditions, values = _asked(where)
    shape = _Shape(columns, conditions, sort.name, ascending, wanted.place is not None)
    if wanted.place is not None:
        values |= {"place_value": wanted.place[0], "place_id": wanted.place[1]}
    rows = (await connection.execute(_statement(shape), {**values, "size": wanted.size + 1})).all()
    return page_of(rows, wanted)


async def has_before(
    connection: AsyncConnection, page: Page, wanted: Window, *, sort: Sort, descending: bool, where: OrderFilter
) -> bool:
    """Whether rows lie on the near side of a page that begins at a cursor."""
    if wanted.place is None:
        return False
    conditions, values = _asked(where)
    edge = page.rows[-1 if wanted.backward else 0] if page.rows else None
    if edge is not None:
        values |= {"place_value": edge[-1], "place_id": edge[0]}
    against = descending != wanted.backward
    shape = _Shape(("id",), conditions, sort.name, against, edge is not None)
    return (await connection.execute(_statement(shape), {**values, "size": 1})).first() is not None


def _asked(where: OrderFilter) -> tuple[tuple[tuple[str, int], ...], dict[str, Any]]:
    names: list[tuple[str, int]] = []
    values: dict[str, Any] = {}
    for name in (field.name for field in fields(OrderFilter)):
        value = getattr(where, name)
        if value is None or value == () or (name == "search" and not value.strip()):
            continue
        if name in _LISTS:
            chosen = sorted(set(value))
            names.append((name, len(chosen)))
            values |= {f"{name}_{place}": one for place, one in enumerate(chosen)}
            values[name] = chosen
        elif name == "has_sync_error":
            names.append((name if value else "no_sync_error", 1))
        else:
            names.append((name, 1))
            values |= search_values(value) if name == "search" else {name: value}
    return tuple(names), values


@lru_cache(maxsize=1024)
def _statement(shape: _Shape) -> AnySelect:
    sorted_by = _C[shape.sort]
    rows = select(*(_C[name] for name in shape.columns), sorted_by.label("sorted_by"))
    merged = shape.sort == "created_at" and next((n for name, n in shape.conditions if name == "status" and n > 1), 0)
    for name, count in shape.conditions:
        if name == "status" and merged:
            continue
        rows = rows.where(_condition(name, count))
    if shape.placed:
        place = bindparam("place_value", type_=sorted_by.type), bindparam("place_id", type_=Uuid())
        rows = rows.where(beyond(sorted_by, _C.id, *place, ascending=shape.ascending))
    if any(name in _FEW for name, _ in shape.conditions):
        found = rows.offset(literal_column("0")).subquery()
        return _limited(select(*found.c), found.c.sorted_by, found.c.id, shape.ascending)
    if merged:
        column, kind = _LISTS["status"]
        each = [
            _limited(rows.where(column == bindparam(f"status_{n}", type_=kind)), sorted_by, _C.id, shape.ascending)
            for n in range(merged)
        ]
        found = union_all(*(select(one.subquery()) for one in each)).subquery()
        return _limited(select(*found.c), found.c.sorted_by, found.c.id, shape.ascending)
    return _limited(rows, sorted_by, _C.id, shape.ascending)


def _condition(name: str, count: int) -> ColumnElement[bool]:
    if name not in _LISTS:
        return _CONDITIONS[name]
    column, kind = _LISTS[name]
    if count == 1:
        return column == bindparam(f"{name}_0", type_=kind)
    return column == any_(bindparam(name, type_=ARRAY(kind)))


def _limited(rows: AnySelect, value: ColumnElement[Any], row_id: ColumnElement[Any], ascending: bool) -> AnySelect:
    order = (value.asc(), row_id.asc()) if ascending else (value.desc(), row_id.desc())
    return rows.order_by(*order).limit(bindparam("size"))
