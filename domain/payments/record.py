"""Booking money that came in or went back."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.money import MAX_AMOUNT, to_cents
from domain.kernel.refusals import Invalid, Problem
from domain.orders.history import record
from domain.orders.models import Order

from .models import MoneyFlow, Payment
from .queries import Sums, payment_sums
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
    reference: str | None = None,
    at: datetime | None = None,
) -> bool:
    """Books an amount (tax included) and derives the payment state; the order's row is locked.

    The same `external_id` is booked once: told again, nothing changes and the answer is False. Raises Invalid for an
    amount that is none, or in another currency than the order's.
    """
    problems = list(amount_problems(order, amount, currency))
    if problems:
        raise Invalid(problems)
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
            reference=reference,
            at=at or utc_now(),
            actor=actor.label,
        )
        .on_conflict_do_nothing(index_elements=["order_id", "flow", "external_id"])
        .returning(Payment.id)
    )
    if booked.first() is None:
        return False
    sums = await derive_payment_state(session, order)
    data = {
        "amount": str(amount),
        "currency": order.currency,
        "method": method,
        "external_id": external_id,
        "payment_state": order.payment_state,
    }
    if reference is not None:
        data["reference"] = reference
    if flow is MoneyFlow.PAYMENT and sums.paid - sums.refunded > order.total:
        data["overpaid"] = str(sums.paid - sums.refunded - order.total)
    await record(session, order, KINDS[flow], actor, data, note)
    return True


async def derive_payment_state(session: AsyncSession, order: Order) -> Sums:
    """Writes the payment state that follows from the payments; returns their sums."""
    sums = await payment_sums(session, order.id)
    order.payment_state = payment_state(order.total, sums.paid, sums.refunded)
    order.updated_at = utc_now()
    return sums


def amount_problems(order: Order, amount: Decimal, currency: str | None) -> Iterator[Problem]:
    """Why this cannot be booked for the order; more than is due can be, and is told in the history (`overpaid`)."""
    if not amount.is_finite() or not 0 < amount <= MAX_AMOUNT or amount != to_cents(amount):
        message = f"Give an amount above 0 with at most two decimals, at most {MAX_AMOUNT:f}."
        yield Problem(("amount",), "OUT_OF_RANGE", message)
    if currency is not None and currency != order.currency:
        message = f"The order is in {order.currency}; book the payment in that."
        yield Problem(("currency",), "WRONG_CURRENCY", message)
