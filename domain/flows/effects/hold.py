"""On hold and back (spec ORD-4): where it came from and why are kept, and so is its reservation."""

from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.orders.models import Order
from domain.orders.status import Status

from ..deliver import deliver_if_complete
from ..enter_status import enter_status


async def hold(session: AsyncSession, actor: Actor, order: Order, to: Status, reason: str | None) -> None:
    """Enters On Hold."""
    order.held_from = order.status
    await enter_status(session, order, to, actor, reason)


async def resume(session: AsyncSession, actor: Actor, order: Order, to: Status, reason: str | None) -> None:
    """Enters the status that the hold interrupted; what entering it did the first time is not done again.

    Parcels do not wait for the hold: if all arrived meanwhile, the order goes on to Delivered.
    """
    order.held_from = None
    await enter_status(session, order, to, actor, reason)
    await deliver_if_complete(session, actor, order)
