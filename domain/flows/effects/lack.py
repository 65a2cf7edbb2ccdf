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

from ..enter_status import enter_status
from .confirm import demands_of, shortages_data
from .undo import release_stock, void_open_notes


async def lack(session: AsyncSession, actor: Actor, order: Order, to: Status, reason: str | None) -> None:
    """Enters Stock Unavailable; reservations are released and open delivery notes void."""
    await release_stock(session, actor, order)
    await void_open_notes(session, actor, order)
    channel = await session.get_one(Channel, order.channel_id)
    missing = await missing_now(session, channel.warehouse_id, demands_of(await lines_of(session, order)))
    order.shortages = shortages_data(missing)
    await enter_status(session, order, to, actor, reason, {"missing": order.shortages})
