"""The queue: a page of orders, filtered and sorted, as rows of just the columns that are asked for (spec ORD-6).

Each shape of filter and sort has its statement, built once. So that the first page costs the same at any number of
orders, several statuses are read each from its own index and merged, where there is one for the sort.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import ColumnElement, bindparam, literal_column, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

from domain.orders.models import Order

from .keyset import Page, Sort, Window, amount, beyond, day, moment, page_of, whole
from .order_filter import LISTS, Asked, OrderFilter, asked, condition, leaves_few
from .rows import AnySelect

SORTS: Mapping[str, Sort] = {
    "CREATED_AT": Sort("created_at", moment),
    "UPDATED_AT": Sort("updated_at", moment),
    "PLACED_AT": Sort("placed_at", moment),
    "NUMBER": Sort("number", whole),
    "TOTAL": Sort("total", amount),
    "STATUS_SINCE": Sort("status_since", moment),
    "PROMISED_ON": Sort("promised_on", day),
}
"""Named as in the API; each sort's own name is its column. By the promised day only orders that have one are listed."""

_C = Order.__table__.c
_OF_STATUS = frozenset({"created_at", "status_since"})
"""Sorts for which there is an index of each status."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """All that a statement depends on."""

    columns: tuple[str, ...]
    conditions: Asked
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
    """The rows of a page: `columns`, then the value that the page is sorted by. Raises `Invalid` for a filter that
    cannot be asked.
    """
    ascending = descending == wanted.backward
    conditions, values = asked(where)
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
    conditions, values = asked(where)
    edge = page.rows[-1 if wanted.backward else 0] if page.rows else None
    if edge is not None:
        values |= {"place_value": edge[-1], "place_id": edge[0]}
    against = descending != wanted.backward
    shape = _Shape(("id",), conditions, sort.name, against, edge is not None)
    return (await connection.execute(_statement(shape), {**values, "size": 1})).first() is not None


@lru_cache(maxsize=1024)
def _statement(shape: _Shape) -> AnySelect:
    sorted_by = _C[shape.sort]
    rows = select(*(_C[name] for name in shape.columns), sorted_by.label("sorted_by"))
    few = any(leaves_few(name) for name, _ in shape.conditions)
    statuses = next((count for name, count in shape.conditions if name == "status" and count > 1), 0)
    merged = statuses if shape.sort in _OF_STATUS and not few else 0
    for name, count in shape.conditions:
        if name == "status" and merged:
            continue
        rows = rows.where(condition(name, count))
    if sorted_by.nullable:
        rows = rows.where(sorted_by.is_not(None))
    if shape.placed:
        place = bindparam("place_value", type_=sorted_by.type), bindparam("place_id", type_=Uuid())
        rows = rows.where(beyond(sorted_by, _C.id, *place, ascending=shape.ascending))
    if few:
        found = rows.offset(literal_column("0")).subquery()
        return _limited(select(*found.c), found.c.sorted_by, found.c.id, shape.ascending)
    if merged:
        column, kind = LISTS["status"]
        each = [
            _limited(rows.where(column == bindparam(f"status_{n}", type_=kind)), sorted_by, _C.id, shape.ascending)
            for n in range(merged)
        ]
        found = union_all(*(select(one.subquery()) for one in each)).subquery()
        return _limited(select(*found.c), found.c.sorted_by, found.c.id, shape.ascending)
    return _limited(rows, sorted_by, _C.id, shape.ascending)


def _limited(
    rows: AnySelect, value: ColumnElement[object], row_id: ColumnElement[object], ascending: bool
) -> AnySelect:
    order = (value.asc(), row_id.asc()) if ascending else (value.desc(), row_id.desc())
    return rows.order_by(*order).limit(bindparam("size"))
