"""Letting go of all that is old enough, a batch in each transaction. It may be killed anywhere, and be run by many."""

from domain.kernel.crash import crash_point, declare
from domain.kernel.database import Database
from domain.retention.kept import Kept

from .rules import BATCH, RULES, count_due, purge_batch

declare("purge.batch")


async def purge(database: Database, kept: Kept, limit: int = BATCH) -> dict[str, int]:
    """How many of each kind were let go of."""
    done = dict.fromkeys(RULES, 0)
    for name, rule in RULES.items():
        while True:
            async with database.begin() as session:
                count = await purge_batch(session, rule, kept, limit)
            crash_point("purge.batch")
            done[name] += count
            if not count:
                break
    return done


async def due(database: Database, kept: Kept) -> dict[str, int]:
    """How many of each kind are old enough."""
    async with database.read() as connection:
        return {name: await count_due(connection, rule, kept) for name, rule in RULES.items()}
