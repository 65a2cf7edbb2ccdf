"""Reading the feed: no gap, nothing twice, nothing late.

A transaction gets its number when it first writes, and becomes visible when it commits; so numbers below the oldest
transaction that still runs are settled. Readers stop there. A write that takes long holds the feed up for as long.
Of one order, changes come by `seq`, but for transactions that overtook each other: then `seq` tells.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, bindparam, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from .cursor import CursorExpired, Place, decode
from .models import Change, FeedStart

_SETTLED = text("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
_READ = (
    select(Change.xid, Change.position, Change.at, Change.kind, Change.channel_id, Change.order_id, Change.seq)
    .add_columns(Change.subject_id, Change.data)
    .where(tuple_(Change.xid, Change.position) > tuple_(bindparam("xid"), bindparam("position")))
    .where(Change.xid < _SETTLED)
    .order_by(Change.xid, Change.position)
    .limit(bindparam("size"))
)
_START = select(FeedStart.epoch, FeedStart.xid, FeedStart.position)
_NOW = select(_SETTLED)
_PENDING = text(
    "SELECT EXISTS (SELECT FROM changes WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint)"
)


@dataclass(frozen=True, slots=True)
class Event:
    """A change as it is read."""

    place: Place
    at: datetime
    kind: str
    channel_id: UUID | None
    order_id: UUID | None
    seq: int | None
    subject_id: UUID | None
    from_status: int | None
    to_status: int | None


@dataclass(frozen=True, slots=True)
class Start:
    """Where the feed begins now."""

    epoch: UUID
    place: Place


async def start_of(connection: AsyncConnection | AsyncSession) -> Start:
    """Where the feed begins. Raises `LookupError` in a database that nobody prepared (`prepare_feed`)."""
    row = (await connection.execute(_START)).first()
    if row is None:
        raise LookupError("the feed was not prepared")
    return Start(row.epoch, Place(row.xid, row.position))


async def now(connection: AsyncConnection) -> Place:
    """Behind everything that is settled now. Whoever reads his things after this and then follows misses nothing."""
    return Place(int((await connection.execute(_NOW)).scalar_one()), 0)


async def read(connection: AsyncConnection, after: Place, size: int) -> list[Event]:
    """The next changes that are settled, at most `size`."""
    rows = await connection.execute(_READ, {"xid": after.xid, "position": after.position, "size": size})
    return [_event(row) for row in rows]


async def pending(connection: AsyncConnection) -> bool:
    """Whether something is written that is not settled yet, since an older transaction still runs."""
    return bool((await connection.execute(_PENDING)).scalar_one())


async def place_of(connection: AsyncConnection, cursor: str | None) -> tuple[UUID, Place]:
    """The feed's epoch, and the place that a cursor means; without a cursor where the feed begins.

    Raises `Invalid` for what is no cursor, `CursorExpired` for one of another epoch or before the feed's start.
    """
    start = await start_of(connection)
    if cursor is None:
        return start.epoch, start.place
    epoch, place = decode(cursor)
    if epoch != start.epoch or place < start.place:
        raise CursorExpired
    return epoch, place


async def read_page(connection: AsyncConnection, epoch: UUID, after: Place, size: int) -> list[Event]:
    """The next settled changes, at most `size`. Raises `CursorExpired` if some of them were forgotten meanwhile: the
    start is looked at after the reading."""
    events = await read(connection, after, size)
    start = await start_of(connection)
    if epoch != start.epoch or after < start.place:
        raise CursorExpired
    return events


def wanted(events: Sequence[Event], kinds: frozenset[str] | None, channels: frozenset[UUID] | None) -> list[Event]:
    """Those of these kinds and channels (None: all)."""
    return [
        event
        for event in events
        if (kinds is None or event.kind in kinds) and (channels is None or event.channel_id in channels)
    ]


def _event(row: Row[tuple[int, int, datetime, str, UUID | None, UUID | None, int | None]]) -> Event:
    data = row.data or {}
    return Event(
        place=Place(row.xid, row.position),
        at=row.at,
        kind=row.kind,
        channel_id=row.channel_id,
        order_id=row.order_id,
        seq=row.seq,
        subject_id=row.subject_id,
        from_status=data.get("from"),
        to_status=data.get("to"),
    )
