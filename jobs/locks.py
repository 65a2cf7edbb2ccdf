"""Exclusive locks over all workers, as PostgreSQL's advisory locks: they end with the connection of their holder."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from .signals import Taken

_PAUSE = 0.05


class Locks:
    """Locks by name. Each holds a connection of its own, so that many holders cannot use up the pool that their own
    work needs."""

    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(url, poolclass=NullPool, hide_parameters=True, isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def hold(self, name: str, *, wait: float = 0.0) -> AsyncIterator[None]:
        """Holds the lock. Raises `Taken` when it cannot be had within `wait` seconds."""
        key = {"key": int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)}
        deadline = time.monotonic() + wait
        async with self._engine.connect() as connection:
            while not await connection.scalar(text("select pg_try_advisory_lock(:key)"), key):
                if time.monotonic() >= deadline:
                    raise Taken(name)
                await asyncio.sleep(_PAUSE)
            try:
                yield
            finally:
                # Closing the connection frees it too, but only when the server notices; and one that broke is free.
                with suppress(DBAPIError):
                    await connection.execute(text("select pg_advisory_unlock(:key)"), key)

    async def close(self) -> None:
        await self._engine.dispose()
