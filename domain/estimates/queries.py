"""Estimates under lock."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from domain.kernel.refusals import NotFound, StaleVersion

from .models import Estimate


async def estimate_for_update(session: AsyncSession, estimate_id: UUID, expected_version: int | None) -> Estimate:
    """The estimate with its lines, locked until the transaction ends. Raises NotFound and StaleVersion."""
    await session.flush()
    estimate = await session.scalar(
        select(Estimate)
        .where(Estimate.id == estimate_id)
        .with_for_update()
        .options(selectinload(Estimate.lines))
        .execution_options(populate_existing=True)
    )
    if estimate is None:
        raise NotFound("estimate", estimate_id, path=("id",))
    if expected_version is not None and expected_version != estimate.version:
        raise StaleVersion("estimate", expected=expected_version, current=estimate.version, key=estimate.id)
    return estimate
