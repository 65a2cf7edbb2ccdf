"""Hears the wake-ups that follow commits (`wake`), on a connection of its own."""

import asyncio
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from .wake import CHANNEL

log = structlog.get_logger(__name__)

RECONNECT_SECONDS = 1.0


async def listen(url: str, woken: asyncio.Event) -> None:
    """Sets `woken` at each wake-up, until cancelled. A lost connection is made anew; what was missed meanwhile
    whoever waits finds by looking now and then.
    """
    engine = create_async_engine(url, poolclass=NullPool, hide_parameters=True, isolation_level="AUTOCOMMIT")
    try:
        while True:
            try:
                await _until_lost(engine, woken)
            except (DBAPIError, OSError) as error:
                log.warning("listener_lost", error=type(error).__name__)
            await asyncio.sleep(RECONNECT_SECONDS)
    finally:
        await engine.dispose()


async def _until_lost(engine: AsyncEngine, woken: asyncio.Event) -> None:
    async with engine.connect() as connection:
        raw: Any = (await connection.get_raw_connection()).driver_connection
        lost = asyncio.Event()
        raw.add_termination_listener(lambda _: lost.set())
        await raw.add_listener(CHANNEL, lambda *_: woken.set())
        woken.set()
        try:
            await lost.wait()
        finally:
            # What has ended on the server cannot be closed politely.
            await connection.invalidate()
