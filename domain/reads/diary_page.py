"""A page of the sync diary, newest first (spec SYN-2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, String, any_, bindparam, func, literal_column, select, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

from domain.diary.models import DiaryEntry
from domain.intake.models import InboxCause, InboxItem, InboxState

from .keyset import Page, Sort, Window, beyond, moment, page_of
from .rows import AnySelect, Rows

NEWEST = Sort("diary", moment)

_D = DiaryEntry.__table__.c
_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "state": type_coerce(_D.state, String) == any_(bindparam("state", type_=ARRAY(String()))),
    "channel_id": _D.channel_id == any_(bindparam("channel_id", type_=ARRAY(Uuid()))),
    "cause": _D.cause == bindparam("cause"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DiaryFilter:
    """What must hold of an entry; None (or an empty tuple) does not ask."""

    state: tuple[str, ...] | None = None
    channel_id: tuple[UUID, ...] | None = None
    cause: str | None = None


async def diary_page(connection: AsyncConnection, wanted: Window, where: DiaryFilter) -> Page:
    """Entries with all their columns, then the time that the page is sorted by."""
    given = {name: getattr(where, name) for name in _CONDITIONS}
    values: dict[str, Any] = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in given.items()
        if value is not None and value != ()
    }
    if wanted.place is not None:
        values |= {"place_value": wanted.place[0], "place_id": wanted.place[1]}
    statement = _statement(tuple(name for name in values if name in _CONDITIONS), wanted.place is not None)
    rows = (await connection.execute(statement, {**values, "size": wanted.size + 1})).all()
    return page_of(rows, wanted)


@lru_cache(maxsize=32)
def _statement(conditions: tuple[str, ...], placed: bool) -> AnySelect:
    rows = select(DiaryEntry.__table__, _D.at.label("sorted_by")).where(*(_CONDITIONS[name] for name in conditions))
    if placed:
        place = bindparam("place_value", type_=_D.at.type), bindparam("place_id", type_=Uuid())
        rows = rows.where(beyond(_D.at, _D.id, *place, ascending=False))
    return rows.order_by(_D.at.desc(), _D.id.desc()).limit(bindparam("size"))


_UNSETTLED = select(func.count()).select_from(
    select(literal_column("1"))
    .select_from(DiaryEntry)
    .where(literal_column("diary.state IN ('OPEN', 'WAITING')", Boolean))
    .limit(bindparam("most"))
    .subquery()
)


async def count_unsettled(connection: AsyncConnection, most: int) -> int:
    """How many entries are open or wait for their cause to be mended; counting ends at `most`."""
    return int((await connection.execute(_UNSETTLED, {"most": most})).scalar_one())


_BY_ID = select(DiaryEntry.__table__).where(_D.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))


async def entries_by_id(connection: AsyncConnection, ids: Sequence[UUID]) -> Rows:
    """Entries with all their columns, in no particular order."""
    return (await connection.execute(_BY_ID, {"ids": list(ids)})).all()


_WAITING = (
    select(InboxCause.cause, InboxCause.channel_id, func.count())
    .join(InboxItem, InboxItem.id == InboxCause.item_id)
    .where(InboxItem.state == InboxState.WAITING)
    .where(InboxCause.cause == any_(bindparam("causes", type_=ARRAY(String()))))
    .group_by(InboxCause.cause, InboxCause.channel_id)
)


async def waiting_for(connection: AsyncConnection, causes: Sequence[str]) -> dict[tuple[str, UUID | None], int]:
    """How many items wait, by cause and channel."""
    rows = await connection.execute(_WAITING, {"causes": list(causes)})
    return {(row[0], row[1]): row[2] for row in rows}
