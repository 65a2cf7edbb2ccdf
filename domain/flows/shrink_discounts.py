"""The log of discounts follows lines that became smaller, so that it is the order's discount as it stands (DSC-3)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.discounts.models import DiscountLog
from domain.discounts.spread import spread
from domain.kernel.money import ZERO
from domain.orders.models import Order, OrderDiscount, OrderLine


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A line that became smaller, and its quantity and net amount before discounts until then."""

    line: OrderLine
    quantity: Decimal
    subtotal: Decimal


async def shrink_discounts(session: AsyncSession, order: Order, shrunk: Sequence[Shrunk]) -> None:
    """Shares each line's discount of now out to the rules that made it, as they shared in it before.

    Discounts that a store explained are the store's words, and stay.
    """
    logged = select(DiscountLog).where(DiscountLog.order_id == order.id).order_by(DiscountLog.id)
    log = list(await session.scalars(logged))
    if not log:
        return
    for one in shrunk:
        steps = _take_steps(log, one)
        amount = one.line.subtotal
        for step, saved in zip(steps, spread(one.line.discount, [step.saved for step in steps]), strict=True):
            step.quantity, step.original, step.saved, step.after = one.line.quantity, amount, saved, amount - saved
            amount = step.after
    await session.flush()
    saved_by: dict[UUID, Decimal] = defaultdict(lambda: ZERO)
    for step in await session.scalars(logged):
        saved_by[step.rule_id] += step.saved
    for discount in await session.scalars(select(OrderDiscount).where(OrderDiscount.order_id == order.id)):
        if discount.rule_id is not None:
            discount.amount = saved_by[discount.rule_id]


def _take_steps(log: list[DiscountLog], shrunk: Shrunk) -> list[DiscountLog]:
    """Takes the steps of a line out of the log: from its whole amount on, each begins where the one before it ended.

    Lines that are alike in SKU, quantity and amount have the same steps: it does not matter which gets which.
    """
    steps: list[DiscountLog] = []
    amount = shrunk.subtotal
    for step in list(log):
        if (step.sku, step.quantity, step.original) == (shrunk.line.sku, shrunk.quantity, amount):
            log.remove(step)
            steps.append(step)
            amount = step.after
    return steps
