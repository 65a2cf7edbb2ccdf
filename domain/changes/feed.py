"""Reading the feed: no gap, nothing twice, nothing late.

A transaction gets its number when it first writes, and becomes visible when it commits; so numbers below the oldest
transaction that still runs in this database are settled. That horizon is asked for first, and what lies before it is
read afterwards: whoever was done before is visible then. A write that takes long holds the feed up for as long.
Of one order, changes come by `seq`, but for transactions that overtook each other: then `seq` tells.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Row, any_, bindparam, exists, select, text, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from .cursor import CursorExpired, Place, decode
from .models import Change, FeedStart

_HORIZON = text("""
    WITH now AS (
        SELECT pg_snapshot_xmin(taken)::text::bigint AS oldest, pg_snapshot_xmax(taken)::text::bigint AS next
        FROM pg_current_snapshot() AS taken
    ), running AS (
        SELECT backend_xid::text::bigint AS number, query = '<insufficient privilege>' AS hidden
        FROM pg_stat_activity WHERE datname = current_database()
    )
    SELECT CASE WHEN bool_or(hidden) THEN oldest ELSE least(next, min(
        next + (number - next % 4294967296 + 6442450944) % 4294967296 - 2147483648
    )) END
    FROM now CROSS JOIN running GROUP BY oldest, next
""")
"""The number below which all is settled: of the transactions of this database, not of the whole server, where a
stranger may keep one open for hours. Activity shows numbers of 32 bits, which are widened by their distance to the
next one. Where a role may not see all of the activity, the server's oldest transaction has to do.
"""
_READ = (
    select(Change.xid, Change.position, Change.at, Change.kind, Change.channel_id, Change.order_id, Change.seq)
    .add_columns(Change.subject_id, Change.data)
    .where(tuple_(Change.xid, Change.position) > tuple_(bindparam("xid"), bindparam("position")))
    .where(Change.xid < bindparam("horizon"))
    .order_by(Change.xid, Change.position)
    .limit(bindparam("size"))
)
_START = select(FeedStart.epoch, FeedStart.xid, FeedStart.position)
_SHOWN = select(Change.position).where(Change.position == any_(bindparam("positions", type_=ARRAY(BigInteger()))))
_PENDING = select(exists().where(Change.xid >= bindparam("horizon")))


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
    return Place(await horizon(connection), 0)


async def horizon(connection: AsyncConnection) -> int:
    """The number below which every transaction of this database has ended."""
    return int((await connection.execute(_HORIZON)).scalar_one())


async def read(connection: AsyncConnection, after: Place, size: int, *, before: int | None = None) -> list[Event]:
    """The next changes that are settled, at most `size`. `before` is the horizon, if it was just asked for; the
    connection is in autocommit, so that the reading sees what ended before.
    """
    limit = await horizon(connection) if before is None else before
    values = {"xid": after.xid, "position": after.position, "horizon": limit, "size": size}
    return [_event(row) for row in await connection.execute(_READ, values)]


async def shown_positions(connection: AsyncConnection, positions: Sequence[int]) -> frozenset[int]:
    """Which of these changes the connection shows."""
    found = await connection.execute(_SHOWN, {"positions": list(positions)})
    return frozenset(found.scalars())


async def pending(connection: AsyncConnection, before: int) -> bool:
    """Whether something is committed that lies behind the horizon, since an older transaction still runs."""
    return bool((await connection.execute(_PENDING, {"horizon": before})).scalar_one())


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
