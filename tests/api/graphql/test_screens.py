"""The operator's screens read at most twenty times their page, however many orders there are; the plans are read.

20,000 orders in the suite (200,000 in the benchmark): a screen that read them all would read a hundred times as much
as it may.
"""

import os
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from graphql import GraphQLInputObjectType
from sqlalchemy import event

from api.graphql.schema import executable
from bench.data import SECOND, fill
from bench.plans import plan_of, rows_read
from domain.kernel.database import Database
from domain.views.screens import SCREENS, Screen
from tests.api.conftest import Api, running
from tests.support import databases

pytestmark = pytest.mark.spec("ORD-6")

ORDERS = int(os.environ.get("SCREENS_ORDERS", "20000"))
PAGE = 50
QUERY = """query ($filter: OrderFilter, $sort: OrderSort, $after: String) {
    orders(first: 50, after: $after, filter: $filter, sort: $sort) {
        edges { cursor node { number status total { amount } } } pageInfo { hasNextPage endCursor } } }"""


@pytest.fixture(scope="module")
async def many() -> AsyncIterator[Api]:
    """An application on a database with many orders."""
    name = f"many_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    database = Database(await databases.clone(name))
    await fill(database.url, ORDERS)
    async with running(database) as api:
        yield api
    await database.close()
    await databases.admin(f"drop database if exists {name} with (force)")


class Sent(list[tuple[str, Any]]):
    """The statements that the API sends for questions, with their parameters."""

    def __init__(self, api: Api) -> None:
        self.engine = api.services.database.read_engine.sync_engine

    def __enter__(self) -> "Sent":
        event.listen(self.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        self.append((statement, parameters))


async def read(api: Api, variables: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """A page, and how many rows the database reads for it."""
    with Sent(api) as sent:
        page: dict[str, Any] = (await api.data(QUERY, variables))["orders"]
    connection = await asyncpg.connect(api.database.url.replace("postgresql+asyncpg", "postgresql"))
    try:
        plans = [await plan_of(connection, *one) for one in sent]
    finally:
        await connection.close()
    return page, sum(rows_read(plan) for plan in plans)


async def given(api: Api, screen: Screen) -> list[dict[str, Any]]:
    """What fills in the filter of a screen: the worst there is, and each kind of text that is searched for."""
    async with api.database.read() as connection:
        one = (await connection.exec_driver_sql("select number, shipping ->> 'phone' p from orders limit 1")).one()
        awb = await connection.exec_driver_sql("select awb from shipments limit 1")
        most = "select customer_id from orders group by 1 order by count(*) desc limit 1"
        known: dict[str, list[Any]] = {
            "customer": [str((await connection.exec_driver_sql(most)).scalar_one())],
            "channel": [[SECOND], ["manual"]],
            "search": [str(one.number), one.p, f"+4{one.p}", awb.scalar_one()],
            "statusSinceAfter": ["2000-01-01T00:00:00Z", "2100-01-01T00:00:00Z"],
        }
    if not screen.takes:
        return [{}]
    [name] = screen.takes
    return [{name: value} for value in known[name]]


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.key)
async def test_a_screen_reads_at_most_twenty_times_its_page(many: Api, screen: Screen) -> None:
    for filled_in in await given(many, screen):
        asked = {**screen.filter, **filled_in}
        sort = {"field": screen.sort, "descending": screen.descending}
        page, rows = await read(many, {"filter": asked, "sort": sort})
        assert rows <= 20 * PAGE, f"{asked} reads {rows} rows"
        empty = filled_in.get("statusSinceAfter", "").startswith("2100")
        assert bool(page["edges"]) is not empty, asked
        if page["pageInfo"]["hasNextPage"]:
            _, rows = await read(many, {"filter": asked, "sort": sort, "after": page["pageInfo"]["endCursor"]})
            assert rows <= 20 * PAGE, f"the second page of {asked} reads {rows} rows"


async def test_the_screens_are_not_cheap_because_they_are_empty(many: Api) -> None:
    """The measure finds a question that reads everything."""
    _, rows = await read(many, {"filter": {"paymentMethod": ["card"]}})
    assert rows >= ORDERS


async def test_a_question_that_reads_too_much_is_stopped_and_refused(many: Api) -> None:
    """Words that every order has: the database gives up after the limit, and goes on with the next question."""
    async with running(many.database, read_timeout_ms=25) as hurried:
        for _ in range(50):  # a busy machine may be too slow for the key itself
            if (await hurried.ask("{ __typename }")).status_code == 200:
                break
        answer = await hurried.ask(QUERY, {"filter": {"search": "buyer strada"}})
        assert answer.status_code == 200
        [error] = answer.json()["errors"]
        assert error["extensions"]["code"] == "TIME_LIMIT"
        assert "0.025 seconds" in error["message"] and "Narrow the filter" in error["message"]
        for _ in range(20):
            page = (await hurried.ask(QUERY, {"filter": {"status": ["DRAFT"]}})).json()
            if "errors" not in page:
                break
        assert page["data"]["orders"]["edges"]


def test_there_are_twelve_and_what_they_take_are_fields_of_the_filter() -> None:
    assert len({screen.key for screen in SCREENS}) == 12
    kind = executable.type_map["OrderFilter"]
    assert isinstance(kind, GraphQLInputObjectType)
    assert {name for screen in SCREENS for name in (*screen.filter, *screen.takes)} <= set(kind.fields)
