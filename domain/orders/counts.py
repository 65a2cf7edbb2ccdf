"""How many orders are in each status, for the tabs of the queue.

Changes are appended, folded in the background and summed on read, so that confirmations do not queue for one row.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, func, select, text, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.types import Uuid

from .models import Order, StatusCount, StatusCountDelta
from .status import Status

_FOLD = text("""
    WITH gone AS (
        DELETE FROM status_count_deltas
        WHERE id IN (SELECT id FROM status_count_deltas ORDER BY id LIMIT :batch FOR UPDATE SKIP LOCKED)
        RETURNING channel_id, status, delta
    ), folded AS (
        INSERT INTO status_counts (channel_id, status, count)
        SELECT channel_id, status, sum(delta) FROM gone GROUP BY channel_id, status ORDER BY channel_id, status
        ON CONFLICT (channel_id, status) DO UPDATE SET count = status_counts.count + excluded.count
    )
    SELECT count(*) FROM gone
""")

_parts = union_all(
    select(StatusCount.channel_id, StatusCount.status, StatusCount.count.label("n")),
    select(StatusCountDelta.channel_id, StatusCountDelta.status, StatusCountDelta.delta.label("n")),
).subquery()
_SHOWN = select(_parts.c.status, func.sum(_parts.c.n)).group_by(_parts.c.status)
_SHOWN_OF = _SHOWN.where(_parts.c.channel_id == func.any(bindparam("channels", type_=ARRAY(Uuid()))))
_TRUE = select(Order.status, func.count()).group_by(Order.status)


def count_change(session: AsyncSession, channel_id: UUID, status: Status, delta: int) -> None:
    """Appends a change; written with the unit of work."""
    session.add(StatusCountDelta(channel_id=channel_id, status=status, delta=delta))


async def fold_counts(session: AsyncSession, batch: int = 10_000) -> int:
    """Folds appended changes into the counts; returns how many. Any number of folders may run at once."""
    return int((await session.execute(_FOLD, {"batch": batch})).scalar_one())


async def shown_counts(
    connection: AsyncConnection | AsyncSession, *, channels: Sequence[UUID] | None = None
) -> dict[Status, int]:
    """The counts of all statuses, zeros included; `channels` is the caller's scope (None: every channel)."""
    if channels is None:
        rows = (await connection.execute(_SHOWN)).all()
    else:
        rows = (await connection.execute(_SHOWN_OF, {"channels": list(channels)})).all()
    return _whole({status: int(n) for status, n in rows})


async def counted(
    connection: AsyncConnection | AsyncSession, *, channels: Sequence[UUID] | None = None
) -> dict[Status, int]:
    """The same, counted among the orders that the connection shows: for a seller, who has not too many."""
    statement = _TRUE
    if channels is not None:
        statement = statement.where(Order.channel_id.in_(channels))
    return _whole({row[0]: row[1] for row in (await connection.execute(statement)).all()})


async def true_counts(connection: AsyncConnection | AsyncSession) -> dict[Status, int]:
    """The same, counted; slow, for proofs."""
    return _whole({row[0]: row[1] for row in (await connection.execute(_TRUE)).all()})


def _whole(counts: dict[Status, int]) -> dict[Status, int]:
    return {status: counts.get(status, 0) for status in Status}
