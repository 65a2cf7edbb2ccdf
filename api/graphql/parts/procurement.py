"""Procurement requests and orders that wait, from rows."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from api.graphql.context import Context
from api.graphql.lookahead import NOTHING, Selection
from api.graphql.types.ids import gid
from api.graphql.types.money import plain, plain_or_none
from api.graphql.types.order import Order
from api.graphql.types.procurement import BackOrder, Lack, ProcurementRequest
from domain.procurement.models import request_number
from domain.reads.back_orders import lacks_of
from domain.reads.procurement_rows import orders_waiting_for
from domain.reads.rows import AnyRow

from .grouping import grouped
from .orders import orders_by_key


async def make_requests(
    context: Context, connection: AsyncConnection, rows: Sequence[AnyRow], asked: Selection
) -> list[ProcurementRequest]:
    """Requests in the order of their rows, with the orders that wait where they are asked for."""
    waiting = grouped(
        await orders_waiting_for(connection, [row.id for row in rows]) if "orders" in asked and rows else (),
        lambda row: row[1],
    )
    ids: list[UUID] = [order_id for found in waiting.values() for order_id in found]
    orders = await orders_by_key(context, connection, ids, asked.get("orders", NOTHING)) if ids else {}
    return [_request(row, [orders[one] for one in waiting[row.id] if one in orders]) for row in rows]


def _request(row: AnyRow, orders: list[Order]) -> ProcurementRequest:
    return ProcurementRequest(
        key=row.id,
        id=gid(row.id),
        number=request_number(row.number),
        state=row.state,
        version=row.version,
        warehouse=row.warehouse,
        sku=row.sku,
        name=row.name,
        urgent=row.urgent,
        assignee=row.assignee,
        due_at=row.due_at,
        wanted=plain(row.wanted),
        missing=plain(row.missing),
        order_count=row.order_count,
        orders=orders,
        supplier=row.supplier,
        eta=row.eta,
        ordered_quantity=plain_or_none(row.ordered_quantity),
        received_quantity=plain(row.received_quantity),
        reason=row.reason,
        created_at=row.created_at,
        ordered_at=row.ordered_at,
        closed_at=row.closed_at,
    )


async def make_back_orders(
    context: Context, connection: AsyncConnection, rows: Sequence[AnyRow], asked: Selection
) -> list[BackOrder]:
    """Orders that wait, in the order of their rows."""
    ids = [row.order_id for row in rows]
    lacks = grouped(await lacks_of(connection, ids) if "lacks" in asked and ids else (), _lack)
    orders = await orders_by_key(context, connection, ids, asked.get("order", NOTHING)) if ids else {}
    return [
        BackOrder(order=orders[row.order_id], since=row.since, confirmable=row.confirmable, lacks=lacks[row.order_id])
        for row in rows
    ]


def _lack(row: AnyRow) -> Lack:
    return Lack(
        sku=row.sku, warehouse=row.warehouse, wanted=plain(row.quantity), missing=plain(row.missing), eta=row.eta
    )
