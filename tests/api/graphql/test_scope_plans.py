"""A limited view costs no more than its page, however many orders others have; the plans are read."""

import os
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Engine, event, text

from bench.data import fill
from bench.plans import plan_of, rows_read
from domain.access.models import ApiKey
from domain.kernel.actor import Permission
from domain.kernel.clock import utc_now
from domain.kernel.database import Database
from domain.kernel.secrets import digest
from domain.orders.models import Order
from domain.teams.models import Team, TeamChannel
from tests.api.conftest import Api, running
from tests.support import databases

from .worlds import ask_as

pytestmark = [pytest.mark.spec("SEC-1"), pytest.mark.spec("ORD-6")]

ORDERS = 20_000
PAGE = 50
QUERY = "{ orders(first: 50) { edges { node { number total { amount } } } pageInfo { hasNextPage } } }"
SELLER, TEAM = "plan-of-a-seller", "plan-of-a-team"


@pytest.fixture(scope="module")
async def many() -> AsyncIterator[Api]:
    """Every hundredth order is a seller's; a team has one of the channels."""
    name = f"scoped_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    database = Database(await databases.clone(name))
    await fill(database.url, ORDERS)
    async with database.begin() as session:
        now = utc_now()
        await session.execute(text("UPDATE orders SET seller = 'ana' WHERE number % 100 = 0"))
        team = Team(slug="one", title="One", version=1, created_at=now, updated_at=now)
        session.add(team)
        await session.flush()
        channel = (await session.execute(text("SELECT channel_id FROM orders ORDER BY number LIMIT 1"))).scalar_one()
        session.add(TeamChannel(team_id=team.id, channel_id=channel))
        for key, limit in ((SELLER, {"seller": "ana", "own_orders_only": True}), (TEAM, {"team_id": team.id})):
            rights = [Permission.ORDERS_VIEW]
            session.add(ApiKey(name=key, key_hash=digest(key), permissions=rights, created_at=now, **limit))
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text(f"VACUUM ANALYZE {Order.__tablename__}"))
    async with running(database) as api:
        yield api
    await database.close()
    await databases.admin(f"drop database if exists {name} with (force)")


@pytest.mark.parametrize("key", [SELLER, TEAM])
async def test_a_page_of_a_limited_view_reads_little_more_than_the_page(many: Api, key: str) -> None:
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "(SELECT * FROM" in statement:
            sent.append((statement, parameters))

    await ask_as(many, key, QUERY)
    event.listen(Engine, "before_cursor_execute", note)
    try:
        page = (await ask_as(many, key, QUERY)).json()["data"]["orders"]
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len(page["edges"]) == PAGE and page["pageInfo"]["hasNextPage"]
    connection = await asyncpg.connect(many.database.url.replace("postgresql+asyncpg", "postgresql"))
    try:
        plans = [await plan_of(connection, *one) for one in sent]
    finally:
        await connection.close()
    assert len(sent) == 1, sent
    assert sum(rows_read(plan) for plan in plans) <= 4 * (PAGE + 1), plans
