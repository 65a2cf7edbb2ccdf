"""The end of the change feed, read once in a process for all who follow it.

It is read when a commit wakes us and every second anyway. The last few thousand changes are kept: a follower takes
from them what comes after his place, and reads the database himself where he is further behind.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import islice
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from domain.changes import feed
from domain.changes.cursor import Place
from domain.changes.feed import Event
from domain.kernel.database import Database
from domain.kernel.listener import listen

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0
SOON_SECONDS = 0.02
KEPT = 4_096
PART = 500


class Tail:
    """Reads while there is a follower. `epoch` is that of the feed, once somebody follows."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._woken = asyncio.Event()
        self._news = asyncio.Event()
        self._starting = asyncio.Lock()
        self._followers = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._kept: deque[Event] = deque(maxlen=KEPT)
        self._before = Place(0, 0)
        self.head = Place(0, 0)
        self.epoch = UUID(int=0)

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Inside the block the tail is read. Raises what the database raises when it is away at the first follower."""
        async with self._starting:
            if self._followers == 0:
                await self._start()
            self._followers += 1
        try:
            yield
        finally:
            self._followers -= 1
            if self._followers == 0:
                self._end()

    def since(self, place: Place) -> Sequence[Event] | None:
        """The changes after a place, some hundreds at most; None where some of them are no longer kept."""
        if place >= self.head:
            return ()
        if place < self._before:
            return None
        # Mostly a follower is near the end: it is looked for from there.
        behind = 0
        for event in reversed(self._kept):
            if event.place <= place:
                break
            behind += 1
        first = len(self._kept) - behind
        return list(islice(self._kept, first, first + PART))

    async def moved(self, place: Place, seconds: float | None = None) -> None:
        """Waits until there is something after a place, or for so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.head <= place:
                    await self._news.wait()

    async def close(self) -> None:
        tasks = self._end()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _start(self) -> None:
        async with self._database.read() as connection:
            self.epoch = (await feed.start_of(connection)).epoch
            self.head = self._before = await feed.now(connection)
        self._kept.clear()
        loop = asyncio.get_running_loop()
        self._tasks = [
            loop.create_task(listen(self._database.url, self._woken)),
            loop.create_task(self._read_on()),
        ]

    def _end(self) -> list["asyncio.Task[None]"]:
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        return tasks

    async def _read_on(self) -> None:
        soon = SOON_SECONDS
        while True:
            self._woken.clear()
            events, unsettled = await self._read()
            if events:
                self._take(events)
            if len(events) == PART:
                continue
            # What is written and not settled waits for an older transaction, which tells nobody when it ends.
            soon = min(LOOK_SECONDS, soon * 2) if unsettled and not events else SOON_SECONDS
            with suppress(TimeoutError):
                async with asyncio.timeout(soon if unsettled else LOOK_SECONDS):
                    await self._woken.wait()

    async def _read(self) -> tuple[Sequence[Event], bool]:
        try:
            async with self._database.read() as connection:
                horizon = await feed.horizon(connection)
                events = await feed.read(connection, self.head, PART, before=horizon)
                return events, len(events) < PART and await feed.pending(connection, horizon)
        except (SQLAlchemyError, OSError) as error:
            log.warning("feed_not_read", error=type(error).__name__)
            return (), False

    def _take(self, events: Sequence[Event]) -> None:
        overflow = len(self._kept) + len(events) - KEPT
        if overflow > 0:
            self._before = self._kept[overflow - 1].place
        self._kept.extend(events)
        self.head = events[-1].place
        self._news.set()
        self._news = asyncio.Event()
