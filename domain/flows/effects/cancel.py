"""Cancelling (spec ORD-4): stock is let go, open delivery notes void, the invoice credited, the courier asked to void,
vouchers can be used again.

The status table allows it only while nothing was handed over. An AWB that is still being made is voided by its own
flow when the courier answers. The channel hears of it by the reaction to the event.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from domain.approvals.queries import last_approval
from domain.channels.models import Channel
from domain.discounts.uses import give_uses_back
from domain.invoicing.issue import credit_invoice
from domain.kernel.actor import Actor
from domain.kernel.crash import crash_point, declare
from domain.orders.models import Order
from domain.orders.queries import lines_of
from domain.orders.status import Status
from domain.procurement.ask import close_unwanted
from domain.shipping.models import ShipmentStatus
from domain.shipping.queries import live_shipments
from domain.stock.back_orders import back_ordered

from ..approval.ask import PENDING, withdraw
from ..enter_status import enter_status
from ..void import request_void
from .confirm import variants_of
from .undo import release_stock, void_open_notes

declare("cancel.after_release", "cancel.after_void", "cancel.after_credit")


async def cancel(session: AsyncSession, actor: Actor, order: Order, to: Status, reason: str | None) -> None:
    """Enters Cancelled."""
    for shipment in await live_shipments(session, order.id):
        if shipment.status is ShipmentStatus.CREATED:
            await request_void(session, actor, shipment.id)
    rests = await back_ordered(session, order.id) if order.confirmed_at is not None else {}
    await release_stock(session, actor, order)
    crash_point("cancel.after_release")
    await void_open_notes(session, actor, order)
    crash_point("cancel.after_void")
    waited = Status.STOCK_UNAVAILABLE in (order.status, order.held_from)
    order.held_from = None
    if order.vouchers is not None:
        await give_uses_back(session, order.id)
    if order.approve_status == PENDING:
        await withdraw(session, order, await last_approval(session, order.id), "the order is cancelled")
    await enter_status(session, order, to, actor, reason)
    await session.flush()
    if waited or rests:
        channel = await session.get_one(Channel, order.channel_id)
        await close_unwanted(session, channel.warehouse_id, variants_of(await lines_of(session, order)))
    await credit_invoice(session, actor, order, reason)
    crash_point("cancel.after_credit")
