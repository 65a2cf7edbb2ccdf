"""Stock Unavailable, when somebody says so (spec STK-3): nothing stays reserved, and what is missing is named.

Before confirmation the levels say what is missing; after it a person found the shelf emptier than the books.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel
from domain.kernel.actor import Actor
from domain.orders.models import Order
from domain.orders.queries import lines_of
from domain.orders.status import Status
from domain.stock.reserve import missing_now

from .confirm import demands_of, fall_short
from .undo import release_stock, void_open_notes


async def lack(session: AsyncSession, actor: Actor, order: Order, to: Status, reason: str | None) -> None:
    """Enters Stock Unavailable; reservations are released and open delivery notes void."""
    await release_stock(session, actor, order)
    await void_open_notes(session, actor, order)
    channel = await session.get_one(Channel, order.channel_id)
    lines = await lines_of(session, order)
    missing = await missing_now(session, channel.warehouse_id, demands_of(lines))
    await fall_short(session, actor, order, missing, lines, reason, {})
