"""The house's own upkeep: counts are folded, old idempotency keys forgotten."""

from datetime import timedelta

from sqlalchemy import delete

from domain.kernel.clock import utc_now
from domain.kernel.idempotency import IdempotencyRecord
from domain.orders.counts import fold_counts
from jobs.runtime import Runtime
from jobs.work import Work, finishing

KEYS_KEPT = timedelta(days=7)


def fold(runtime: Runtime, work: Work) -> None:
    """Folds the appended changes of the queue's counts."""
    runtime.run(_fold(runtime, work))


async def _fold(runtime: Runtime, work: Work) -> None:
    async with finishing(runtime, work) as session:
        await fold_counts(session)


def forget_keys(runtime: Runtime, work: Work) -> None:
    """Forgets the outcomes of requests whose repetition is no longer recognised."""
    runtime.run(_forget_keys(runtime, work))


async def _forget_keys(runtime: Runtime, work: Work) -> None:
    async with finishing(runtime, work) as session:
        await session.execute(delete(IdempotencyRecord).where(IdempotencyRecord.created_at < utc_now() - KEYS_KEPT))
