"""One server and one database for all tests of a process; each test makes a channel of its own and follows that."""

import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest

from domain.channels.models import Channel
from domain.flows.move import MoveOrder, move_order
from domain.kernel.database import Database
from domain.orders.models import Order
from domain.orders.status import Status
from tests.api.live.serving import Running, serving
from tests.support import databases
from tests.support.builders import OPERATOR, make_channel, make_order


@dataclass
class Shop:
    """A channel, and what happens in it."""

    database: Database
    channel: Channel

    async def order(self) -> Order:
        async with self.database.begin() as session:
            return await make_order(session, channel=self.channel)

    async def move(self, order: Order, to: Status) -> None:
        async with self.database.begin() as session:
            await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=to))


@pytest.fixture(scope="session")
async def live_database() -> AsyncIterator[Database]:
    name = f"live_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    database = Database(await databases.clone(name))
    yield database
    await database.close()
    await databases.admin(f"drop database if exists {name} with (force)")


@pytest.fixture(scope="session")
def running(live_database: Database) -> Iterator[Running]:
    with serving(live_database.url, subscriptions_per_caller=20) as running:
        yield running


@pytest.fixture
async def shop(live_database: Database) -> Shop:
    async with live_database.begin() as session:
        return Shop(live_database, await make_channel(session))
