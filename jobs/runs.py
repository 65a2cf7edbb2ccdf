"""Noting that a scheduled kind of work went well."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.clock import utc_now
from domain.kernel.schedule import Schedule


async def went_well(session: AsyncSession, kind: str, subject_id: UUID) -> None:
    """Notes the success on the schedule, if there is one; health pages read it."""
    await session.execute(
        update(Schedule)
        .where(Schedule.kind == kind, Schedule.subject_id == subject_id)
        .values(last_success_at=utc_now())
    )
