"""Putting waiting items back to work, each once however often it is asked."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Select, Text, any_, literal, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from .causes import claim_cause, claim_causes
from .models import InboxCause, InboxItem, InboxState
from .store import ask_for_intake

_REPLAYABLE = (InboxState.WAITING, InboxState.REFUSED)


async def release_cause(session: AsyncSession, cause: str, channel_id: UUID | None = None) -> int:
    """Puts exactly the items back that wait for this cause (of this channel, if one is named); returns how many.

    To be called in the transaction that mends the cause, after the mending.
    """
    await claim_cause(session, cause)
    waiting = select(InboxCause.item_id).where(InboxCause.cause == cause)
    if channel_id is not None:
        waiting = waiting.where(or_(InboxCause.channel_id == channel_id, InboxCause.channel_id.is_(None)))
    return await _release(session, waiting, (InboxState.WAITING,))


async def release_causes(session: AsyncSession, causes: Sequence[str]) -> int:
    """As `release_cause`, for many causes of any channel in as many statements as for one."""
    if not causes:
        return 0
    await claim_causes(session)
    waiting = select(InboxCause.item_id).where(InboxCause.cause == any_(literal(sorted(causes), ARRAY(Text()))))
    return await _release(session, waiting, (InboxState.WAITING,))


async def waiting_causes(session: AsyncSession, channel_id: UUID, beginning: str) -> Sequence[str]:
    """The causes with this beginning for which items of the channel wait, those too that are just about to."""
    await claim_causes(session)
    query = select(InboxCause.cause).where(
        InboxCause.channel_id == channel_id, InboxCause.cause.startswith(beginning, autoescape=True)
    )
    return (await session.scalars(query.distinct().order_by(InboxCause.cause))).all()


async def release_items(session: AsyncSession, item_ids: Collection[UUID]) -> int:
    """Puts these items back if they wait or were refused."""
    return await _release(session, select(InboxItem.id).where(InboxItem.id.in_(item_ids)), _REPLAYABLE)


async def purged_items(session: AsyncSession, item_ids: Collection[UUID]) -> set[UUID]:
    """Those of these items that would be put back, had their bodies not been thrown away."""
    query = select(InboxItem.id).where(
        InboxItem.id.in_(item_ids), InboxItem.state.in_(_REPLAYABLE), InboxItem.purged_at.is_not(None)
    )
    return set(await session.scalars(query))


async def release_all(session: AsyncSession) -> int:
    """Puts everything back that waits."""
    waiting = select(InboxItem.id).where(InboxItem.state == InboxState.WAITING)
    return await _release(session, waiting, (InboxState.WAITING,))


async def _release(session: AsyncSession, wanted: Select[UUID], states: Collection[InboxState]) -> int:
    """The state is checked under the row's lock: of two releases at once, one finds nothing left to do."""
    locked = (
        select(InboxItem.id)
        .where(InboxItem.id.in_(wanted), InboxItem.state.in_(states), InboxItem.purged_at.is_(None))
        .order_by(InboxItem.id)
        .with_for_update()
    )
    rows = await session.execute(
        update(InboxItem)
        .where(InboxItem.id.in_(locked))
        .values(state=InboxState.RECEIVED, settled_at=None)
        .returning(InboxItem.id, InboxItem.received_at, InboxItem.correlation_id),
        execution_options={"synchronize_session": False},
    )
    released = sorted(rows, key=lambda row: (row.received_at, row.id))
    if released:
        await ask_for_intake(session, [row.id for row in released], [row.correlation_id for row in released])
    return len(released)
