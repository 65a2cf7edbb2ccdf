"""The proof that the counts of the tabs are true, and their repair (spec ORD-6)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from .status import Status

_LOCK = 7_205_081_127  # any number that no other advisory lock of ours uses

_DIFFERENCES = """
    WITH shown AS (
        SELECT channel_id, status, sum(n)::bigint AS shown FROM (
            SELECT channel_id, status, count AS n FROM status_counts
            UNION ALL SELECT channel_id, status, delta FROM status_count_deltas
        ) parts GROUP BY channel_id, status
    ), counted AS (
        SELECT channel_id, status, count(*) AS counted FROM orders GROUP BY channel_id, status
    ), differences AS (
        SELECT channel_id, status, coalesce(shown, 0) AS shown, coalesce(counted, 0) AS counted
        FROM shown FULL JOIN counted USING (channel_id, status)
        WHERE coalesce(shown, 0) <> coalesce(counted, 0)
    )
"""
_MEND = """
    , mended AS (
        INSERT INTO status_count_deltas (channel_id, status, delta)
        SELECT channel_id, status, counted - shown FROM differences
    )
"""
_NAMED = """
    SELECT channel_id, slug, status, shown, counted FROM differences LEFT JOIN channels ON channels.id = channel_id
    ORDER BY slug, channel_id, status
"""
_CHECK = text(_DIFFERENCES + _NAMED)
_REPAIR = text(_DIFFERENCES + _MEND + _NAMED)


@dataclass(frozen=True, slots=True)
class CountDifference:
    """A count that is shown and is not what there is. `channel` is its slug, or its id if there is no such channel."""

    channel: str
    status: Status
    shown: int
    counted: int


async def count_differences(connection: AsyncConnection | AsyncSession) -> list[CountDifference]:
    """The counts that are not true, by channel and status, as of one moment. Counts all orders: slow."""
    return [_difference(*row) for row in (await connection.execute(_CHECK)).all()]


async def repair_counts(session: AsyncSession) -> list[CountDifference]:
    """Sets the counts right, and returns what was wrong. Orders may move meanwhile: what is appended is the difference
    of one moment, in which every move has written both its order and its count. Two repairs wait for each other.
    """
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    return [_difference(*row) for row in (await session.execute(_REPAIR)).all()]


def _difference(channel_id: UUID, slug: str | None, status: int, shown: int, counted: int) -> CountDifference:
    return CountDifference(slug or str(channel_id), Status(status), int(shown), int(counted))
