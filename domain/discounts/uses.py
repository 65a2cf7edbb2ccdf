"""The uses of rules, when orders or customers go."""

from uuid import UUID

from sqlalchemy import delete, func, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.locks import lock_names

from .models import DiscountLog, DiscountUse, TradeDiscount


async def give_uses_back(session: AsyncSession, order_id: UUID) -> None:
    """A cancelled order uses nothing: its vouchers can be used again. The log keeps what it saved."""
    await session.execute(delete(DiscountUse).where(DiscountUse.order_id == order_id))


async def move_client(session: AsyncSession, keep_id: UUID, drop_id: UUID) -> None:
    """Two customers are one: rules for the one that goes are for the one that stays, who has the uses of both."""
    await lock_names(session, [TradeDiscount.__tablename__])  # a rule for the one that goes may be in the making
    for table in (DiscountUse, DiscountLog):
        await session.execute(
            update(table).where(table.customer_id == drop_id).values(customer_id=keep_id),
            execution_options={"synchronize_session": False},
        )
    await session.execute(
        update(TradeDiscount)
        .where(TradeDiscount.clients.contains([drop_id]))
        .values(clients=func.array_replace(TradeDiscount.clients, drop_id, keep_id)),
        execution_options={"synchronize_session": False},
    )
