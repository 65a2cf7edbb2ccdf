"""Orders that wait for goods: which can be confirmed now, what the others still lack, and when it may come (STK-3).

What is free is allotted in the order of entry, per warehouse and variant: an order is confirmable only if the stock
suffices for it and for every order before it that waits for the same. Everything is worked out from the orders that
wait; nothing is kept, and nothing is promoted by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, case, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

from domain.catalog.models import Variant
from domain.orders.models import Order
from domain.orders.status import Status
from domain.procurement.models import ProcurementRequest, RequestState
from domain.procurement.needs import waiting
from domain.stock.models import FREE, BackOrder, StockLevel, Warehouse

from .keyset import Page, Sort, Window, beyond, moment, page_of
from .rows import AnySelect, Rows

BY_ENTRY = Sort("back_orders", moment)

_LINES = waiting().subquery()
_DEMAND = (
    select(
        _LINES.c.order_id,
        _LINES.c.warehouse_id,
        _LINES.c.variant_id,
        func.sum(_LINES.c.quantity).label("quantity"),
    )
    .group_by(_LINES.c.order_id, _LINES.c.warehouse_id, _LINES.c.variant_id)
    .subquery()
)
_RANKED = (
    select(
        _DEMAND,
        Order.created_at.label("entered_at"),
        func.coalesce(FREE, 0).label("free"),
        func.sum(_DEMAND.c.quantity)
        .over(
            partition_by=[_DEMAND.c.warehouse_id, _DEMAND.c.variant_id],
            order_by=[Order.created_at, _DEMAND.c.order_id],
            rows=(None, 0),
        )
        .label("upto"),
    )
    .select_from(_DEMAND)
    .join(Order, Order.id == _DEMAND.c.order_id)
    .outerjoin(
        StockLevel,
        and_(StockLevel.warehouse_id == _DEMAND.c.warehouse_id, StockLevel.variant_id == _DEMAND.c.variant_id),
    )
    .cte("ranked")
)
_CONFIRMABLE = func.bool_and(_RANKED.c.upto <= _RANKED.c.free)
_SINCE = case(
    (Order.status == Status.STOCK_UNAVAILABLE, func.least(Order.short_since, Order.status_since)),
    else_=select(func.min(BackOrder.since)).where(BackOrder.order_id == Order.id).scalar_subquery(),
)
_ORDERS = (
    select(
        _RANKED.c.order_id.label("order_id"),
        _RANKED.c.entered_at.label("entered_at"),
        _CONFIRMABLE.label("confirmable"),
    )
    .group_by(_RANKED.c.order_id, _RANKED.c.entered_at)
    .cte("waiting_orders")
)
_COMING = (
    select(
        ProcurementRequest.warehouse_id,
        ProcurementRequest.variant_id,
        ProcurementRequest.eta,
        func.sum(func.greatest(ProcurementRequest.ordered_quantity - ProcurementRequest.received_quantity, 0))
        .over(
            partition_by=[ProcurementRequest.warehouse_id, ProcurementRequest.variant_id],
            order_by=[ProcurementRequest.eta.nulls_last(), ProcurementRequest.number],
            rows=(None, 0),
        )
        .label("upto"),
    )
    .where(ProcurementRequest.state == RequestState.ORDERED)
    .cte("coming")
)
_ETA = (
    select(func.min(_COMING.c.eta))
    .where(
        _COMING.c.warehouse_id == _RANKED.c.warehouse_id,
        _COMING.c.variant_id == _RANKED.c.variant_id,
        _COMING.c.upto >= _RANKED.c.upto - _RANKED.c.free,
    )
    .scalar_subquery()
)
_MISSING = func.least(_RANKED.c.quantity, _RANKED.c.upto - _RANKED.c.free)
_LACKS = (
    select(
        _RANKED.c.order_id,
        Variant.sku,
        Warehouse.code.label("warehouse"),
        _RANKED.c.variant_id,
        _RANKED.c.quantity,
        _MISSING.label("missing"),
        _ETA.label("eta"),
    )
    .join(Variant, Variant.id == _RANKED.c.variant_id)
    .join(Warehouse, Warehouse.id == _RANKED.c.warehouse_id)
    .where(
        _RANKED.c.order_id == any_(bindparam("ids", type_=ARRAY(Uuid()))),
        _RANKED.c.upto > _RANKED.c.free,
    )
    .order_by(_RANKED.c.order_id, Variant.sku)
)

_RESTS = (
    select(BackOrder.order_id, BackOrder.order_line_id, Variant.sku, BackOrder.quantity, BackOrder.since)
    .join(Variant, Variant.id == BackOrder.variant_id)
    .where(BackOrder.order_id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
    .order_by(BackOrder.order_id, Variant.sku, BackOrder.order_line_id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackOrderFilter:
    """`since_before`: it waits since before then. `sku`: it waits for this one (whole)."""

    confirmable: bool | None = None
    since_before: datetime | None = None
    sku: str | None = None


async def back_orders_page(connection: AsyncConnection, wanted: Window, where: BackOrderFilter) -> Page:
    """Orders that wait, in the order of their entry: order_id, entered_at, confirmable, since."""
    statement: AnySelect = (
        select(*_ORDERS.c, _SINCE.label("since"))
        .join(Order, Order.id == _ORDERS.c.order_id)
        .order_by(_ORDERS.c.entered_at, _ORDERS.c.order_id)
        .limit(wanted.size + 1)
    )
    if where.confirmable is not None:
        statement = statement.where(_ORDERS.c.confirmable.is_(where.confirmable))
    if where.since_before is not None:
        statement = statement.where(where.since_before > _SINCE)
    if where.sku is not None:
        wants = select(_RANKED.c.order_id).join(Variant, Variant.id == _RANKED.c.variant_id)
        statement = statement.where(_ORDERS.c.order_id.in_(wants.where(Variant.sku == where.sku)))
    if wanted.place is not None:
        statement = statement.where(beyond(_ORDERS.c.entered_at, _ORDERS.c.order_id, *wanted.place, ascending=True))
    return page_of((await connection.execute(statement)).all(), wanted)


async def lacks_of(connection: AsyncConnection, order_ids: Sequence[UUID]) -> Rows:
    """What these orders still lack after all that entered before them took its share; the order's id comes first.

    `eta` is the day by which what was ordered of suppliers covers it, as far as they told one.
    """
    parameters: dict[str, Any] = {"ids": list(order_ids)}
    return (await connection.execute(_LACKS, parameters)).all()


async def rests_of(connection: AsyncConnection, order_ids: Sequence[UUID]) -> Rows:
    """What of these confirmed orders was back-ordered; the order's id comes first."""
    return (await connection.execute(_RESTS, {"ids": list(order_ids)})).all()
