"""Goods go from one warehouse to another (spec STK-1): a move out of the one and into the other, with one cause."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.kernel.ids import new_id
from domain.kernel.refusals import invalid
from domain.procurement.receive import goods_came
from domain.stock.correct import check_quantity, check_reason
from domain.stock.find import variant_by_sku, warehouse_by_code
from domain.stock.holders import not_free
from domain.stock.levels import Change, change_levels, locked_level
from domain.stock.models import MoveKind


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferStock:
    """`source` and `target` are codes of warehouses."""

    sku: str
    quantity: Decimal
    source: str
    target: str
    reason: str


async def transfer_stock(session: AsyncSession, actor: Actor, command: TransferStock) -> str:
    """Takes what no order holds from the one and adds it to the other; returns the SKU.

    Levels are locked in the order of their warehouses. Raises NotFound for a warehouse, Invalid for the rest.
    """
    check_reason(command.reason)
    check_quantity("quantity", command.quantity)
    source = await warehouse_by_code(session, command.source, field="source")
    target = await warehouse_by_code(session, command.target, field="target", takes_in=True)
    if source == target:
        raise invalid(("target",), "SAME", "Name another warehouse than that which the goods are in.")
    variant_id = await variant_by_sku(session, command.sku)
    cause_id, reason = new_id(), command.reason.strip()
    for warehouse_id in sorted((source, target)):
        quantity = command.quantity
        if warehouse_id == source:
            level = await locked_level(session, source, variant_id, command.sku)
            if level.available < quantity:
                raise await not_free(session, "quantity", level, source, variant_id)
            quantity = -quantity
        change = {variant_id: Change(quantity)}
        await change_levels(session, actor, MoveKind.TRANSFER, warehouse_id, change, reason=reason, cause_id=cause_id)
    await goods_came(session, target, {variant_id: command.quantity})
    return command.sku
