"""Moves that an import asks for. One that is refused changes nothing, and the import goes on."""

from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.kernel.refusals import Refusal
from domain.orders.models import Order
from domain.orders.queries import order_for_update
from domain.orders.status import Status

from .move import MoveOrder, move_order


async def try_move(session: AsyncSession, actor: Actor, order: Order, to: Status, reason: str) -> Refusal | None:
    """Moves the order; None when it went, else the refusal, and the order is as it was."""
    await session.flush()
    work_was_asked = session.info.get("outbox", False)
    try:
        async with session.begin_nested():
            await move_order(session, actor, MoveOrder(order_id=order.id, to=to, reason=reason))
    except Refusal as refusal:
        # Undoing the savepoint expired the order, and forgot that work had been asked for before it.
        await order_for_update(session, order.id, lines=True)
        session.info["outbox"] = work_was_asked
        return refusal
    return None
