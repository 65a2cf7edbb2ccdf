"""The stock of orders that come in is looked at on entry, where their channel says so (spec STK-2).

Only a variant that was ever counted in the channel's warehouse can be short then: of one that was not, the levels say
nothing yet. Confirming looks again, and strictly. Nothing is locked for this look: it only sorts the queue.
"""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from domain.channels.models import PRE_ORDERS, Channel
from domain.kernel.actor import SYSTEM
from domain.orders.models import Order, OrderLine
from domain.orders.queries import lines_of
from domain.orders.status import Status
from domain.stock.models import FREE, StockLevel
from domain.stock.rules import shortages, total_demand

from .effects.confirm import demands_of, fall_short

CHECKED = (Status.DRAFT, Status.PROCESSING, Status.PAID)
"""Where an order is new, and its goods are wanted."""

REASON = "its stock was checked on entry"

_SHORT = (
    select(OrderLine.order_id, StockLevel.variant_id, func.min(FREE).label("free"))
    .join(Order, Order.id == OrderLine.order_id)
    .join(Channel, Channel.id == Order.channel_id)
    .join(
        StockLevel,
        and_(StockLevel.variant_id == OrderLine.variant_id, StockLevel.warehouse_id == Channel.warehouse_id),
    )
    .where(
        OrderLine.order_id == any_(bindparam("ids", type_=ARRAY(Uuid()))),
        OrderLine.quantity > 0,
        Order.status.in_(CHECKED),
        Order.test.is_(False),
        Order.promised_on.is_(None),
        Channel.stock_check_on_entry,
        Channel.auto_confirm.is_(False),
        Channel.connector != PRE_ORDERS,
    )
    .group_by(OrderLine.order_id, StockLevel.variant_id)
    .having(func.sum(OrderLine.quantity) > func.min(FREE))
)


async def check_entry(session: AsyncSession, orders: Sequence[Order]) -> None:
    """Moves those of the new orders that lack stock to Stock Unavailable, with what is missing and a request for it.

    One statement looks at all of them. Left out are pre-orders, test orders, and channels that confirm by themselves or
    do not want it.
    """
    await session.flush()
    free: dict[UUID, dict[UUID, Decimal]] = {}
    for order_id, variant_id, left in await session.execute(_SHORT, {"ids": [order.id for order in orders]}):
        free.setdefault(order_id, {})[variant_id] = left
    for order in orders:
        if order.id in free:
            lines = await lines_of(session, order)
            demands = [one for one in total_demand(demands_of(lines)) if one.variant_id in free[order.id]]
            missing = shortages(demands, free[order.id])
            await fall_short(session, SYSTEM, order, missing, lines, REASON, {}, on_entry=True)
