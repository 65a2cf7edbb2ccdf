"""Goods come in (spec STK-4): the approval of a receipt note adds them to the stock, once, and ends what was procured.

Orders that waited for them are not confirmed by it: they are listed as those that can be, and a person does it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.models import Variant
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.refusals import invalid
from domain.procurement.receive import goods_came
from domain.stock.levels import Change, Level, change_levels
from domain.stock.models import MoveKind, ReceiptNote, ReceiptState, Warehouse
from domain.stock.receipts import ReceiptContents, ReceivedLine, create_receipt, draft_for_update


class StockLine(NamedTuple):
    sku: str
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveStock:
    """Goods that arrived; `warehouse` is a code (None: the main one)."""

    lines: Sequence[StockLine]
    warehouse: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveReceipt:
    note_id: UUID
    expected_version: int | None = None


async def receive_stock(session: AsyncSession, actor: Actor, command: ReceiveStock) -> list[Level]:
    """Makes a receipt note and approves it at once; returns the levels of the SKUs, in the order of the lines.

    Raises NotFound for a warehouse, Invalid naming every line that cannot be used; nothing is added then.
    """
    note = await create_receipt(
        session,
        actor,
        ReceiptContents(
            lines=[ReceivedLine(sku=line.sku, quantity=line.quantity) for line in command.lines],
            warehouse=command.warehouse,
            reason=command.reason,
        ),
    )
    return await approve_receipt(session, actor, ApproveReceipt(note_id=note.id), field="lines")


async def approve_receipt(
    session: AsyncSession, actor: Actor, command: ApproveReceipt, *, field: str = "id"
) -> list[Level]:
    """Adds the goods of a draft to the stock; returns the levels of its SKUs after it, in the order of its lines.

    Raises NotFound, StaleVersion, and Invalid for a note that was approved or cancelled, a warehouse that is switched
    off, or (at `field`) more than a level can hold.
    """
    note = await draft_for_update(session, command.note_id, command.expected_version, lines=True)
    warehouse = await session.get_one(Warehouse, note.warehouse_id)
    if not warehouse.active:
        raise invalid(("id",), "DISABLED", f"The warehouse {warehouse.code} is switched off and takes nothing in.")
    sums: dict[UUID, Decimal] = {}
    for line in note.lines:
        sums[line.variant_id] = sums.get(line.variant_id, Decimal(0)) + line.quantity
    changes = {variant_id: Change(quantity) for variant_id, quantity in sums.items()}
    levels = await change_levels(
        session,
        actor,
        MoveKind.RECEIPT,
        note.warehouse_id,
        changes,
        reason=note.reason,
        cause_id=note.id,
        field=field,
    )
    await goods_came(session, note.warehouse_id, sums)
    _approved(note, actor)
    await session.flush()
    rows = await session.execute(select(Variant.id, Variant.sku).where(Variant.id.in_(sums)))
    skus = {row[0]: row[1] for row in rows}
    return [Level(skus[variant_id], *levels[variant_id]) for variant_id in sums]


def _approved(note: ReceiptNote, actor: Actor) -> None:
    note.state = ReceiptState.APPROVED
    note.approved_at = utc_now()
    note.approved_by = actor.label
    note.version += 1
