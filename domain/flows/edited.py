"""An order was edited: the one place where it gets its new version."""

from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.clock import utc_now
from domain.orders.models import Order


async def mark_edited(session: AsyncSession, order: Order) -> None:
    """Bumps the version.

    The order is locked, and what follows from the change (totals, payment state) is written; history is the caller's,
    and after it `reconsider`, where what was changed matters to who approves (spec APR-3).
    """
    order.version += 1
    order.updated_at = utc_now()
    await session.flush()
