"""The outbox rows of work at hand: loading, ending, putting back, giving up."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import delete, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from domain.kernel.clock import utc_now
from domain.kernel.database import Json
from domain.kernel.outbox import DeadLetter, OutboxRow

ERROR_LENGTH = 4_000


async def load(session: AsyncSession, ids: Collection[int]) -> list[OutboxRow]:
    """The rows that are still there, oldest first."""
    found = await session.scalars(select(OutboxRow).where(OutboxRow.id.in_(ids)).order_by(OutboxRow.id))
    return list(found)


async def take(session: AsyncSession, ids: Collection[int]) -> set[int]:
    """Deletes the rows and says which were still there. Waits for whoever else is deleting them.

    The rows are locked in the order of their ids, so that two workers with overlapping batches cannot deadlock. Where
    more work on the same thing waits behind one of them, the relay is woken after the commit.
    """
    locked = select(OutboxRow.id).where(OutboxRow.id.in_(ids)).order_by(OutboxRow.id).with_for_update().cte("locked")
    behind = aliased(OutboxRow)
    more = select(behind.id).where(
        behind.aggregate == OutboxRow.aggregate, behind.consumer == OutboxRow.consumer, behind.id > OutboxRow.id
    )
    taken = await session.execute(
        delete(OutboxRow)
        .where(OutboxRow.id.in_(select(locked.c.id)))
        .returning(OutboxRow.id, more.exists().label("waits"))
    )
    found = {row.id: row.waits for row in taken}
    if any(found.values()):
        session.info["outbox"] = True
    return set(found)


async def take_behind(session: AsyncSession, consumer: str, aggregates: Collection[str]) -> list[Json]:
    """Deletes all further rows of a consumer about these things, and hands out their payloads, oldest first."""
    locked = (
        select(OutboxRow.id)
        .where(OutboxRow.consumer == consumer, OutboxRow.aggregate.in_(aggregates))
        .order_by(OutboxRow.id)
        .with_for_update()
        .cte("locked")
    )
    taken = await session.execute(
        delete(OutboxRow).where(OutboxRow.id.in_(select(locked.c.id))).returning(OutboxRow.id, OutboxRow.payload)
    )
    return [row.payload for row in sorted(taken, key=lambda row: row.id)]


async def put_back(session: AsyncSession, row_id: int, attempts: int, after: timedelta, *, counts: bool = True) -> None:
    """Has the work done again after a pause. `attempts` is what the worker saw: of two twins that fail, one counts.

    It coalesces no more: while it was being done, the same wish may have been written again, and waits behind it.
    """
    await session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == row_id, OutboxRow.attempts == attempts)
        .values(attempts=attempts + counts, sent_at=None, coalesce=False, not_before=utc_now() + after)
    )


async def bury(session: AsyncSession, row_id: int, attempts: int, error: str) -> None:
    """Turns the row into a dead letter."""
    row = delete(OutboxRow).where(OutboxRow.id == row_id).returning(OutboxRow).cte("row")
    columns = ("id", "consumer", "aggregate", "payload", "correlation_id", "created_at")
    await session.execute(
        insert(DeadLetter).from_select(
            [*columns, "died_at", "attempts", "error"],
            select(
                *(row.c[name] for name in columns),
                literal(utc_now(), DeadLetter.died_at.type),
                literal(attempts),
                literal(error[:ERROR_LENGTH]),
            ),
        )
    )
