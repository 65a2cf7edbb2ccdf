"""How the synchronisation of a channel is doing (spec SYN-7)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.channels.models import Channel, SyncCursor
from domain.diary.models import DiaryEntry, DiaryState
from domain.intake.models import InboxItem, InboxState
from domain.kernel.clock import utc_now
from domain.kernel.schedule import Schedule


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """`lag_seconds` is the time since the last success, None where there was none; `open_errors` are diary entries that
    want a person, `waiting` the items that wait for a cause."""

    last_success_at: datetime | None
    lag_seconds: int | None
    open_errors: int
    waiting: int
    next_run_at: datetime | None


_HEALTH = select(
    select(func.max(SyncCursor.last_success_at))
    .where(SyncCursor.channel_id == Channel.id)
    .scalar_subquery()
    .label("last_success_at"),
    select(func.count())
    .where(DiaryEntry.channel_id == Channel.id, DiaryEntry.state == DiaryState.OPEN)
    .scalar_subquery()
    .label("open_errors"),
    select(func.count())
    .where(InboxItem.channel_id == Channel.id, InboxItem.state == InboxState.WAITING)
    .scalar_subquery()
    .label("waiting"),
    select(func.min(Schedule.next_run_at))
    .where(Schedule.subject_id == Channel.id, Schedule.enabled)
    .scalar_subquery()
    .label("next_run_at"),
).where(Channel.id == bindparam("channel_id"))


async def channel_health(connection: AsyncConnection | AsyncSession, channel_id: UUID) -> ChannelHealth | None:
    """The health of a channel; None if there is no such channel."""
    row = (await connection.execute(_HEALTH, {"channel_id": channel_id})).one_or_none()
    if row is None:
        return None
    last = row.last_success_at
    lag = None if last is None else max(0, int((utc_now() - last).total_seconds()))
    return ChannelHealth(last, lag, row.open_errors, row.waiting, row.next_run_at)
