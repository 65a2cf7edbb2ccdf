"""Fixtures of the engine room: a Valkey, a runtime on a database of the test's own, and a table of effects."""

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import text

from connectors.woocommerce.sandbox import create_app as create_store
from domain.kernel.database import Database
from jobs.runtime import Runtime
from omnisales_sdk.testing.sandbox import serve
from tests.jobs import shops
from tests.jobs.couriers import ENTRY_POINTS, Courier, running_courier
from tests.jobs.engine_room import TABLE, runtime_for
from tests.jobs.shops import Shop
from tests.support.valkey import Valkey, running_valkey


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[Valkey]:
    with running_valkey() as server:
        yield server


@pytest.fixture
def valkey(valkey_server: Valkey) -> Valkey:
    """A Valkey with nothing in it."""
    with valkey_server.client() as client:
        client.flushall()
    return valkey_server


@pytest.fixture
async def runtime(database: Database, valkey: Valkey) -> AsyncIterator[Runtime]:
    async with database.begin() as session:
        await session.execute(text(TABLE))
    runtime = runtime_for(database, valkey.url)
    yield runtime
    await runtime.close()


@pytest.fixture
async def courier_runtime(database: Database, valkey: Valkey) -> AsyncIterator[Runtime]:
    """A runtime with courier connectors whose limits are short."""
    runtime = runtime_for(database, valkey.url, ENTRY_POINTS)
    yield runtime
    await runtime.close()


@pytest.fixture
def courier() -> Iterator[Courier]:
    """Innoship's sandbox."""
    with running_courier() as running:
        yield running


@pytest.fixture
async def shop_runtime(database: Database, valkey: Valkey) -> AsyncIterator[Runtime]:
    """A runtime with the WooCommerce connector, unhurried by limits."""
    runtime = runtime_for(database, valkey.url, shops.ENTRY_POINTS)
    yield runtime
    await runtime.close()


@pytest.fixture
async def shop(shop_runtime: Runtime) -> AsyncIterator[Shop]:
    """WooCommerce's sandbox with a channel, whose products and payment methods are known."""
    app = create_store(assume_tls=True)
    with serve(app) as running:
        channel = await shops.open_shop(shop_runtime, running.url)
        yield Shop(running.url, app.state.faults, channel.id)
