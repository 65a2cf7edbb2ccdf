"""The delivery note that a channel wants made by itself (spec CHN-2): at confirmation, or when the payment is there."""

from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel, PaymentKind
from domain.kernel.actor import Actor
from domain.orders.models import Order
from domain.orders.status import Status
from domain.payments.queries import amount_due

from ..fulfil import create_delivery_note


async def note_if_due(session: AsyncSession, actor: Actor, order: Order, channel: Channel) -> None:
    """Makes the delivery note of a confirmed order whose channel wants it, unless it waits for an advance payment.

    The order's row is locked, and it has no delivery note yet. A test order gets none.
    """
    if not channel.auto_delivery_note or order.test or order.status not in (Status.CONFIRMED, Status.READY):
        return
    if order.payment_kind is PaymentKind.PREPAID and await amount_due(session, order) > 0:
        return
    await create_delivery_note(session, actor, order)
