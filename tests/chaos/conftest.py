"""One house for the tests that leave its servers alone, and far sides for each test."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.chaos.house import House, running_house
from tests.chaos.shop import Shop, running_shop
from tests.jobs.couriers import Courier, running_courier
from tests.support import databases


@pytest.fixture(scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Tests tell their doings apart by channels of their own. No worker runs: each test starts those that it needs."""
    name = f"house_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    folder: Path = tmp_path_factory.mktemp("house")
    async with running_house(folder, await databases.clone(name)) as running:
        yield running
    await databases.admin(f"drop database if exists {name} with (force)")


@pytest.fixture
def shop() -> Iterator[Shop]:
    """A WooCommerce store of the test's own."""
    with running_shop() as running:
        yield running


@pytest.fixture
def courier() -> Iterator[Courier]:
    """An Innoship of the test's own."""
    with running_courier() as running:
        yield running
