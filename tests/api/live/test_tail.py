"""The end of the feed, read once for all followers of a process (spec SYN-10)."""

import asyncio
from contextlib import aclosing
from datetime import timedelta

import pytest

from api.live import tail as tails
from api.live.follow import follow
from api.live.tail import Tail
from domain.changes.cursor import CursorExpired, Place, encode
from domain.changes.models import Change
from domain.changes.upkeep import forget_changes
from domain.kernel.clock import utc_now
from domain.kernel.database import Database
from domain.kernel.wake import Waker
from tests.api.forwarder import Forwarder

pytestmark = pytest.mark.spec("SYN-10")


async def write(database: Database, *kinds: str) -> None:
    async with database.begin() as session:
        for kind in kinds:
            session.add(Change(kind=kind, at=utc_now()))
        session.info["outbox"] = True


async def hear(tail: Tail, database: Database, count: int, after: str | None = None) -> list[str]:
    heard: list[str] = []
    async with asyncio.timeout(60), aclosing(follow(tail, database, after, lambda _: True)) as parts:
        async for events in parts:
            heard += [event.kind for event in events]
            if len(heard) >= count:
                break
    return heard


async def test_who_is_far_behind_reads_on_from_the_database(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However little is kept, and however slow he is, he misses nothing."""
    monkeypatch.setattr(tails, "PART", 3)
    monkeypatch.setattr(tails, "KEPT", 5)
    monkeypatch.setattr("api.live.follow.PART", 3)
    tail = Tail(database)
    tail._kept = type(tail._kept)(maxlen=5)
    kinds = [f"{number:03}" for number in range(60)]
    heard: list[str] = []
    async with tail.following():
        cursor = encode(tail.epoch, tail.head)

        async def slowly() -> None:
            async with aclosing(follow(tail, database, cursor, lambda _: True)) as parts:
                async for events in parts:
                    heard.extend(event.kind for event in events)
                    await asyncio.sleep(0.005)
                    if len(heard) >= 60:
                        return

        quick = asyncio.create_task(hear(tail, database, 60, cursor))
        slow = asyncio.create_task(slowly())
        for start in range(0, 60, 4):
            await write(database, *kinds[start : start + 4])
        async with asyncio.timeout(60):
            await slow
            assert await quick == kinds
    assert heard == kinds
    await tail.close()


async def test_a_lost_wake_costs_a_moment_only(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is woken here: whoever follows looks by himself."""
    monkeypatch.setattr(Waker, "wake", lambda self: None)
    tail = Tail(database)
    async with tail.following():
        cursor = encode(tail.epoch, tail.head)
        await write(database, "a")
        assert await hear(tail, database, 1, cursor) == ["a"]
    await tail.close()


async def test_a_database_that_goes_away_and_comes_back(database: Database) -> None:
    door = Forwarder(database.url)
    await door.open()
    behind = Database(door.url, pool_size=2)
    tail = Tail(behind)
    async with tail.following():
        cursor = encode(tail.epoch, tail.head)
        await write(database, "before")
        assert await hear(tail, database, 1, cursor) == ["before"]
        await door.shut()
        await write(database, "meanwhile")
        await asyncio.sleep(0)
        await door.open()
        assert await hear(tail, database, 2, cursor) == ["before", "meanwhile"]
    await tail.close()
    await behind.close()
    await door.shut()


async def test_a_cursor_that_has_expired_is_refused(database: Database) -> None:
    tail = Tail(database)
    async with tail.following():
        cursor = encode(tail.epoch, Place(1, 1))
        await write(database, "a", "b")
        await tail.moved(tail.head, 30)
        async with database.begin() as session:
            await forget_changes(session, timedelta())
        with pytest.raises(CursorExpired):
            await hear(tail, database, 1, cursor)
    await tail.close()


async def test_nobody_reads_when_nobody_follows(database: Database) -> None:
    tail = Tail(database)
    async with tail.following(), tail.following():
        reading = list(tail._tasks)
        assert len(reading) == 2
    await asyncio.gather(*reading, return_exceptions=True)
    assert tail._tasks == []
    await write(database, "while nobody looked")
    async with tail.following():
        assert tail.since(tail.head) == ()
    await tail.close()
