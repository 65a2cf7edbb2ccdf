"""Runs of actions on many orders, a slice at a time, so that other bulk work gets its turn."""

from uuid import UUID

from domain.flows.bulk.carry_out import carry_out
from domain.flows.bulk.start import CONSUMER
from domain.kernel.outbox import enqueue
from jobs.runtime import Runtime
from jobs.work import Work, finishing

SLICE_SECONDS = 10.0
SIDE_BY_SIDE = 2


def run(runtime: Runtime, work: Work) -> None:
    """Carries a run on; what is left after its time is asked for anew, in the transaction that ends this work."""
    run_id = work.id_of("run_id")
    ended = runtime.run(carry_out(runtime.database, run_id, seconds=SLICE_SECONDS, at_once=SIDE_BY_SIDE))
    runtime.run(_end(runtime, work, run_id, ended))


async def _end(runtime: Runtime, work: Work, run_id: UUID, ended: bool) -> None:
    async with finishing(runtime, work) as session:
        if not ended:
            await enqueue(session, CONSUMER, work.aggregate, {"run_id": str(run_id)})
