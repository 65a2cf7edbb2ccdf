"""The proof that the stock adds up (spec STK-1): on hand and quarantine are the sums of their moves, reserved that of
its reservations. And the repair of what does not."""

from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.types import Uuid

from .models import StockLevel

_TRUTH = """
    SELECT warehouse_id, variant_id,
        coalesce(on_hand, 0) AS on_hand, coalesce(moved, 0) AS moved,
        coalesce(reserved, 0) AS reserved, coalesce(kept, 0) AS kept,
        coalesce(quarantined, 0) AS quarantined, coalesce(set_apart, 0) AS set_apart
    FROM stock_levels
    FULL JOIN (
        SELECT warehouse_id, variant_id, sum(quantity) AS moved, sum(quarantined) AS set_apart
        FROM stock_moves {only} GROUP BY 1, 2
    ) AS moves USING (warehouse_id, variant_id)
    FULL JOIN (
        SELECT warehouse_id, variant_id, sum(quantity) AS kept FROM reservations {only} GROUP BY 1, 2
    ) AS holds USING (warehouse_id, variant_id)
"""
_ONE = "WHERE warehouse_id = :warehouse AND variant_id = :variant"
_FAULTS = text(
    f"SELECT * FROM ({_TRUTH.format(only='')}) AS truth "  # noqa: S608 - texts of our own
    "WHERE (on_hand, reserved, quarantined) IS DISTINCT FROM (moved, kept, set_apart) "
    "ORDER BY warehouse_id, variant_id"
)
_OF_ONE = text(f"SELECT * FROM ({_TRUTH.format(only=_ONE)}) AS truth {_ONE}").bindparams(  # noqa: S608
    bindparam("warehouse", type_=Uuid()), bindparam("variant", type_=Uuid())
)


class StockFault(NamedTuple):
    """A level that is not the sum of what explains it: moves (`moved`, `set_apart`) and reservations (`kept`)."""

    warehouse_id: UUID
    variant_id: UUID
    on_hand: Decimal
    moved: Decimal
    reserved: Decimal
    kept: Decimal
    quarantined: Decimal
    set_apart: Decimal

    @property
    def adds_up(self) -> bool:
        return (self.on_hand, self.reserved, self.quarantined) == (self.moved, self.kept, self.set_apart)

    @property
    def can_be_repaired(self) -> bool:
        """Whether moves and reservations make a possible level: nothing below zero, and no more kept than is there."""
        return min(self.kept, self.set_apart, self.moved - self.kept - self.set_apart) >= 0


async def prove_stock(connection: AsyncSession | AsyncConnection) -> list[StockFault]:
    """The levels that do not add up: none, or something wrote past the use cases."""
    return [StockFault(*row) for row in (await connection.execute(_FAULTS)).all()]


async def repair_stock(session: AsyncSession) -> list[StockFault]:
    """Sets the levels that do not add up to what moves and reservations tell, and returns them as they were found.

    The ledger is the truth; nothing is written into it. Each level is looked at again under its lock, since an order
    may have been confirmed meanwhile. One whose ledger and reservations contradict each other (`can_be_repaired`) stays
    as it is: a person counts the shelf, and corrects.
    """
    repaired = []
    for found in await prove_stock(session):
        place = {"warehouse": found.warehouse_id, "variant": found.variant_id}
        await session.execute(
            insert(StockLevel)
            .values(warehouse_id=found.warehouse_id, variant_id=found.variant_id, on_hand=0, reserved=0, quarantined=0)
            .on_conflict_do_nothing()
        )
        here = (StockLevel.warehouse_id == found.warehouse_id, StockLevel.variant_id == found.variant_id)
        await session.execute(select(StockLevel.variant_id).where(*here).with_for_update())
        fault = StockFault(*(await session.execute(_OF_ONE, place)).one())
        if fault.adds_up:
            continue
        repaired.append(fault)
        if fault.can_be_repaired:
            await session.execute(
                update(StockLevel)
                .where(*here)
                .values(on_hand=fault.moved, reserved=fault.kept, quarantined=fault.set_apart)
                .execution_options(synchronize_session=False)
            )
    return repaired
