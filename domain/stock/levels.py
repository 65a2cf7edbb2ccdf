"""The one writer of levels outside of reservations: each change is written with the move that explains it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Numeric, bindparam, insert, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.money import plain
from domain.kernel.refusals import invalid

from .models import MoveKind, StockLevel, StockMove
from .rules import QUANTITY_LIMIT

NOTHING = Decimal(0)


_VARIANTS = bindparam("variants", type_=ARRAY(Uuid()))
_WAREHOUSE = bindparam("warehouse", type_=Uuid())
_MAKE = text("""
    INSERT INTO stock_levels (warehouse_id, variant_id, on_hand, reserved, quarantined)
    SELECT :warehouse, variant_id, 0, 0, 0 FROM unnest(:variants) AS variant_id ORDER BY variant_id
    ON CONFLICT (warehouse_id, variant_id) DO NOTHING
""").bindparams(_WAREHOUSE, _VARIANTS)
_LOCK = text("""
    SELECT variant_id, on_hand FROM stock_levels WHERE warehouse_id = :warehouse AND variant_id = ANY(:variants)
    ORDER BY variant_id FOR UPDATE
""").bindparams(_WAREHOUSE, _VARIANTS)
_CHANGE = text("""
    UPDATE stock_levels
    SET on_hand = stock_levels.on_hand + change.on_hand, quarantined = stock_levels.quarantined + change.quarantined
    FROM unnest(:variants, :on_hand, :quarantined) AS change (variant_id, on_hand, quarantined)
    WHERE stock_levels.warehouse_id = :warehouse AND stock_levels.variant_id = change.variant_id
    RETURNING stock_levels.variant_id, stock_levels.on_hand, stock_levels.reserved, stock_levels.quarantined
""").bindparams(
    _WAREHOUSE,
    _VARIANTS,
    bindparam("on_hand", type_=ARRAY(Numeric(14, 3))),
    bindparam("quarantined", type_=ARRAY(Numeric(14, 3))),
)


@dataclass(frozen=True, slots=True)
class Level:
    """What a warehouse has of a SKU."""

    sku: str
    on_hand: Decimal
    reserved: Decimal
    quarantined: Decimal = NOTHING

    @property
    def available(self) -> Decimal:
        return self.on_hand - self.reserved - self.quarantined


class Change(NamedTuple):
    """What is added to what is on hand, and to what of it is in quarantine; below 0: taken."""

    on_hand: Decimal = NOTHING
    quarantined: Decimal = NOTHING


async def locked_level(session: AsyncSession, warehouse_id: UUID, variant_id: UUID, sku: str) -> Level:
    """The level of a variant, locked; nothing of it where it never came in."""
    row = (
        await session.execute(
            select(StockLevel.on_hand, StockLevel.reserved, StockLevel.quarantined)
            .where(StockLevel.warehouse_id == warehouse_id, StockLevel.variant_id == variant_id)
            .with_for_update()
        )
    ).one_or_none()
    return Level(sku, *row) if row is not None else Level(sku, NOTHING, NOTHING)


async def change_levels(
    session: AsyncSession,
    actor: Actor,
    kind: MoveKind,
    warehouse_id: UUID,
    changes: Mapping[UUID, Change],
    *,
    reason: str | None = None,
    cause_id: UUID | None = None,
    field: str = "quantity",
) -> dict[UUID, tuple[Decimal, Decimal, Decimal]]:
    """Changes the levels of variants, each with its move; returns on hand, reserved and quarantined after it.

    Levels are locked in the order of their variants. The caller saw to it that nothing falls below what is reserved.
    Raises Invalid at `field` for more than a level can hold.
    """
    variants = sorted(changes)
    parameters = {"warehouse": warehouse_id, "variants": variants}
    await session.execute(_MAKE, parameters)
    for variant_id, on_hand in await session.execute(_LOCK, parameters):
        if on_hand + changes[variant_id].on_hand >= QUANTITY_LIMIT:
            problem = (
                f"There are {plain(on_hand)} already, and a warehouse holds less than {QUANTITY_LIMIT:f} of a SKU."
            )
            raise invalid((field,), "OUT_OF_RANGE", problem)
    amounts = {
        "on_hand": [changes[variant_id].on_hand for variant_id in variants],
        "quarantined": [changes[variant_id].quarantined for variant_id in variants],
    }
    rows = await session.execute(_CHANGE, {**parameters, **amounts})
    levels = {row[0]: (row[1], row[2], row[3]) for row in rows}
    now = utc_now()
    await session.execute(
        insert(StockMove),
        [
            {
                "id": new_id(),
                "at": now,
                "warehouse_id": warehouse_id,
                "variant_id": variant_id,
                "kind": kind,
                "quantity": changes[variant_id].on_hand,
                "quarantined": changes[variant_id].quarantined,
                "cause_id": cause_id,
                "reason": reason,
                "actor": actor.label,
            }
            for variant_id in variants
        ],
    )
    return levels
