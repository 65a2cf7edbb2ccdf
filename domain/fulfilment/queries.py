"""Reads of delivery notes and packing lists."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from domain.kernel.refusals import NotFound, Path

from .models import DeliveryNote, DeliveryNoteLine, DeliveryNoteState, PackingList


async def noted_quantities(
    session: AsyncSession, order_id: UUID, *, handed_over: bool | None = None
) -> Mapping[UUID, Decimal]:
    """Quantities per order line on delivery notes that are not void; `handed_over` narrows to one of the two states."""
    states = {
        None: (DeliveryNoteState.OPEN, DeliveryNoteState.HANDED_OVER),
        True: (DeliveryNoteState.HANDED_OVER,),
        False: (DeliveryNoteState.OPEN,),
    }[handed_over]
    rows = await session.execute(
        select(DeliveryNoteLine.order_line_id, func.sum(DeliveryNoteLine.quantity))
        .join(DeliveryNote, DeliveryNote.id == DeliveryNoteLine.delivery_note_id)
        .where(DeliveryNote.order_id == order_id, DeliveryNote.state.in_(states))
        .group_by(DeliveryNoteLine.order_line_id)
    )
    return {row[0]: row[1] for row in rows}


async def delivery_note(
    session: AsyncSession, note_id: UUID, *, lines: bool = False, path: Path = ("id",)
) -> DeliveryNote:
    """A delivery note. Raises `NotFound` at `path`."""
    statement = select(DeliveryNote).where(DeliveryNote.id == note_id)
    if lines:
        statement = statement.options(selectinload(DeliveryNote.lines))
    note = await session.scalar(statement)
    if note is None:
        raise NotFound("delivery note", note_id, path=path)
    return note


async def packing_list(session: AsyncSession, list_id: UUID, *, path: Path = ("id",)) -> PackingList:
    """A packing list with its parcels. Raises `NotFound` at `path`."""
    found = await session.scalar(
        select(PackingList).where(PackingList.id == list_id).options(selectinload(PackingList.parcels))
    )
    if found is None:
        raise NotFound("packing list", list_id, path=path)
    return found
