import asyncio

import pytest

from domain.kernel.database import Database
from jobs.locks import Locks
from jobs.signals import Taken


async def test_a_lock_is_held_by_one(database: Database) -> None:
    one, other = Locks(database.url), Locks(database.url)
    async with one.hold("channel:1"):
        with pytest.raises(Taken, match="'channel:1' is taken"):
            async with other.hold("channel:1"):
                pass
        async with other.hold("channel:2"):
            pass
    async with other.hold("channel:1"):
        pass


async def test_who_waits_gets_it(database: Database) -> None:
    locks = Locks(database.url)
    order: list[str] = []

    async def hold(name: str, seconds: float) -> None:
        async with locks.hold("x", wait=5):
            order.append(name)
            await asyncio.sleep(seconds)
            order.append(name)

    first = asyncio.create_task(hold("first", 0.3))
    await asyncio.sleep(0.1)
    await asyncio.gather(first, hold("second", 0))
    assert order == ["first", "first", "second", "second"]


async def test_a_lock_ends_with_the_work_that_failed(database: Database) -> None:
    locks = Locks(database.url)
    with pytest.raises(ValueError, match="within"):
        async with locks.hold("x"):
            raise ValueError("within")
    async with locks.hold("x"):
        pass
