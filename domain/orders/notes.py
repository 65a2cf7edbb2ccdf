"""Notes on an order: what people tell each other, or the customer (spec ORD-1). They do not bump its version, so that a
note never makes a colleague's edit stale."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.refusals import NotFound, StaleVersion, invalid
from domain.kernel.texts import text_problem

from .history import record
from .models import NoteAudience, Order, OrderNote
from .queries import order_for_update

LONGEST = 10_000
MAX_NOTES = 200
"""Of one order: all of them are shown at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNote:
    order_id: UUID
    text: str
    audience: NoteAudience = NoteAudience.STAFF


@dataclass(frozen=True, slots=True, kw_only=True)
class EditNote:
    note_id: UUID
    text: str
    expected_version: int | None = None


async def add_note(session: AsyncSession, actor: Actor, command: AddNote) -> Order:
    """Raises NotFound, and Invalid for a text that is none, or TOO_MANY notes."""
    text = _checked(command.text)
    order = await order_for_update(session, command.order_id, path=("order",))
    there = await session.scalar(select(func.count()).where(OrderNote.order_id == order.id)) or 0
    if there >= MAX_NOTES:
        raise invalid(("order",), "TOO_MANY", f"An order has at most {MAX_NOTES} notes. Reword one of them.")
    note = OrderNote(
        id=new_id(), order_id=order.id, audience=command.audience, text=text, author=actor.label, at=utc_now()
    )
    session.add(note)
    data = {"note": str(note.id), "audience": note.audience, "text": text}
    await record(session, order, "note_added", actor, data)
    await session.flush()
    return order


async def edit_note(session: AsyncSession, actor: Actor, command: EditNote) -> Order:
    """Rewords a note; the same words again change nothing. Raises NotFound, StaleVersion, and Invalid for a text that
    is none."""
    text = _checked(command.text)
    order_id = await session.scalar(select(OrderNote.order_id).where(OrderNote.id == command.note_id))
    if order_id is None:
        raise NotFound("note", command.note_id, path=("id",))
    order = await order_for_update(session, order_id)
    note = await session.get_one(OrderNote, command.note_id, populate_existing=True)
    if command.expected_version not in (None, note.version):
        raise StaleVersion("note", expected=command.expected_version, current=note.version, key=note.id)
    if note.text != text:
        data = {"note": str(note.id), "from": note.text, "to": text}
        note.text, note.edited_at, note.version = text, utc_now(), note.version + 1
        await record(session, order, "note_edited", actor, data)
    return order


def _checked(text: str) -> str:
    problem = text_problem(text, LONGEST)
    if problem:
        raise invalid(("text",), "NOT_A_TEXT", problem)
    if not text.strip():
        raise invalid(("text",), "EMPTY", "Write what is to be noted.")
    return text.strip()
