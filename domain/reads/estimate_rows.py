"""Estimates, as rows for an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, any_, bindparam, select, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

from domain.estimates.models import Estimate, EstimateLine, EstimateState

from .keyset import Page, Sort, Window, beyond, moment, page_of
from .rows import AnySelect, Rows

NEWEST = Sort("estimates", moment)

_E = Estimate.__table__.c
_STATE = type_coerce(_E.state, String)
_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "state": bindparam("state") == _STATE,
    "valid_from": _E.valid_until >= bindparam("valid_from"),
    "valid_before": _E.valid_until < bindparam("valid_before"),
    "customer_id": _E.customer_id == bindparam("customer_id", type_=Uuid()),
    "seller": _E.seller == bindparam("seller"),
    "number": _E.number == bindparam("number"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateFilter:
    """What must hold of an estimate; None does not ask. `expired` tells open ones whose last day is over from those
    that hold; `today` is the day of the question."""

    today: date
    state: EstimateState | None = None
    expired: bool | None = None
    customer_id: UUID | None = None
    seller: str | None = None
    number: int | None = None


async def estimates_page(connection: AsyncConnection, wanted: Window, where: EstimateFilter) -> Page:
    """Estimates with all their columns, newest first, then the time that the page is sorted by."""
    values: dict[str, Any] = {
        "state": where.state.value if where.state else None,
        "valid_from": where.today if where.expired is False else None,
        "valid_before": where.today if where.expired else None,
        "customer_id": where.customer_id,
        "seller": where.seller,
        "number": where.number,
    }
    values = {name: value for name, value in values.items() if value is not None}
    conditions = tuple(values)
    if wanted.place is not None:
        values |= {"place_value": wanted.place[0], "place_id": wanted.place[1]}
    statement = _statement(conditions, wanted.place is not None)
    rows = (await connection.execute(statement, {**values, "size": wanted.size + 1})).all()
    return page_of(rows, wanted)


@lru_cache(maxsize=64)
def _statement(conditions: tuple[str, ...], placed: bool) -> AnySelect:
    rows = select(Estimate.__table__, _E.created_at.label("sorted_by"))
    rows = rows.where(*(_CONDITIONS[name] for name in conditions))
    if placed:
        place = bindparam("place_value", type_=_E.created_at.type), bindparam("place_id", type_=Uuid())
        rows = rows.where(beyond(_E.created_at, _E.id, *place, ascending=False))
    return rows.order_by(_E.created_at.desc(), _E.id.desc()).limit(bindparam("size"))


_BY_ID = select(Estimate.__table__).where(_E.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
_LINES = (
    select(EstimateLine.estimate_id, *(column for column in EstimateLine.__table__.c if column.name != "estimate_id"))
    .where(EstimateLine.estimate_id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
    .order_by(EstimateLine.estimate_id, EstimateLine.position)
)


async def estimates_by_id(connection: AsyncConnection, ids: Sequence[UUID]) -> Rows:
    """Estimates with all their columns, in no particular order."""
    return (await connection.execute(_BY_ID, {"ids": list(ids)})).all()


async def estimate_lines(connection: AsyncConnection, ids: Sequence[UUID]) -> Rows:
    """The lines of estimates, by position; the first column is the estimate's id."""
    return (await connection.execute(_LINES, {"ids": list(ids)})).all()
