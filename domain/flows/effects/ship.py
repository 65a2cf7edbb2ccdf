"""Shipping by hand: the dispatch step. Every parcel that has an AWB and did not start yet counts as handed over."""

from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.orders.models import Order
from domain.orders.status import Status
from domain.shipping.queries import live_shipments

from ..deliver import start_shipping
from ..enter_status import enter_status


async def ship(session: AsyncSession, actor: Actor, order: Order, to: Status, reason: str | None) -> None:
    """Enters Shipping; the start of the first parcel does, with all that it means for stock and invoice."""
    for shipment in await live_shipments(session, order.id):
        if shipment.awb is not None:
            await start_shipping(session, actor, order, shipment)
    if order.status is not to:
        await enter_status(session, order, to, actor, reason)
