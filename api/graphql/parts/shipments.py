"""Shipments and their scans."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from api.graphql.context import Context
from api.graphql.lookahead import Selection
from api.graphql.types.ids import gid
from api.graphql.types.money import Money, money
from api.graphql.types.order import Order
from api.graphql.types.refusals import Problem
from api.graphql.types.shipping import Shipment, TrackingEvent
from domain.reads import fulfilment_rows
from domain.reads.fulfilment_rows import Of
from domain.reads.rows import AnyRow

from .grouping import grouped


async def shipments(context: Context, connection: AsyncConnection, orders: Sequence[Order], below: Selection) -> None:
    found = await find_shipments(context, connection, Of.ORDERS, [order.key for order in orders], below)
    for order in orders:
        order.shipments = found.get(order.key, [])


async def find_shipments(
    context: Context, connection: AsyncConnection, of: Of, ids: Sequence[UUID], below: Selection
) -> dict[UUID, list[Shipment]]:
    """Shipments by their order."""
    rows = await fulfilment_rows.shipments(connection, of, ids)
    found: dict[UUID, list[Shipment]] = {}
    for row in rows:
        found.setdefault(row.order_id, []).append(_shipment(row, context))
    if "events" in below:
        events = grouped(
            await fulfilment_rows.tracking_events(connection, [row.id for row in rows]),
            lambda row: TrackingEvent(
                at=row.at, code=row.code, text=row.text, status=row.status, location=row.location
            ),
        )
        for shipment in (one for group in found.values() for one in group):
            shipment.events = events[shipment.key]
    return found


def _shipment(row: AnyRow, context: Context) -> Shipment:
    has_label = row.awb is not None and context.services.host.supports(row.connector, "label")
    return Shipment(
        key=row.id,
        id=gid(row.id),
        courier=row.courier,
        service=row.service,
        awb=row.awb,
        tracking_url=row.tracking_url,
        label_url=f"{context.base_url}/labels/{row.id}.pdf" if has_label else None,
        status=row.status,
        cash_on_delivery=_money(row.cod_amount, row.cod_currency),
        price=_money(row.price, row.price_currency),
        note=row.note,
        attention=row.attention,
        problems=[Problem(path=one["path"], code=one["code"], message=one["message"]) for one in row.refused or ()],
        packing_list_id=gid(row.packing_list_id),
        created_at=row.created_at,
        started_at=row.started_at,
        delivered_at=row.delivered_at,
        events=[],
    )


def _money(amount: Decimal | None, currency: str | None) -> Money | None:
    return None if amount is None or currency is None else money(amount, currency)
