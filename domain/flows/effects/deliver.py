"""Delivered by hand, for couriers that tell nothing: the parcels on their way count as delivered."""

from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.orders.models import Order
from domain.orders.status import Status
from domain.shipping.models import ShipmentStatus
from domain.shipping.queries import live_shipments

from ..enter_status import enter_status


async def deliver(session: AsyncSession, actor: Actor, order: Order, to: Status, reason: str | None) -> None:
    """Enters Delivered; the status table saw that nothing is left to hand over."""
    delivered = []
    for shipment in await live_shipments(session, order.id):
        if not shipment.final:
            shipment.status, shipment.final = ShipmentStatus.DELIVERED, True
            shipment.delivered_at = utc_now()
            delivered.append(shipment.awb)
    await enter_status(session, order, to, actor, reason, {"awbs": delivered})
