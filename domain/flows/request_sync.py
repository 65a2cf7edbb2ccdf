"""Asking for a run of synchronisation now; a worker does it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import SyncRun
from domain.channels.queries import channel_by_id
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.outbox import enqueue
from domain.kernel.refusals import invalid


async def request_sync(session: AsyncSession, actor: Actor, channel_id: UUID, kind: str, consumer: str) -> SyncRun:
    """Writes the run and asks `consumer` for it. Raises `NotFound`, or `Invalid` when it is switched off."""
    channel = await channel_by_id(session, channel_id)
    if not channel.enabled:
        raise invalid(("id",), "DISABLED", f"The channel {channel.slug} is switched off; switch it on first.")
    run = SyncRun(id=new_id(), channel_id=channel.id, kind=kind, requested_at=utc_now())
    session.add(run)
    await session.flush()
    await enqueue(session, consumer, f"channel:{channel.id}", {"channel_id": str(channel.id), "run_id": str(run.id)})
    return run
