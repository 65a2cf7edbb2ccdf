"""What every piece of work needs of its process: the database, the host, Redis, and the one event loop."""

import asyncio
import os
import socket
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import redis

from domain.kernel.database import Database
from domain.kernel.ids import new_id
from domain.kernel.secrets import Vault
from domain.kernel.settings import Settings
from plugins.host import Clients, Host

from .broker import connect
from .locks import Locks

T = TypeVar("T")

PATIENCE = 120.0
"""Seconds that a process of the engine room waits for the answer to a statement: some of its own are long."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Runtime:
    """Made once in a process, on its event loop. `owner` names this process in leases."""

    settings: Settings
    database: Database
    host: Host
    vault: Vault
    redis: redis.Redis
    locks: Locks
    clients: Clients
    loop: asyncio.AbstractEventLoop
    owner: str

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Runs a coroutine of the domain on the process's loop, from a worker's thread, and waits for it."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    @contextmanager
    def hold(self, name: str, *, wait: float = 0.0) -> Iterator[None]:
        """Holds a lock over all workers, on a worker's thread. Raises `Taken`."""
        held = self.locks.hold(name, wait=wait)
        self.run(held.__aenter__())
        try:
            yield
        finally:
            self.run(held.__aexit__(None, None, None))

    async def close(self) -> None:
        """Gives connections back. No work may be running any more."""
        self.clients.close()
        self.redis.close()
        await self.locks.close()
        await self.database.close()


def start_runtime(settings: Settings, host: Host) -> Runtime:
    """A runtime on the running event loop. Connects to nothing yet. Raises `Invalid` naming a missing setting."""
    url = settings.need("database_url")
    return Runtime(
        settings=settings,
        database=Database(url, pool_size=settings.pool_size, patience=PATIENCE),
        host=host,
        vault=Vault.of(settings),
        redis=connect(settings.need("redis_url")),
        locks=Locks(url),
        clients=Clients(),
        loop=asyncio.get_running_loop(),
        owner=f"{socket.gethostname()}:{os.getpid()}:{new_id()}",
    )
