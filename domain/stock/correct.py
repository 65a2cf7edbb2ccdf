"""Corrections of what was counted wrong (spec STK-1)."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.kernel.refusals import invalid
from domain.kernel.texts import check_text

from .find import variant_by_sku, warehouse_by_code
from .holders import not_free
from .levels import Change, Level, change_levels, locked_level
from .models import MoveKind
from .rules import quantity_problem


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectStock:
    """The count was wrong by `difference` (negative: less is there)."""

    sku: str
    difference: Decimal
    reason: str
    warehouse: str | None = None


async def correct_stock(session: AsyncSession, actor: Actor, command: CorrectStock) -> Level:
    """Corrects what is on hand, with a move that keeps the reason.

    Raises NotFound for a warehouse, Invalid where orders hold more than would be left, nothing is to correct, or no
    reason is given.
    """
    check_reason(command.reason)
    warehouse_id = await warehouse_by_code(session, command.warehouse)
    variant_id = await variant_by_sku(session, command.sku)
    check_quantity("difference", abs(command.difference))
    level = await locked_level(session, warehouse_id, variant_id, command.sku)
    if level.available + command.difference < 0:
        raise await not_free(session, "difference", level, warehouse_id, variant_id)
    changes = {variant_id: Change(command.difference)}
    levels = await change_levels(
        session, actor, MoveKind.CORRECTION, warehouse_id, changes, reason=command.reason.strip(), field="difference"
    )
    return Level(command.sku, *levels[variant_id])


def check_reason(reason: str) -> None:
    """Raises Invalid for a reason that says nothing or cannot be kept."""
    check_text("reason", reason)
    if not reason.strip():
        raise invalid(("reason",), "MISSING", "Say why the stock is changed.")


def check_quantity(field: str, quantity: Decimal) -> None:
    """Raises Invalid for what is no quantity of goods."""
    problem = quantity_problem(quantity)
    if problem:
        raise invalid((field,), "OUT_OF_RANGE", problem)
