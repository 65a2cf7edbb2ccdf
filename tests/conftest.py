"""Fixtures for all tests: one database server a run, a rolled-back session or a database of one's own a test."""

import os
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from domain.kernel.database import Database
from tests.support import databases

pytest_plugins = ["tests.spec_report"]

_SERVER = pytest.StashKey[object]()


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        server = databases.start_server()
        if server is not None:
            config.stash[_SERVER] = server


def pytest_unconfigure(config: pytest.Config) -> None:
    server = config.stash.get(_SERVER, None)
    if server is not None:
        databases.stop_server(server)


def _worker() -> str:
    return f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"


@pytest.fixture(scope="session")
async def engine() -> AsyncIterator[AsyncEngine]:
    """An engine on this worker's own database, for tests that roll back."""
    name = f"test_{_worker()}"
    engine = create_async_engine(await databases.clone(name))
    yield engine
    await engine.dispose()
    await databases.admin(f"drop database if exists {name} with (force)")


@pytest.fixture
async def connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection whose transaction is rolled back when the test ends."""
    async with engine.connect() as connection:
        transaction = await connection.begin()
        yield connection
        await transaction.rollback()


@pytest.fixture
async def session(connection: AsyncConnection) -> AsyncIterator[AsyncSession]:
    """A unit of work that is rolled back when the test ends, also if the code under test commits."""
    async with AsyncSession(
        connection, expire_on_commit=False, autoflush=False, join_transaction_mode="create_savepoint"
    ) as session:
        yield session


@pytest.fixture
async def database(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """A database of the test's own, for what commits: concurrency, workers, HTTP."""
    name = f"own_{_worker()}_{abs(hash(request.node.nodeid)) % 10**10}"
    database = Database(await databases.clone(name))
    yield database
    await database.close()
    await databases.admin(f"drop database if exists {name} with (force)")
