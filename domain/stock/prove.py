"""The proof that the stock adds up (spec STK-1): on hand is the sum of its moves, reserved that of its reservations."""

from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

_FAULTS = text("""
    SELECT warehouse_id, variant_id, coalesce(on_hand, 0), coalesce(moved, 0), coalesce(reserved, 0), coalesce(kept, 0)
    FROM stock_levels
    FULL JOIN (
        SELECT warehouse_id, variant_id, sum(quantity) AS moved FROM stock_moves GROUP BY 1, 2
    ) AS moves USING (warehouse_id, variant_id)
    FULL JOIN (
        SELECT warehouse_id, variant_id, sum(quantity) AS kept FROM reservations GROUP BY 1, 2
    ) AS holds USING (warehouse_id, variant_id)
    WHERE coalesce(on_hand, 0) <> coalesce(moved, 0) OR coalesce(reserved, 0) <> coalesce(kept, 0)
""")


class StockFault(NamedTuple):
    """A level that is not the sum of what explains it."""

    warehouse_id: UUID
    variant_id: UUID
    on_hand: Decimal
    moved: Decimal
    reserved: Decimal
    kept: Decimal


async def prove_stock(connection: AsyncSession | AsyncConnection) -> list[StockFault]:
    """The levels that do not add up: none, or something wrote past the use cases."""
    return [StockFault(*row) for row in (await connection.execute(_FAULTS)).all()]
