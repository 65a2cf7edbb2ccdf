"""Who holds what a level cannot give: said in refusals, so that a person knows which orders to ask for it."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.money import plain
from domain.kernel.refusals import Invalid, invalid
from domain.orders.models import Order

from .levels import Level
from .models import Reservation

NAMED = 5


async def not_free(session: AsyncSession, field: str, level: Level, warehouse_id: UUID, variant_id: UUID) -> Invalid:
    """The refusal of taking more than is free: how much is, how much is reserved, and for which orders."""
    rows = (
        await session.execute(
            select(Order.number, func.count().over())
            .join(Reservation, Reservation.order_id == Order.id)
            .where(Reservation.warehouse_id == warehouse_id, Reservation.variant_id == variant_id)
            .group_by(Order.number)
            .order_by(Order.number)
            .limit(NAMED)
        )
    ).all()
    words = f"Only {plain(level.available)} of {level.sku} are free."
    if level.quarantined:
        words += f" {plain(level.quarantined)} are in quarantine."
    if rows:
        more = rows[0][1] - len(rows)
        numbers = ", ".join(str(row[0]) for row in rows) + (f" and {more} more" if more else "")
        words += f" {plain(level.reserved)} are reserved for order {numbers}: move those to Stock Unavailable first."
    return invalid((field,), "RESERVED", words)
