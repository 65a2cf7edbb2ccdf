"""A hold ends: the order goes back to where it came from (spec ORD-4)."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.orders.errors import IllegalMove
from domain.orders.inputs import check_text
from domain.orders.models import Order
from domain.orders.queries import check_version, order_for_update
from domain.orders.status import Status, legal_moves

from .facts import load_facts
from .move import move_locked


async def resume_order(
    session: AsyncSession,
    actor: Actor,
    order_id: UUID,
    *,
    expected_version: int | None = None,
    reason: str | None = None,
) -> Order:
    """Raises NotFound, StaleVersion, and IllegalMove for an order that is not on hold."""
    check_text("reason", reason)
    order = await order_for_update(session, order_id)
    check_version(order, expected_version)
    if order.status is not Status.ON_HOLD or order.held_from is None:
        facts = await load_facts(session, order, actor)
        raise IllegalMove(order.status, order.status, legal_moves(facts), "It is not on hold.")
    return await move_locked(session, actor, order, order.held_from, reason=reason)
