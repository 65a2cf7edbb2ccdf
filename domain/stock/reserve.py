"""Keeping stock for an order, and letting it go (spec STK-2). The order's row is locked by the caller."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Numeric, Row, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from .errors import MissingStock
from .models import FREE, Reservation, StockLevel
from .rules import NOTHING, Demand, allot, shortages, total_demand

_AVAILABLE = (
    select(StockLevel.variant_id, FREE.label("free"))
    .where(
        StockLevel.warehouse_id == bindparam("warehouse"),
        StockLevel.variant_id == func.any(bindparam("variants", type_=ARRAY(Uuid()))),
    )
    .order_by(StockLevel.variant_id)
)
_LOCKED = _AVAILABLE.with_for_update()

_RESERVE = text("""
    WITH kept AS (
        INSERT INTO reservations (order_line_id, order_id, warehouse_id, variant_id, quantity)
        SELECT id, order_id, :warehouse, variant_id, quantity
        FROM order_lines WHERE order_id = :order AND variant_id IS NOT NULL AND quantity > 0
        RETURNING variant_id, quantity
    )
    UPDATE stock_levels SET reserved = reserved + wanted.quantity
    FROM (SELECT variant_id, sum(quantity) AS quantity FROM kept GROUP BY variant_id) AS wanted
    WHERE stock_levels.warehouse_id = :warehouse AND stock_levels.variant_id = wanted.variant_id
""").bindparams(bindparam("warehouse", type_=Uuid()), bindparam("order", type_=Uuid()))

_KEEP = text("""
    UPDATE stock_levels SET reserved = reserved + taken.quantity
    FROM unnest(:variants, :quantities) AS taken (variant_id, quantity)
    WHERE stock_levels.warehouse_id = :warehouse AND stock_levels.variant_id = taken.variant_id
""").bindparams(
    bindparam("warehouse", type_=Uuid()),
    bindparam("variants", type_=ARRAY(Uuid())),
    bindparam("quantities", type_=ARRAY(Numeric())),
)

_LOCK_RESERVED = (
    select(StockLevel.variant_id)
    .where(
        select(Reservation)
        .where(
            Reservation.order_id == bindparam("order"),
            Reservation.warehouse_id == StockLevel.warehouse_id,
            Reservation.variant_id == StockLevel.variant_id,
        )
        .exists()
    )
    .order_by(StockLevel.warehouse_id, StockLevel.variant_id)
    .with_for_update()
)

_RELEASE = text("""
    WITH gone AS (
        DELETE FROM reservations WHERE order_id = :order RETURNING warehouse_id, variant_id, quantity
    ), freed AS (
        UPDATE stock_levels SET reserved = reserved - loose.quantity
        FROM (
            SELECT warehouse_id, variant_id, sum(quantity) AS quantity FROM gone GROUP BY warehouse_id, variant_id
        ) AS loose
        WHERE stock_levels.warehouse_id = loose.warehouse_id AND stock_levels.variant_id = loose.variant_id
    )
    SELECT variants.sku, sum(gone.quantity) AS quantity FROM gone JOIN variants ON variants.id = gone.variant_id
    GROUP BY variants.sku ORDER BY variants.sku
""").bindparams(bindparam("order", type_=Uuid()))


class Wish(NamedTuple):
    """What an order line wants of a variant."""

    line_id: UUID
    variant_id: UUID
    quantity: Decimal


async def reserve(
    session: AsyncSession, order_id: UUID, warehouse_id: UUID, demands: Sequence[Demand]
) -> list[MissingStock]:
    """Reserves all that the order's lines ask of the warehouse, or nothing; returns what is missing.

    `demands` are the order's lines with a variant. Levels are locked in the order of their variants, so that orders
    that want the same goods queue and never deadlock.
    """
    wanted = total_demand(demands)
    if not wanted:
        return []
    parameters = {"warehouse": warehouse_id, "variants": [demand.variant_id for demand in wanted]}
    missing = shortages(wanted, _by_variant((await session.execute(_LOCKED, parameters)).all()))
    if not missing:
        await session.execute(_RESERVE, {"warehouse": warehouse_id, "order": order_id})
    return missing


async def reserve_part(
    session: AsyncSession, order_id: UUID, warehouse_id: UUID, wanted: Sequence[Wish]
) -> dict[UUID, Decimal]:
    """Reserves what there is for these lines of the order, the first one first; returns it by line (spec STK-5).

    Levels are locked as `reserve` does it. A line that has a reservation gets more of it.
    """
    variants = sorted({wish.variant_id for wish in wanted})
    rows = await session.execute(_LOCKED, {"warehouse": warehouse_id, "variants": variants})
    taken = allot(wanted, _by_variant(rows.all()))
    if not taken:
        return {}
    sums: dict[UUID, Decimal] = {}
    for wish in wanted:
        if wish.line_id in taken:
            sums[wish.variant_id] = sums.get(wish.variant_id, NOTHING) + taken[wish.line_id]
    statement = insert(Reservation).values(
        [
            {
                "order_line_id": wish.line_id,
                "order_id": order_id,
                "warehouse_id": warehouse_id,
                "variant_id": wish.variant_id,
                "quantity": taken[wish.line_id],
            }
            for wish in wanted
            if wish.line_id in taken
        ]
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["order_line_id"], set_={"quantity": Reservation.quantity + statement.excluded.quantity}
        )
    )
    await session.execute(_KEEP, {"warehouse": warehouse_id, "variants": list(sums), "quantities": list(sums.values())})
    return taken


async def missing_now(session: AsyncSession, warehouse_id: UUID, demands: Sequence[Demand]) -> list[MissingStock]:
    """What is missing at this moment, without a lock: for showing, not for deciding."""
    wanted = total_demand(demands)
    if not wanted:
        return []
    parameters = {"warehouse": warehouse_id, "variants": [demand.variant_id for demand in wanted]}
    return shortages(wanted, _by_variant((await session.execute(_AVAILABLE, parameters)).all()))


async def release(session: AsyncSession, order_id: UUID) -> dict[str, Decimal]:
    """Lets go what is still reserved for the order; returns quantities by SKU."""
    await session.execute(_LOCK_RESERVED, {"order": order_id})
    rows = await session.execute(_RELEASE, {"order": order_id})
    return {row.sku: row.quantity for row in rows}


def _by_variant(rows: Sequence[Row[UUID, Decimal]]) -> dict[UUID, Decimal]:
    return {row[0]: row[1] for row in rows}
