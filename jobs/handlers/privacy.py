"""Erasing persons, and letting go of what is old, step by step."""

from domain.flows.privacy.carry_out import carry_out
from domain.flows.retention.purge import purge
from domain.retention.kept import kept
from jobs.runtime import Runtime
from jobs.work import Work, finishing


def erase(runtime: Runtime, work: Work) -> None:
    """Does all that is left of an erasure; each step is a transaction, so that it may die anywhere."""
    runtime.run(carry_out(runtime.database, work.id_of("erasure_id")))
    runtime.run(_end(runtime, work))


def purge_old(runtime: Runtime, work: Work) -> None:
    """Lets go of all that is older than it is kept."""
    runtime.run(purge(runtime.database, kept()))
    runtime.run(_end(runtime, work))


async def _end(runtime: Runtime, work: Work) -> None:
    async with finishing(runtime, work):
        pass
