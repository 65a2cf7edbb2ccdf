"""The stock of pre-orders is looked at when their date nears (spec PRE-1): those that lack goods then go to Stock
Unavailable, with what is missing and a request for it, as other orders do on entry."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Date, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel
from domain.kernel.actor import SYSTEM
from domain.kernel.clock import utc_now
from domain.orders.models import Order
from domain.orders.queries import lines_of, order_for_update
from domain.stock.reserve import missing_now

from .check_entry import CHECKED
from .effects.confirm import demands_of, fall_short

LIMIT = 200

_NEAR = (
    select(Order.id)
    .join(Channel, Channel.id == Order.channel_id)
    .where(
        Order.promised_on.is_not(None),
        Order.promised_on - bindparam("today", type_=Date()) <= Channel.pre_order_check_days,
        Order.status.in_(CHECKED),
        Order.test.is_(False),
    )
)


async def near_pre_orders(session: AsyncSession, after: UUID | None = None, limit: int = LIMIT) -> Sequence[UUID]:
    """New orders whose promised date is near enough for their channel, by id, from after one on."""
    statement = _NEAR.order_by(Order.id).limit(limit)
    if after is not None:
        statement = statement.where(Order.id > after)
    return (await session.scalars(statement, {"today": utc_now().date()})).all()


async def check_pre_order(session: AsyncSession, order_id: UUID) -> bool:
    """Looks at one; says whether it lacks goods. What was confirmed, cancelled or moved meanwhile is left as it is.

    Unlike on entry, a variant that was never counted is missing: the goods are wanted now.
    """
    order = await order_for_update(session, order_id)
    today = {"today": utc_now().date()}
    if await session.scalar(_NEAR.where(Order.id == order_id), today) is None:
        return False
    channel = await session.get_one(Channel, order.channel_id)
    lines = await lines_of(session, order)
    missing = await missing_now(session, channel.warehouse_id, demands_of(lines))
    if missing:
        reason = f"promised for {order.promised_on}: its stock was checked"
        await fall_short(session, SYSTEM, order, missing, lines, reason, {}, on_entry=True)
        await session.flush()
    return bool(missing)
