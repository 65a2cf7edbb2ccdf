"""Which outbox rows are to be sent now. They stay locked until the transaction ends; other relays step over them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from domain.kernel.clock import utc_now
from domain.kernel.outbox import OutboxRow

LIMIT = 500


@dataclass(frozen=True, slots=True)
class Picked:
    id: int
    consumer: str


async def due(session: AsyncSession, consumers: Collection[str], *, limit: int = LIMIT) -> list[Picked]:
    """Rows whose time has come and that nobody was sent: of one (aggregate, consumer) the oldest only, so that work on
    one thing is done in its order. A row that waits or is at work holds back those behind it, and no others.

    Only the named consumers' rows: what a newer version writes waits for a relay that knows it.
    """
    older = aliased(OutboxRow)
    statement = (
        select(OutboxRow.id, OutboxRow.consumer)
        .where(
            OutboxRow.sent_at.is_(None),
            OutboxRow.not_before <= utc_now(),
            OutboxRow.consumer.in_(consumers),
            ~select(older.id)
            .where(
                older.aggregate == OutboxRow.aggregate,
                older.consumer == OutboxRow.consumer,
                older.id < OutboxRow.id,
            )
            .exists(),
        )
        .order_by(OutboxRow.not_before, OutboxRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=OutboxRow)
    )
    return [Picked(*row) for row in await session.execute(statement)]


async def forgotten(
    session: AsyncSession, consumers: Collection[str], after: timedelta, *, limit: int = LIMIT
) -> list[Picked]:
    """Rows that were sent at least `after` ago and are still there: their message or their worker may be lost.

    A row that is sent again and again waits half as long as it has already been out, so that work that merely takes
    its time is not sent by the minute.
    """
    now = utc_now()
    statement = (
        select(OutboxRow.id, OutboxRow.consumer)
        .where(
            OutboxRow.sent_at < now - after,
            _seconds(now - OutboxRow.sent_at) * 2 > _seconds(OutboxRow.sent_at - OutboxRow.not_before),
            OutboxRow.consumer.in_(consumers),
        )
        .order_by(OutboxRow.sent_at, OutboxRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [Picked(*row) for row in await session.execute(statement)]


async def stamp(session: AsyncSession, picked: Sequence[Picked]) -> None:
    """Notes that these were sent just now."""
    await session.execute(
        update(OutboxRow).where(OutboxRow.id.in_([row.id for row in picked])).values(sent_at=utc_now())
    )


def _seconds(interval: ColumnElement[Any]) -> ColumnElement[float]:
    return func.date_part("epoch", interval)
