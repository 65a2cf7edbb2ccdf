"""Taking back what was booked by mistake: by an entry of the opposite amount, never by deleting (spec ORD-5)."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.refusals import NotFound, invalid
from domain.orders.history import record
from domain.orders.models import Order

from .models import MoneyFlow, Payment
from .queries import payment_sums
from .record import derive_payment_state

KINDS = {MoneyFlow.PAYMENT: "payment_voided", MoneyFlow.REFUND: "refund_voided"}


async def order_of_payment(session: AsyncSession, payment_id: UUID) -> UUID:
    """Whose payment it is. Raises NotFound."""
    order_id = await session.scalar(select(Payment.order_id).where(Payment.id == payment_id))
    if order_id is None:
        raise NotFound("payment", payment_id, path=("id",))
    return order_id


async def void_payment(session: AsyncSession, actor: Actor, order: Order, payment_id: UUID, reason: str) -> None:
    """Takes a payment or refund of the order back and derives the payment state; the order's row is locked.

    Raises Invalid: VOIDED for one that was taken back already, or is itself such an entry; TOO_MUCH for a payment
    without which more would have been given back than came in.
    """
    payment = await session.get_one(Payment, payment_id, populate_existing=True)
    if payment.voided or payment.reverses is not None:
        raise invalid(("id",), "VOIDED", "It was taken back already, or is the entry that takes another back.")
    sums = await payment_sums(session, order.id)
    if payment.flow is MoneyFlow.PAYMENT and sums.paid - payment.amount < sums.refunded:
        raise invalid(
            ("id",),
            "TOO_MUCH",
            f"{sums.refunded} {order.currency} were given back: more than would be left. Void the refund first.",
        )
    payment.voided = True
    session.add(
        Payment(
            id=new_id(),
            order_id=order.id,
            flow=payment.flow,
            amount=-payment.amount,
            currency=payment.currency,
            method=payment.method,
            external_id=None,
            reference=payment.reference,
            reverses=payment.id,
            note=reason,
            at=utc_now(),
            actor=actor.label,
        )
    )
    await session.flush()
    await derive_payment_state(session, order)
    data = {
        "payment": str(payment.id),
        "amount": str(payment.amount),
        "currency": payment.currency,
        "payment_state": order.payment_state,
    }
    await record(session, order, KINDS[payment.flow], actor, data, reason)
