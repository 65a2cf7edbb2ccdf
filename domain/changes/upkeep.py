"""The feed's beginning: prepared once, moved on as old changes are forgotten."""

from datetime import timedelta
from itertools import takewhile

from sqlalchemy import delete, func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id

from .models import Change, FeedStart

_NEWEST_TRANSACTION = text(
    "greatest(pg_snapshot_xmax(pg_current_snapshot()), pg_current_xact_id_if_assigned())::text::bigint"
)
"""What can be seen is of a transaction that has ended, or of this one."""
_BATCH = 10_000


async def prepare_feed(session: AsyncSession) -> None:
    """Makes the feed's start if there is none. May run at every start, and by several processes at once.

    In a database that was restored from a dump, transactions are counted anew, and those of the old feed seem to lie
    in the future: then it is begun afresh, and all cursors have expired.
    """
    await session.execute(
        insert(FeedStart).values(id=1, epoch=new_id(), xid=0, position=0).on_conflict_do_nothing(index_elements=["id"])
    )
    newest = await session.scalar(select(func.max(Change.xid)))
    start = await session.scalar(select(FeedStart.xid))
    if max(newest or 0, start or 0) > await session.scalar(select(_NEWEST_TRANSACTION)):
        await session.execute(delete(Change), execution_options={"synchronize_session": False})
        await session.execute(
            update(FeedStart).values(epoch=new_id(), xid=0, position=0),
            execution_options={"synchronize_session": False},
        )


async def forget_changes(session: AsyncSession, kept: timedelta) -> int:
    """Forgets changes that are older than `kept`, at most 10,000 at a time; returns how many.

    They go in the feed's order, up to the first that is young, so that what is left has no gap. The start moves in
    the same transaction: a reader who is behind it is told so.
    """
    await session.execute(select(FeedStart.id).with_for_update())
    oldest = await session.execute(
        select(Change.xid, Change.position, Change.at).order_by(Change.xid, Change.position).limit(_BATCH)
    )
    before = utc_now() - kept
    old = list(takewhile(lambda row: row.at < before, oldest))
    if not old:
        return 0
    last = old[-1]
    await session.execute(
        delete(Change).where(tuple_(Change.xid, Change.position) <= tuple_(last.xid, last.position)),
        execution_options={"synchronize_session": False},
    )
    await session.execute(
        update(FeedStart).values(xid=last.xid, position=last.position), execution_options={"synchronize_session": False}
    )
    return len(old)
