"""Writing the diary. Like history and outbox, it is written by whoever has something to say, in their transaction.

An entry is either about one arrived item (`item_id`), one per cause, or standing: about a channel or an order there,
one open entry per cause.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import Boolean, Row, func, literal_column, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.changes.models import DIARY_CHANGED, DIARY_OPENED, DIARY_RESOLVED, Change
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id

from .models import DiaryEntry, DiaryState, Direction

_OF_AN_ITEM = text("item_id IS NOT NULL")
_STANDING = text("item_id IS NULL AND state = 'OPEN'")
_DONE = (DiaryState.RESOLVED, DiaryState.IGNORED)
_TOLD = (
    *(DiaryEntry.id, DiaryEntry.channel_id, DiaryEntry.order_id, DiaryEntry.state),
    literal_column("diary.xmax = 0", Boolean).label("is_new"),
)
Written: TypeAlias = Row[UUID, UUID, UUID | None, DiaryState, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What to say: `cause` is a key such as `sku:ABC-1`, `message` and `remedy` are for people."""

    channel_id: UUID
    cause: str
    message: str
    remedy: str | None = None
    direction: Direction = Direction.IN
    state: DiaryState = DiaryState.OPEN
    external_id: str | None = None
    order_id: UUID | None = None
    item_id: UUID | None = None


async def write_item_notes(session: AsyncSession, notes: Sequence[Note]) -> None:
    """Writes entries about items; one that is there for the same item and cause is brought up to date, and reopened."""
    latest = {(note.item_id, note.cause): note for note in notes}
    if not latest:
        return
    statement = insert(DiaryEntry)
    new = statement.excluded
    written = await session.execute(
        statement.on_conflict_do_update(
            index_elements=["item_id", "cause"],
            index_where=_OF_AN_ITEM,
            set_={
                "message": new.message,
                "remedy": new.remedy,
                "state": new.state,
                "external_id": new.external_id,
                "order_id": new.order_id,
                "resolved_at": new.resolved_at,
            },
        ).returning(*_TOLD),
        [_row(note) for note in latest.values()],
    )
    await _tell(session, written.all())


async def open_standing(session: AsyncSession, note: Note) -> None:
    """Opens a standing entry for a person; one that is open already for the same cause is brought up to date."""
    statement = insert(DiaryEntry)
    new = statement.excluded
    written = await session.execute(
        statement.values(_row(note))
        .on_conflict_do_update(
            index_elements=["channel_id", "cause", "external_id"],
            index_where=_STANDING,
            set_={
                "message": new.message,
                "remedy": new.remedy,
                "order_id": func.coalesce(new.order_id, DiaryEntry.order_id),
            },
        )
        .returning(*_TOLD)
    )
    await _tell(session, written.all())


async def resolve_standing(
    session: AsyncSession, channel_id: UUID, causes: Collection[str], external_id: str | None
) -> None:
    """Closes what stood open for these causes."""
    closed = await session.execute(
        update(DiaryEntry)
        .where(
            DiaryEntry.channel_id == channel_id,
            DiaryEntry.cause.in_(causes),
            DiaryEntry.external_id.is_not_distinct_from(external_id),
            DiaryEntry.item_id.is_(None),
            DiaryEntry.state == DiaryState.OPEN,
        )
        .values(state=DiaryState.RESOLVED, resolved_at=utc_now())
        .returning(DiaryEntry.id, DiaryEntry.channel_id, DiaryEntry.order_id),
        execution_options={"synchronize_session": False},
    )
    for row in closed:
        _put(session, DIARY_RESOLVED, row.id, row.channel_id, row.order_id)


async def tell_resolved(session: AsyncSession, entries: Iterable[DiaryEntry]) -> None:
    """Puts into the change feed that a person closed these."""
    for entry in entries:
        _put(session, DIARY_RESOLVED, entry.id, entry.channel_id, entry.order_id)


async def _tell(session: AsyncSession, written: Sequence[Written]) -> None:
    """Puts into the change feed what was inserted or, where it was there, updated. An entry that is born settled, as
    of a duplicate, is no news.
    """
    for row in written:
        kind = DIARY_RESOLVED if row.state in _DONE else DIARY_OPENED if row.is_new else DIARY_CHANGED
        if not (row.is_new and row.state in _DONE):
            _put(session, kind, row.id, row.channel_id, row.order_id)


def _put(session: AsyncSession, kind: str, entry_id: UUID, channel_id: UUID, order_id: UUID | None) -> None:
    session.add(Change(at=utc_now(), kind=kind, subject_id=entry_id, channel_id=channel_id, order_id=order_id))
    session.info["outbox"] = True


def _row(note: Note) -> dict[str, object]:
    now = utc_now()
    return {
        "id": new_id(),
        "at": now,
        "channel_id": note.channel_id,
        "direction": note.direction,
        "cause": note.cause,
        "message": note.message,
        "remedy": note.remedy,
        "state": note.state,
        "external_id": note.external_id,
        "order_id": note.order_id,
        "item_id": note.item_id,
        "resolved_at": now if note.state in _DONE else None,
    }
