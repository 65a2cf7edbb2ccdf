"""Cash on delivery that couriers still collect of an order, against what is due of it (spec FUL-4)."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.money import ZERO, total_of
from domain.kernel.refusals import invalid
from domain.orders.models import Order
from domain.shipping.models import Shipment, ShipmentStatus
from domain.shipping.rules import MAY_BE_VOIDED, collectable, still_collects


async def cash_due(session: AsyncSession, order: Order, paid: Decimal) -> Decimal:
    """What one more AWB may collect at most; never below zero."""
    shipments = await _with_cash(session, order.id)
    return max(collectable(order.total, paid, shipments) - _on_its_way(shipments), ZERO)


async def check_cash(session: AsyncSession, order: Order, paid: Decimal) -> None:
    """The order became smaller: no AWB is to collect more than is due of it now. The order is locked.

    Raises Invalid (HAS_AWB) while one that collects too much can still be voided. A parcel that is on its way collects
    what it was sent with; a person is told.
    """
    shipments = await _with_cash(session, order.id)
    due = max(collectable(order.total, paid, shipments), ZERO)
    cash = _on_its_way(shipments)
    if cash <= due:
        return
    collecting = [one for one in shipments if still_collects(one.status)]
    for one in collecting:
        if one.status in MAY_BE_VOIDED:
            name = f"AWB {one.awb}" if one.awb else "The AWB that was asked for"
            raise invalid(
                ("id",),
                "HAS_AWB",
                f"{name} collects {one.cod_amount} {order.currency}, and only {due} would be due. Void it first, and "
                "ask for a new one afterwards.",
            )
    text = f"Of the order {due} {order.currency} is due, and {cash} is collected on delivery. Give the rest back."
    for one in collecting:
        one.attention = f"{one.attention} {text}" if one.attention else text
    await session.flush()


def _on_its_way(shipments: list[Shipment]) -> Decimal:
    return total_of(one.cod_amount or ZERO for one in shipments if still_collects(one.status))


async def _with_cash(session: AsyncSession, order_id: UUID) -> list[Shipment]:
    """Locked, since a void of one must not come in between."""
    rows = await session.scalars(
        select(Shipment)
        .where(
            Shipment.order_id == order_id, Shipment.status != ShipmentStatus.VOIDED, Shipment.cod_amount.is_not(None)
        )
        .order_by(Shipment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(rows)
