"""Procurement requests, as rows for an answer, with what waits for them now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, case, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

from domain.catalog.models import Variant
from domain.orders.models import Order
from domain.procurement.models import ProcurementRequest, RequestState
from domain.procurement.needs import waiting
from domain.stock.models import FREE, StockLevel, Warehouse

from .keyset import Page, Sort, Window, beyond, moment, page_of
from .rows import AnySelect, Rows

OLDEST = Sort("procurement_requests", moment)
MOST_ORDERS = 20

_LINES = waiting().subquery()
_WANTED = (
    select(
        _LINES.c.warehouse_id,
        _LINES.c.variant_id,
        func.sum(_LINES.c.quantity).label("quantity"),
        func.count(_LINES.c.order_id.distinct()).label("orders"),
    )
    .group_by(_LINES.c.warehouse_id, _LINES.c.variant_id)
    .subquery()
)
_ON_ORDER = (
    select(
        ProcurementRequest.warehouse_id,
        ProcurementRequest.variant_id,
        func.sum(func.greatest(ProcurementRequest.ordered_quantity - ProcurementRequest.received_quantity, 0)).label(
            "quantity"
        ),
    )
    .where(ProcurementRequest.state == RequestState.ORDERED)
    .group_by(ProcurementRequest.warehouse_id, ProcurementRequest.variant_id)
    .subquery()
)
_R = ProcurementRequest
_WAITS = func.coalesce(_WANTED.c.quantity, 0)
_REQUESTS: AnySelect = (
    select(
        *_R.__table__.c,
        Warehouse.code.label("warehouse"),
        Variant.sku,
        Variant.name,
        _WAITS.label("wanted"),
        func.coalesce(_WANTED.c.orders, 0).label("order_count"),
        case(
            (
                _R.state == RequestState.OPEN,
                func.greatest(_WAITS - func.coalesce(FREE, 0) - func.coalesce(_ON_ORDER.c.quantity, 0), 0),
            ),
            (_R.state == RequestState.ORDERED, func.greatest(_R.ordered_quantity - _R.received_quantity, 0)),
            else_=0,
        ).label("missing"),
    )
    .select_from(_R)
    .join(Warehouse, Warehouse.id == _R.warehouse_id)
    .join(Variant, Variant.id == _R.variant_id)
    .outerjoin(StockLevel, and_(StockLevel.warehouse_id == _R.warehouse_id, StockLevel.variant_id == _R.variant_id))
    .outerjoin(_WANTED, and_(_WANTED.c.warehouse_id == _R.warehouse_id, _WANTED.c.variant_id == _R.variant_id))
    .outerjoin(_ON_ORDER, and_(_ON_ORDER.c.warehouse_id == _R.warehouse_id, _ON_ORDER.c.variant_id == _R.variant_id))
)
_RANKED = (
    select(
        _R.id.label("request_id"),
        Order.id.label("order_id"),
        func.row_number().over(partition_by=_R.id, order_by=[Order.created_at, Order.id]).label("place"),
    )
    .select_from(_R)
    .join(_LINES, and_(_LINES.c.warehouse_id == _R.warehouse_id, _LINES.c.variant_id == _R.variant_id))
    .join(Order, Order.id == _LINES.c.order_id)
    .where(_R.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
    .group_by(_R.id, Order.id)
    .subquery()
)
_ORDERS_OF = (
    select(_RANKED.c.request_id, _RANKED.c.order_id)
    .where(_RANKED.c.place <= MOST_ORDERS)
    .order_by(_RANKED.c.request_id, _RANKED.c.place)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFilter:
    state: Sequence[RequestState] | None = None
    warehouse: str | None = None
    sku: str | None = None


async def requests_page(connection: AsyncConnection, wanted: Window, where: RequestFilter) -> Page:
    """Requests, the oldest first."""
    statement = _REQUESTS.order_by(_R.created_at, _R.id).limit(wanted.size + 1)
    if where.state:
        statement = statement.where(_R.state.in_(where.state))
    if where.warehouse is not None:
        statement = statement.where(Warehouse.code == where.warehouse)
    if where.sku is not None:
        statement = statement.where(Variant.sku == where.sku)
    if wanted.place is not None:
        statement = statement.where(beyond(_R.created_at, _R.id, *wanted.place, ascending=True))
    return page_of((await connection.execute(statement)).all(), wanted)


async def request_by_id(connection: AsyncConnection, request_id: UUID) -> Rows:
    return (await connection.execute(_REQUESTS.where(_R.id == request_id))).all()


async def orders_waiting_for(connection: AsyncConnection, ids: Sequence[UUID]) -> Rows:
    """(request, order), the first 20 orders of each in the order of their entry."""
    parameters: dict[str, Any] = {"ids": list(ids)}
    return (await connection.execute(_ORDERS_OF, parameters)).all()
