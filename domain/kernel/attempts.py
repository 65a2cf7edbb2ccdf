"""The journal of attempts at effects that cannot be repeated: an AWB, a refund, an e-invoice, a status push.

An attempt is written and committed before the call, with our own key and a lease longer than the call can last.
Found with a live lease: somebody is at it, leave it alone. Found with the lease gone: the outcome is unknown, and the
far side is asked. That is what a paused worker, a doubled message and a lost answer have in common (architecture §5).
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from .clock import utc_now
from .database import Base, Json, Key, text_enum


class AttemptState(StrEnum):
    TRYING = "trying"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Attempt(Base):
    """One attempt at the effect named by `key` (one shipment's AWB, one refund). `owner` is the worker that holds the
    lease; `outcome` is what came of it, without secrets."""

    __tablename__ = "attempts"

    id: Mapped[Key]
    key: Mapped[str]
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    state: Mapped[AttemptState] = mapped_column(text_enum(AttemptState))
    owner: Mapped[str]
    started_at: Mapped[datetime]
    lease_until: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[Json | None]

    __table_args__ = (
        Index("uq_attempts_open", "key", unique=True, postgresql_where=text("state IN ('trying', 'unknown')")),
        Index("ix_attempts_subject", "subject_id"),
    )


def begin_attempt(
    session: AsyncSession, *, key: str, kind: str, subject_id: UUID, owner: str, lease: timedelta
) -> Attempt:
    """Writes an attempt; the unique index refuses a second open one for the same key."""
    now = utc_now()
    attempt = Attempt(
        key=key,
        kind=kind,
        subject_id=subject_id,
        state=AttemptState.TRYING,
        owner=owner,
        started_at=now,
        lease_until=now + lease,
    )
    session.add(attempt)
    return attempt
