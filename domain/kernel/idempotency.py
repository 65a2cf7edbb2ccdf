"""Outcomes of mutating requests by their Idempotency-Key, so that a repeated request is answered, not carried out."""

from datetime import datetime

from sqlalchemy import delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from .database import Base, Json

BATCH = 5_000
"""Outcomes that one transaction removes."""


class IdempotencyRecord(Base):
    """`fingerprint` is a hash of the request; `outcome` names what it made, from which the answer is rendered again."""

    __tablename__ = "idempotency_keys"

    caller: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    outcome: Mapped[Json]
    created_at: Mapped[datetime] = mapped_column(index=True)


async def forget_outcomes(session: AsyncSession, end: datetime) -> int:
    """Removes the oldest outcomes from before a time, at most `BATCH`; returns how many. Two at once take others."""
    row = IdempotencyRecord
    oldest = (
        select(row.caller, row.key)
        .where(row.created_at < end)
        .order_by(row.created_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    keys = [(caller, key) for caller, key in await session.execute(oldest)]
    if keys:
        gone = delete(row).where(tuple_(row.caller, row.key).in_(keys))
        await session.execute(gone, execution_options={"synchronize_session": False})
    return len(keys)
