"""Wakes the outbox relay, and those who follow the change feed, after a commit.

The NOTIFY runs outside the transaction of its cause, since inside it takes a database-wide lock at commit; wishes of
a few milliseconds become one, of a few more while they come without a break: then more is found at once. A lost
wake costs a second: who waits also looks now and then.
"""

import asyncio

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

CHANNEL = "omnisales_outbox"
_COALESCE_SECONDS = 0.003
_WHEN_BUSY_SECONDS = 0.02

log = structlog.get_logger(__name__)


class Waker:
    """Coalesces wake-ups of one process."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._task: asyncio.Task[None] | None = None
        self._again = False

    def wake(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._notify())
        else:
            self._again = True

    async def _notify(self) -> None:
        pause = _COALESCE_SECONDS
        while True:
            self._again = False
            await asyncio.sleep(pause)
            try:
                async with self._engine.connect() as connection:
                    await connection.execute(text(f"NOTIFY {CHANNEL}"))
            except (SQLAlchemyError, OSError) as error:
                log.warning("wake_failed", error=type(error).__name__)
            if not self._again:
                return
            pause = _WHEN_BUSY_SECONDS

    async def close(self) -> None:
        if self._task is not None and not self._task.done():
            await self._task
