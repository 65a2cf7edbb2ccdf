"""Ending what the audit log keeps: the only way past the trigger that refuses it."""

from datetime import datetime

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from .models import AuditEntry

BATCH = 5_000
"""Entries that one transaction removes."""

_OPEN = text("select set_config('omnisales.audit_retention', 'on', true)")
_CLOSE = text("select set_config('omnisales.audit_retention', 'off', true)")


async def forget_before(session: AsyncSession, end: datetime) -> int:
    """Removes the oldest entries from before a time, at most `BATCH`; returns how many there were."""
    oldest = select(AuditEntry.id).where(AuditEntry.at < end).order_by(AuditEntry.at, AuditEntry.id).limit(BATCH)
    await session.execute(_OPEN)
    gone = await session.scalars(delete(AuditEntry).where(AuditEntry.id.in_(oldest)).returning(AuditEntry.id))
    count = len(gone.all())
    await session.execute(_CLOSE)
    return count
