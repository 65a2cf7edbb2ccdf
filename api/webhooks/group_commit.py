"""Storing by group commit: requests queue up, one flusher writes all that wait in one transaction, and each is
answered after its commit. "200" means stored, at the cost of a few commits a second.

While a batch is being written the next one gathers, so that nobody waits for company. A batch that fails is tried
again row by row, so that one item that cannot be stored fails alone.
"""

import asyncio
from collections import deque

import structlog

from api.away import database_is_away
from api.metrics import WEBHOOKS_WAITING
from domain.intake.store import NewItem, store_items_at_once
from domain.kernel.database import Database

log = structlog.get_logger(__name__)

MOST_WAITING = 5_000
MOST_WAITING_BYTES = 64_000_000
BATCH_ITEMS = 500
BATCH_BYTES = 4_000_000


class QueueFull(Exception):  # noqa: N818 - a state that the sender is told of
    """More is waiting than may wait; the sender should come again."""


class NotStored(Exception):  # noqa: N818
    """The item could not be stored. `away` tells that the database could not be reached."""

    def __init__(self, *, away: bool) -> None:
        super().__init__("not stored")
        self.away = away


class GroupCommit:
    """Start it with `run` as a task; `close` writes what waits and ends it."""

    def __init__(
        self, database: Database, *, most_waiting: int = MOST_WAITING, most_bytes: int = MOST_WAITING_BYTES
    ) -> None:
        self._database = database
        self._most_waiting = most_waiting
        self._most_bytes = most_bytes
        self._waiting: deque[tuple[NewItem, asyncio.Future[None]]] = deque()
        self._bytes = 0
        self._wake = asyncio.Event()
        self._closing = False

    async def store(self, item: NewItem) -> None:
        """Returns when the item is committed. Raises `QueueFull` or `NotStored`; nothing is stored then."""
        size = len(item.body)
        if self._closing or len(self._waiting) >= self._most_waiting or self._bytes + size > self._most_bytes:
            raise QueueFull
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        self._bytes += size
        WEBHOOKS_WAITING.set(len(self._waiting))
        self._wake.set()
        await done

    async def run(self) -> None:
        """Writes batches until it is closed and nothing waits any more."""
        while True:
            if not self._waiting:
                if self._closing:
                    return
                self._wake.clear()
                await self._wake.wait()
            await self._write(self._batch())

    def close(self) -> None:
        """Takes nothing new; `run` ends once what waits is written."""
        self._closing = True
        self._wake.set()

    def _batch(self) -> list[tuple[NewItem, asyncio.Future[None]]]:
        batch: list[tuple[NewItem, asyncio.Future[None]]] = []
        size = 0
        while self._waiting and len(batch) < BATCH_ITEMS:
            following = len(self._waiting[0][0].body)
            if batch and size + following > BATCH_BYTES:
                break
            batch.append(self._waiting.popleft())
            size += following
        self._bytes -= size
        WEBHOOKS_WAITING.set(len(self._waiting))
        return batch

    async def _write(self, batch: list[tuple[NewItem, asyncio.Future[None]]]) -> None:
        if not batch:
            return
        fault = await self._commit([item for item, _ in batch])
        if isinstance(fault, TimeoutError):
            self._turn_away(fault)
        elif fault is not None and database_is_away(fault):
            # Once more: the pool may have handed out a connection that a restart of the database had ended.
            fault = await self._commit([item for item, _ in batch])
        if fault is None or len(batch) == 1 or database_is_away(fault):
            for _, done in batch:
                _settle(done, fault)
            return
        log.warning("batch_not_stored", items=len(batch), error=type(fault).__name__)
        for item, done in batch:
            _settle(done, await self._commit([item]))

    def _turn_away(self, fault: Exception) -> None:
        """What waits behind a batch that the database left without an answer would wait as long, each in its turn."""
        for _, done in self._waiting:
            _settle(done, fault)
        self._waiting.clear()
        self._bytes = 0
        WEBHOOKS_WAITING.set(0)

    async def _commit(self, items: list[NewItem]) -> Exception | None:
        try:
            async with self._database.driver() as connection:
                await store_items_at_once(connection, items)
        except Exception as fault:  # whatever it is: the flusher is everybody's, so it must not end with it
            return fault
        return None


def _settle(done: asyncio.Future[None], fault: Exception | None) -> None:
    if done.done():  # the sender went away meanwhile
        return
    if fault is None:
        done.set_result(None)
        return
    away = database_is_away(fault)
    if not away:
        log.error("item_not_stored", exc_info=fault)
    done.set_exception(NotStored(away=away))
