"""Channels that confirm by themselves: it replaces the click, never an approval rule (spec CHN-4)."""

from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel
from domain.kernel.actor import SYSTEM
from domain.orders.models import Order
from domain.orders.status import Status, decide

from .effects.confirm import confirm
from .facts import load_facts

FROM = (Status.DRAFT, Status.PROCESSING, Status.PAID)
REASON = "the channel confirms by itself"


async def auto_confirm(session: AsyncSession, order: Order) -> bool:
    """Confirms the order if its channel does so and nothing bars it; says whether it moved. Its row is locked or new.

    Without stock it is then in Stock Unavailable, as after the click.
    """
    if order.status not in FROM:
        return False
    channel = await session.get_one(Channel, order.channel_id)
    if not channel.auto_confirm:
        return False
    if not decide(await load_facts(session, order, SYSTEM, stock=False), Status.CONFIRMED).allowed:
        return False
    await confirm(session, SYSTEM, order, Status.CONFIRMED, REASON)
    return True
