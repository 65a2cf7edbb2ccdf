"""A shipment gets its AWB: at once with the courier's answer, or later, when tracking first tells it."""

from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.kernel.outbox import enqueue
from domain.orders.history import record
from domain.orders.models import Order
from domain.orders.status import Status
from domain.shipping.models import CourierAccount, Shipment, ShippingStarts

from .deliver import start_shipping


async def keep_awb(
    session: AsyncSession, actor: Actor, order: Order, shipment: Shipment, account: CourierAccount, awb: str
) -> None:
    """Writes the AWB with what follows from it: the label, the start of shipping, or the void of a cancelled order's.

    The order's and the shipment's rows are locked; the shipment has no AWB yet.
    """
    shipment.awb = awb
    await session.flush()
    data = {"awb": awb, "account": account.slug, "refs": shipment.refs}
    await record(session, order, "awb_created", actor, data)
    await enqueue(session, "fetch_label", f"shipment:{shipment.id}", {"shipment_id": str(shipment.id)})
    if order.status is Status.CANCELLED:
        await enqueue(session, "awb_void", f"shipment:{shipment.id}", {"shipment_id": str(shipment.id)})
    elif account.shipping_starts is ShippingStarts.AWB:
        await start_shipping(session, actor, order, shipment)
