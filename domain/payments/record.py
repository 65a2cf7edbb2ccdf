"""Booking money that came in or went back."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.money import MAX_AMOUNT, to_cents
from domain.kernel.refusals import invalid
from domain.orders.history import record
from domain.orders.models import Order

from .models import MoneyFlow, Payment
from .queries import payment_sums
from .rules import payment_state

KINDS = {MoneyFlow.PAYMENT: "payment_recorded", MoneyFlow.REFUND: "refund_recorded"}


async def record_payment(
    session: AsyncSession,
    order: Order,
    actor: Actor,
    amount: Decimal,
    *,
    flow: MoneyFlow = MoneyFlow.PAYMENT,
    currency: str | None = None,
    method: str | None = None,
    note: str | None = None,
    external_id: str | None = None,
    at: datetime | None = None,
) -> bool:
    """Books an amount (tax included) and derives the payment state; the order's row is locked.

    The same `external_id` is booked once: told again, nothing changes and the answer is False. Raises Invalid for an
    amount that is none, or in another currency than the order's.
    """
    _check(order, amount, currency)
    booked = await session.execute(
        insert(Payment)
        .values(
            id=new_id(),
            order_id=order.id,
            flow=flow,
            amount=amount,
            currency=order.currency,
            method=method,
            note=note,
            external_id=external_id,
            at=at or utc_now(),
            actor=actor.label,
        )
        .on_conflict_do_nothing(index_elements=["order_id", "flow", "external_id"])
        .returning(Payment.id)
    )
    if booked.first() is None:
        return False
    sums = await payment_sums(session, order.id)
    order.payment_state = payment_state(order.total, sums.paid, sums.refunded)
    order.updated_at = utc_now()
    data = {
        "amount": str(amount),
        "currency": order.currency,
        "method": method,
        "external_id": external_id,
        "payment_state": order.payment_state,
    }
    await record(session, order, KINDS[flow], actor, data, note)
    return True


def _check(order: Order, amount: Decimal, currency: str | None) -> None:
    if not amount.is_finite() or not 0 < amount <= MAX_AMOUNT or amount != to_cents(amount):
        raise invalid(("amount",), "OUT_OF_RANGE", "Give an amount above 0 with at most two decimals.")
    if currency is not None and currency != order.currency:
        raise invalid(("currency",), "WRONG_CURRENCY", f"The order is in {order.currency}; book the payment in that.")
