"""The click on "delivery note": for a paid order that is not confirmed yet it confirms first (spec ORD-4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.fulfilment.models import DeliveryNote, DeliveryNoteState
from domain.kernel.actor import Actor
from domain.orders.errors import IllegalMove, NotApproved
from domain.orders.models import Order
from domain.orders.queries import check_version, order_for_update
from domain.orders.status import Status, legal_moves
from domain.stock.errors import MissingStock, StockMissing

from .facts import load_facts
from .fulfil import create_delivery_note
from .move import move_locked


@dataclass(frozen=True, slots=True, kw_only=True)
class AskDeliveryNote:
    """`lines` are quantities by order line; None asks for everything that is on no note yet. `expected_version` is the
    order's; None asks for no check."""

    order_id: UUID
    lines: Mapping[UUID, Decimal] | None = None
    expected_version: int | None = None


async def ask_delivery_note(session: AsyncSession, actor: Actor, command: AskDeliveryNote) -> DeliveryNote:
    """Makes a delivery note; an order in Paid is confirmed with it, and has the note that its channel makes by itself.

    Raises what `create_delivery_note` and confirming raise; `StockMissing` where confirming finds too little,
    `IllegalMove` where approval is awaited.
    """
    order = await order_for_update(session, command.order_id, path=("order",))
    check_version(order, command.expected_version)
    if order.status is Status.PAID:
        moved = await _confirmed(session, actor, order)
        if moved.status is Status.STOCK_UNAVAILABLE:
            raise StockMissing(
                MissingStock(one["sku"], Decimal(one["ordered"]), Decimal(one["available"]))
                for one in order.shortages or ()
            )
        made = await _made_by_itself(session, order)
        if made is not None and command.lines is None:
            return made
    return await create_delivery_note(session, actor, order, command.lines)


async def _confirmed(session: AsyncSession, actor: Actor, order: Order) -> Order:
    try:
        return await move_locked(session, actor, order, Status.CONFIRMED, reason="its delivery note was asked for")
    except NotApproved as refusal:
        open_now = legal_moves(await load_facts(session, order, actor))
        raise IllegalMove(order.status, Status.CONFIRMED, open_now, refusal.message) from refusal


async def _made_by_itself(session: AsyncSession, order: Order) -> DeliveryNote | None:
    return await session.scalar(
        select(DeliveryNote).where(DeliveryNote.order_id == order.id, DeliveryNote.state == DeliveryNoteState.OPEN)
    )
