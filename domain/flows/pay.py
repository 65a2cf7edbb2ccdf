"""Money arrives: it is booked, and what waited for it goes on (spec ORD-4)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel
from domain.fulfilment.queries import noted_quantities
from domain.kernel.actor import SYSTEM, Actor
from domain.kernel.texts import check_text
from domain.orders.models import Order, PaymentState
from domain.orders.queries import order_for_update
from domain.orders.status import Status, Through
from domain.payments.record import record_payment

from .auto_confirm import auto_confirm
from .effects.auto_note import note_if_due
from .move import move_locked


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPayment:
    """`amount` includes tax; `currency` None is the order's. One `external_id` is booked once per order."""

    order_id: UUID
    amount: Decimal
    currency: str | None = None
    method: str | None = None
    note: str | None = None
    external_id: str | None = None
    at: datetime | None = None


async def pay_order(session: AsyncSession, actor: Actor, command: RecordPayment) -> Order:
    """Books a payment. Raises NotFound, or Invalid for an amount or currency that cannot be booked."""
    for field, text in (("method", command.method), ("note", command.note), ("externalId", command.external_id)):
        check_text(field, text)
    order = await order_for_update(session, command.order_id)
    booked = await record_payment(
        session,
        order,
        actor,
        command.amount,
        currency=command.currency,
        method=command.method,
        note=command.note,
        external_id=command.external_id,
        at=command.at,
    )
    if booked:
        await go_on_if_paid(session, order)
    return order


async def follow_payment(session: AsyncSession, order: Order) -> None:
    """What a changed balance sets going: a payment in full ends the wait for it, and one that is gone begins it anew.

    The order's row is locked.
    """
    if order.status is Status.PAID and order.payment_state in (PaymentState.UNPAID, PaymentState.PARTLY_PAID):
        reason = "it is not paid in full any more"
        await move_locked(session, SYSTEM, order, Status.PENDING_PAYMENT, reason=reason, through=Through.UNPAID)
    else:
        await go_on_if_paid(session, order)


async def go_on_if_paid(session: AsyncSession, order: Order) -> None:
    """What a payment in full sets going: Pending Payment ends, and an automatic delivery note that waited is made.

    The house does it, on behalf of who booked the payment; the order's row is locked.
    """
    if order.payment_state is not PaymentState.PAID:
        return
    if order.status is Status.PENDING_PAYMENT:
        await move_locked(session, SYSTEM, order, Status.PAID, reason="paid in full")
        await auto_confirm(session, order)
    elif not await noted_quantities(session, order.id):
        channel = await session.get_one(Channel, order.channel_id)
        await note_if_due(session, SYSTEM, order, channel)
