"""Sums of an order's payments."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.money import ZERO
from domain.orders.models import Order

from . import rules
from .models import MoneyFlow, Payment


@dataclass(frozen=True, slots=True)
class Sums:
    paid: Decimal
    refunded: Decimal


async def payment_sums(session: AsyncSession, order_id: UUID) -> Sums:
    """What came in and what went back."""
    rows = await session.execute(
        select(Payment.flow, func.sum(Payment.amount)).where(Payment.order_id == order_id).group_by(Payment.flow)
    )
    sums = {row[0]: row[1] for row in rows}
    return Sums(paid=sums.get(MoneyFlow.PAYMENT, ZERO), refunded=sums.get(MoneyFlow.REFUND, ZERO))


async def paid_amount(session: AsyncSession, order_id: UUID) -> Decimal:
    """What came in less what went back."""
    sums = await payment_sums(session, order_id)
    return sums.paid - sums.refunded


async def amount_due(session: AsyncSession, order: Order) -> Decimal:
    """What is still to be paid of the order; never below zero."""
    sums = await payment_sums(session, order.id)
    return rules.due(order.total, sums.paid, sums.refunded)
