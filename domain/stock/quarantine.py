"""Goods that are there and may not be sold: set apart, and later released or thrown away (spec STK-1)."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.kernel.money import plain
from domain.kernel.refusals import invalid

from .correct import check_quantity, check_reason
from .find import variant_by_sku, warehouse_by_code
from .holders import not_free
from .levels import NOTHING, Change, Level, change_levels, locked_level
from .models import MoveKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine:
    """What of a SKU is set apart or taken back. `discard`: it is not sold again, and leaves the house."""

    sku: str
    quantity: Decimal
    reason: str
    warehouse: str | None = None
    discard: bool = False


async def quarantine_stock(session: AsyncSession, actor: Actor, command: Quarantine) -> Level:
    """Sets goods apart: they stay on hand and can be promised to nobody. Takes only what no order holds.

    Raises NotFound for a warehouse, Invalid for the rest.
    """
    check_reason(command.reason)
    check_quantity("quantity", command.quantity)
    warehouse_id = await warehouse_by_code(session, command.warehouse)
    variant_id = await variant_by_sku(session, command.sku)
    level = await locked_level(session, warehouse_id, variant_id, command.sku)
    if level.available < command.quantity:
        raise await not_free(session, "quantity", level, warehouse_id, variant_id)
    change = {variant_id: Change(quarantined=command.quantity)}
    levels = await change_levels(
        session, actor, MoveKind.QUARANTINE_IN, warehouse_id, change, reason=command.reason.strip()
    )
    return Level(command.sku, *levels[variant_id])


async def release_stock(session: AsyncSession, actor: Actor, command: Quarantine) -> Level:
    """Ends the quarantine of goods: they can be sold again, or, discarded, are no longer on hand.

    Raises NotFound for a warehouse, Invalid for the rest, such as more than is in quarantine.
    """
    check_reason(command.reason)
    check_quantity("quantity", command.quantity)
    warehouse_id = await warehouse_by_code(session, command.warehouse)
    variant_id = await variant_by_sku(session, command.sku)
    level = await locked_level(session, warehouse_id, variant_id, command.sku)
    if level.quarantined < command.quantity:
        raise invalid(("quantity",), "TOO_MUCH", f"Only {plain(level.quarantined)} of {command.sku} are in quarantine.")
    kind = MoveKind.DISCARD if command.discard else MoveKind.QUARANTINE_OUT
    change = Change(-command.quantity if command.discard else NOTHING, -command.quantity)
    levels = await change_levels(
        session, actor, kind, warehouse_id, {variant_id: change}, reason=command.reason.strip()
    )
    return Level(command.sku, *levels[variant_id])
