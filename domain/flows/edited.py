"""An order was edited: the one place where it gets its new version, and where its approval is asked again."""

from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.clock import utc_now
from domain.orders.models import Order

ASK_AGAIN = 0


async def mark_edited(session: AsyncSession, order: Order, *, asks_again: bool = True) -> None:
    """Bumps the version. `asks_again`: what was changed matters to who approves (spec APR-3).

    The order is locked, and what follows from the change (totals, payment state) is written; history is the caller's.
    """
    order.version += 1
    order.updated_at = utc_now()
    if asks_again and order.approve_status is not None:
        order.approve_status = ASK_AGAIN
    await session.flush()
