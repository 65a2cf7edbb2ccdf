"""A person has seen to what the diary asked for."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.diary.entries import tell_resolved
from domain.diary.models import DiaryEntry, DiaryState
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.refusals import NotFound, invalid


async def resolve_entries(session: AsyncSession, actor: Actor, entry_ids: Collection[UUID]) -> int:
    """Closes open entries; those that are closed stay so. Returns how many were closed.

    Raises `NotFound`, and `Invalid` for an entry that waits: it ends by itself once its cause is mended.
    """
    rows = await session.scalars(
        select(DiaryEntry).where(DiaryEntry.id.in_(entry_ids)).order_by(DiaryEntry.id).with_for_update()
    )
    found = {entry.id: entry for entry in rows}
    for entry_id in entry_ids:
        if entry_id not in found:
            raise NotFound("diary entry", entry_id, path=("ids",))
        if found[entry_id].state is DiaryState.WAITING:
            raise invalid(
                ("ids",),
                "WAITING",
                f"The entry about {found[entry_id].cause} waits for its cause; mend that, or replay the item.",
            )
    closed = [entry for entry in found.values() if entry.state is DiaryState.OPEN]
    for entry in closed:
        entry.state, entry.resolved_at = DiaryState.RESOLVED, utc_now()
    await tell_resolved(session, closed)
    await session.flush()
    return len(closed)
