"""The scheduler (`python -m jobs.scheduler`): turns due schedules into work. Any number may run."""

import asyncio
import time

import structlog

from domain.kernel.database import Database
from domain.kernel.settings import Settings
from plugins.host import Host, load_connectors

from .due import LIMIT, ensure_schedules, run_due
from .frame import DATABASE_AWAY
from .process import pause, run_process
from .runtime import PATIENCE

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0
ENSURE_SECONDS = 60.0


async def run(database: Database, host: Host, stop: asyncio.Event) -> None:
    """Schedules until told to stop. The database being away is waited for."""
    ensured: float | None = None
    while not stop.is_set():
        try:
            if ensured is None or time.monotonic() - ensured >= ENSURE_SECONDS:
                async with database.begin() as session:
                    await ensure_schedules(session, host)
                ensured = time.monotonic()
            async with database.begin() as session:
                count = await run_due(session)
            if count:
                log.info("scheduled", runs=count)
            if count >= LIMIT:
                continue
        except DATABASE_AWAY as error:
            log.warning("cannot_schedule", error=type(error).__name__)
        await pause(stop, LOOK_SECONDS)


async def main(settings: Settings, stop: asyncio.Event) -> None:
    database = Database(settings.need("database_url"), pool_size=2, patience=PATIENCE)
    log.info("scheduler_started")
    try:
        await run(database, load_connectors(), stop)
    finally:
        await database.close()
    log.info("scheduler_ended")


if __name__ == "__main__":
    run_process("scheduler", main)
