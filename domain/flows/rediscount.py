"""The discounts of an order anew, after its lines, its customer or its vouchers changed, before the confirmation."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel
from domain.discounts.models import DiscountLog, DiscountUse
from domain.kernel.database import Base
from domain.kernel.ids import new_id
from domain.kernel.money import ZERO
from domain.orders.models import Order, OrderDiscount
from domain.orders.totals import line_amounts

from .discount_rows import named_discounts, use_rows
from .discount_sale import Discounted, Sale, discount_sale
from .place import NewDiscount


async def rediscount(session: AsyncSession, order: Order, vouchers: Sequence[str] | None = None) -> Discounted | None:
    """Writes the discounts of the order's lines, with the tax that follows; None for an order of a store, or of agreed
    prices, which keeps what it has. `vouchers` None: those that it has.

    The order is locked and its lines are loaded; totals and history are the caller's. Rules are those of now, as of
    the time when the order was placed, so that an order keeps a campaign that ended meanwhile; a voucher is judged when
    it is entered, and keeps being valid. One that does not apply any more stays with the order and says why; the caller
    decides about the problems of what comes back.
    """
    if order.vouchers is None:
        return None
    sale = await sale_of(session, order, [one["code"] for one in order.vouchers] if vouchers is None else vouchers)
    discounted = await discount_sale(session, sale, order.lines)
    by_line = discounted.outcome.by_line
    for place, line in enumerate(order.lines):
        discount = by_line.get(place, ZERO)
        amounts = line_amounts(line.quantity, line.unit_price, tax_rate=line.tax_rate, discount=discount)
        line.discount, line.tax, line.total = amounts.discount, amounts.tax, amounts.total
    order.vouchers = discounted.vouchers
    await _replace(session, order, sale, discounted)
    return discounted


async def sale_of(session: AsyncSession, order: Order, vouchers: Sequence[str]) -> Sale:
    """The sale that an order is, as of the time when it was placed. Vouchers that it has stay accepted."""
    channel = await session.get_one(Channel, order.channel_id)
    return Sale(
        order_id=order.id,
        channel_id=order.channel_id,
        channel=channel.connector,
        currency=order.currency,
        customer_id=order.customer_id,
        at=order.placed_at,
        vouchers=vouchers,
        accepted=[UUID(one["rule"]) for one in order.vouchers or () if one["rule"] is not None],
        test=order.test,
    )


async def leave_to_store(session: AsyncSession, order: Order, explained: Sequence[NewDiscount]) -> None:
    """The store tells what the order holds now: what it explains takes the place of our discounts, uses and log."""
    await session.execute(delete(OrderDiscount).where(OrderDiscount.order_id == order.id))
    if order.vouchers is not None:
        for gone in (DiscountLog, DiscountUse):
            await session.execute(delete(gone).where(gone.order_id == order.id))
        order.vouchers = None
    await _insert(session, OrderDiscount, _named(order, explained))


async def _replace(session: AsyncSession, order: Order, sale: Sale, discounted: Discounted) -> None:
    for gone in (OrderDiscount, DiscountLog, DiscountUse):
        await session.execute(delete(gone).where(gone.order_id == order.id))
    await _insert(session, OrderDiscount, _named(order, named_discounts(discounted)))
    for table, rows in use_rows(sale, discounted, order.lines).items():
        await _insert(session, table, rows)


def _named(order: Order, discounts: Sequence[NewDiscount]) -> list[dict[str, Any]]:
    return [
        {"id": new_id(), "order_id": order.id, **{name: getattr(one, name) for name in one.__dataclass_fields__}}
        for one in discounts
    ]


async def _insert(session: AsyncSession, table: type[Base], rows: list[dict[str, Any]]) -> None:
    if rows:
        await session.execute(insert(table), rows)
