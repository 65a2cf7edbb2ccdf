"""Taking an effect on: one worker at a time, by the journal of attempts (architecture §5)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.attempts import Attempt, AttemptState
from domain.kernel.clock import utc_now
from domain.kernel.database import Json
from domain.kernel.ids import new_id
from omnisales_sdk import Manifest

from .environment import number

OPEN = (AttemptState.TRYING, AttemptState.UNKNOWN)


def lease_for(manifest: Manifest) -> timedelta:
    """Longer than a hook of this connector and its requests may last together."""
    margin = timedelta(seconds=number("OMNISALES_LEASE_MARGIN_SECONDS"))
    return manifest.limits.hook_timeout + manifest.limits.request_timeout + margin


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What is to be attempted: `key` names the effect, `outcome` says what is wanted of it."""

    key: str
    kind: str
    subject_id: UUID
    owner: str
    lease: timedelta
    outcome: Json


async def take_on(session: AsyncSession, intent: Intent) -> UUID | None:
    """Journals an attempt at an effect that may be repeated; None while another worker's lease on it is live.

    An earlier attempt whose lease is gone is closed as failed: what it wanted may have happened.
    """
    now = utc_now()
    await session.execute(
        update(Attempt)
        .where(Attempt.key == intent.key, Attempt.state.in_(OPEN), Attempt.lease_until <= now)
        .values(state=AttemptState.FAILED, finished_at=now)
    )
    return await session.scalar(
        insert(Attempt)
        .values(
            id=new_id(),
            key=intent.key,
            kind=intent.kind,
            subject_id=intent.subject_id,
            state=AttemptState.TRYING,
            owner=intent.owner,
            started_at=now,
            lease_until=now + intent.lease,
            sent_at=now,
            outcome=intent.outcome,
        )
        .on_conflict_do_nothing(index_elements=["key"], index_where=text("state IN ('trying', 'unknown')"))
        .returning(Attempt.id)
    )


async def lease_end(session: AsyncSession, key: str) -> datetime | None:
    """When the lease on the effect ends that somebody holds."""
    return await session.scalar(select(Attempt.lease_until).where(Attempt.key == key, Attempt.state.in_(OPEN)))


async def close(session: AsyncSession, attempt_id: UUID, state: AttemptState) -> None:
    """Ends an attempt; one that was taken over meanwhile stays as it is."""
    await session.execute(
        update(Attempt)
        .where(Attempt.id == attempt_id, Attempt.state.in_(OPEN))
        .values(state=state, finished_at=utc_now())
    )


async def may_have_happened(session: AsyncSession, key: str, since: datetime | None) -> Collection[Json]:
    """What attempts wanted that failed or broke off since then: each may have reached the far side."""
    failed = select(Attempt.outcome).where(Attempt.key == key, Attempt.state == AttemptState.FAILED)
    if since is not None:
        failed = failed.where(Attempt.started_at > since)
    return [outcome for outcome in await session.scalars(failed) if outcome]
