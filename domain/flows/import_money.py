"""Money that the channel says came in or went back is booked once, by the channel's id for it."""

from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.intake.types import IncomingOrder
from domain.kernel.actor import Actor
from domain.kernel.money import to_cents
from domain.orders.history import record
from domain.orders.models import Order
from domain.payments.models import MoneyFlow, Payment
from domain.payments.record import record_payment

from .pay import go_on_if_paid


async def book_money(
    session: AsyncSession, actor: Actor, order: Order, base: IncomingOrder, incoming: IncomingOrder
) -> None:
    """Books payments and refunds that the channel did not tell before; what waited for the money goes on.

    What it told once stays booked as it was, also if it tells another amount under the same id later: a total that
    was changed there is no money that moved. The order's row is locked.
    """
    told = {payment.external_id for payment in base.payments}
    given_back = {refund.external_id for refund in base.refunds}
    for payment in incoming.payments:
        if payment.external_id not in told:
            how = {"method": payment.method or None, "at": payment.at}
            await _book(session, actor, order, MoneyFlow.PAYMENT, payment.external_id, payment.amount, **how)
    for refund in incoming.refunds:
        if refund.external_id not in given_back:
            why = {"note": refund.reason or None}
            await _book(session, actor, order, MoneyFlow.REFUND, refund.external_id, refund.amount, **why)


async def _book(
    session: AsyncSession,
    actor: Actor,
    order: Order,
    flow: MoneyFlow,
    external_id: str,
    amount: Decimal,
    **details: Any,
) -> None:
    amount = to_cents(amount)
    if amount <= 0 or await _is_booked_by_hand(session, actor, order, flow, external_id, amount):
        return
    if await record_payment(session, order, actor, amount, flow=flow, external_id=external_id, **details):
        await go_on_if_paid(session, order)


async def _is_booked_by_hand(
    session: AsyncSession, actor: Actor, order: Order, flow: MoneyFlow, external_id: str, amount: Decimal
) -> bool:
    """An amount that an operator booked by hand before the channel told of it is the same money, not more of it."""
    by_hand = await session.scalar(
        select(Payment)
        .where(
            Payment.order_id == order.id,
            Payment.flow == flow,
            Payment.amount == amount,
            Payment.external_id.is_(None),
            Payment.voided.is_(False),
            Payment.reverses.is_(None),
        )
        .order_by(Payment.at, Payment.id)
        .limit(1)
    )
    if by_hand is None:
        return False
    by_hand.external_id = external_id
    data = {"flow": flow.value, "amount": str(amount), "external_id": external_id}
    await record(session, order, "payment_recognised", actor, data)
    await session.flush()
    return True
