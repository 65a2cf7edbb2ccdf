"""Health, metrics, correlation ids, and a database that goes away and comes back."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest
from starlette.applications import Starlette

from api.app import create_app
from domain.kernel.database import Database
from domain.kernel.refusals import Invalid
from domain.kernel.settings import Settings
from tests.api.conftest import ADMIN_KEY, Api, host
from tests.api.forwarder import Forwarder
from tests.support import databases
from tests.support.builders import make_channel


async def test_live_and_ready(shared_api: Api) -> None:
    assert (await shared_api.http.get("/health/live")).json() == {"status": "ok"}
    ready = await shared_api.http.get("/health/ready")
    assert (ready.status_code, ready.json()) == (200, {"status": "ok"})


async def test_the_root_leads_to_the_console(shared_api: Api) -> None:
    answer = await shared_api.http.get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/graphiql")
    assert (await shared_api.http.get("/graphiql")).status_code == 200


async def test_metrics(shared_api: Api) -> None:
    await shared_api.data("{ __typename }")
    await shared_api.http.get("/nothing/of/the/kind")
    text = (await shared_api.http.get("/metrics")).text
    assert 'omnisales_http_requests_total{method="POST",route="/graphql",status="200"}' in text
    assert 'omnisales_http_requests_total{method="GET",route="none",status="404"}' in text
    assert 'omnisales_http_request_seconds_bucket{le="1.0",route="/graphql"}' in text
    assert 'omnisales_graphql_operations_total{kind="query",outcome="ok"}' in text
    assert "of/the/kind" not in text


@pytest.mark.parametrize("sent", ["abc-1.2:3_4", "x" * 128])
async def test_a_callers_correlation_id_is_kept(shared_api: Api, sent: str) -> None:
    answer = await shared_api.http.get("/health/live", headers={"X-Correlation-Id": sent})
    assert answer.headers["x-correlation-id"] == sent


@pytest.mark.parametrize("sent", [None, "", "x" * 129, "with space", 'quo"te', "<script>"])
async def test_otherwise_one_is_made(shared_api: Api, sent: str | None) -> None:
    headers = {} if sent is None else {"X-Correlation-Id": sent}
    answers = [await shared_api.http.get("/health/live", headers=headers) for _ in range(2)]
    made = {answer.headers["x-correlation-id"] for answer in answers}
    assert len(made) == 2
    assert all(len(one) == 32 for one in made)


async def test_nothing_inner_goes_outward(shared_api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_: object) -> None:
        raise RuntimeError("a secret of the house")

    monkeypatch.setattr("api.health._reasons", broken)
    answer = await shared_api.http.get("/health/ready", headers={"X-Correlation-Id": "abc"})
    assert answer.status_code == 500
    assert answer.json() == {"code": "INTERNAL", "message": "internal error", "correlationId": "abc"}


@pytest.fixture
async def door(database: Database) -> AsyncIterator[Forwarder]:
    """The way to the database, which a test may shut."""
    async with database.begin() as session:
        await make_channel(session, slug="shop-1", connector="shopify")
    door = Forwarder(database.url)
    await door.open()
    yield door
    await door.shut()


def behind(door: Forwarder, **more: int) -> Starlette:
    settings = Settings(database_url=door.url, secret_key="k" * 32, admin_key=ADMIN_KEY)
    return create_app(replace(settings, **more), host=host())


@asynccontextmanager
async def client(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test") as http,
    ):
        yield http


QUERY = {"query": "{ orderCounts { count } }"}
CHANGE = {"query": 'mutation { productUpsert(input: {sku: "A", name: "A"}) { __typename } }'}
KEY = {"Authorization": f"Bearer {ADMIN_KEY}"}


async def test_a_database_that_goes_away_and_comes_back(door: Forwarder) -> None:
    """503 meanwhile on every door, then recovery unaided."""
    app = behind(door)
    async with client(app) as http:
        await app.state.services.prepared.wait()
        assert (await http.post("/graphql", json=QUERY, headers=KEY)).status_code == 200
        assert (await http.post("/webhooks/shop-1", content=b"1")).status_code == 200
        await door.shut()
        for _ in range(2):
            assert (await http.get("/health/live")).status_code == 200
            assert (await http.get("/health/ready")).status_code == 503
            for body in (QUERY, CHANGE):
                answer = await http.post("/graphql", json=body, headers=KEY)
                assert answer.status_code == 503
                assert answer.headers["retry-after"] == "1"
                assert answer.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
                assert "data" not in answer.json()
            assert (await http.post("/webhooks/shop-1", content=b"2")).status_code == 503
            assert (await http.post("/webhooks/not-asked-for-lately", content=b"2")).status_code == 503
            other = await http.post("/graphql", json=QUERY, headers={"Authorization": "Bearer not-asked-for-lately"})
            assert other.status_code == 503
        await door.open()
        assert (await http.get("/health/ready")).status_code == 200
        assert (await http.post("/graphql", json=QUERY, headers=KEY)).status_code == 200
        changed = await http.post("/graphql", json=CHANGE, headers=KEY)
        assert changed.json()["data"] == {"productUpsert": {"__typename": "Product"}}
        assert (await http.post("/webhooks/shop-1", content=b"3")).status_code == 200


async def test_a_restart_that_nobody_was_there_for(door: Forwarder) -> None:
    """Connections that died while they were idle cost no caller of a question or a webhook anything."""
    app = behind(door)
    async with client(app) as http:
        await app.state.services.prepared.wait()
        assert (await http.post("/graphql", json=QUERY, headers=KEY)).status_code == 200
        assert (await http.post("/webhooks/shop-1", content=b"1")).status_code == 200
        door.cut()
        await asyncio.sleep(0.05)
        assert (await http.post("/graphql", json=QUERY, headers=KEY)).status_code == 200
        assert (await http.post("/webhooks/shop-1", content=b"2")).status_code == 200


async def test_a_database_that_hangs(door: Forwarder) -> None:
    """It takes what it is sent and answers nothing: 503 in bounded time on every door, then recovery unaided."""
    app = behind(door, patience_seconds=1, read_timeout_ms=1_000)
    async with client(app) as http:
        await app.state.services.prepared.wait()
        for warm in (
            http.post("/graphql", json=QUERY, headers=KEY),
            http.post("/graphql", json=CHANGE, headers=KEY),
            http.post("/webhooks/shop-1", content=b"1"),
        ):
            assert (await warm).status_code == 200
        door.hang()
        began = time.monotonic()
        answers = await asyncio.gather(
            http.post("/graphql", json=QUERY, headers=KEY),
            http.post("/graphql", json=CHANGE, headers=KEY),
            *(http.post("/webhooks/shop-1", content=b"%d" % number) for number in range(20)),
            http.post("/webhooks/not-asked-for-lately", content=b"2"),
            http.get("/health/ready"),
        )
        assert time.monotonic() - began < 30
        assert [answer.status_code for answer in answers] == [503] * len(answers)
        assert {answer.headers["retry-after"] for answer in answers[:-1]} == {"1"}
        assert (await http.get("/health/live")).status_code == 200
        door.go_on()
        for _ in range(5):  # all that the pools hold
            assert (await http.post("/graphql", json=QUERY, headers=KEY)).status_code == 200
            assert (await http.post("/graphql", json=CHANGE, headers=KEY)).status_code == 200
            assert (await http.post("/webhooks/shop-1", content=b"3")).status_code == 200
        assert (await http.get("/health/ready")).status_code == 200


async def test_a_start_without_a_database(door: Forwarder) -> None:
    """The process runs, says that it is not ready, and becomes ready by itself."""
    await door.shut()
    app = behind(door)
    async with client(app) as http:
        assert (await http.get("/health/live")).status_code == 200
        waiting = await http.get("/health/ready")
        assert waiting.status_code == 503
        assert "could not be reached" in waiting.json()["reasons"][0]
        assert (await http.post("/graphql", json=QUERY, headers=KEY)).status_code == 503
        await door.open()
        await asyncio.wait_for(app.state.services.prepared.wait(), 10)
        assert (await http.get("/health/ready")).status_code == 200
        assert (await http.post("/graphql", json=QUERY, headers=KEY)).status_code == 200


async def test_an_empty_database(database: Database) -> None:
    """It says what to do."""
    name = f"{database.url.rsplit('/', 1)[1]}_empty"
    await databases.admin(f"drop database if exists {name} with (force)", f"create database {name}")
    settings = Settings(database_url=databases.server_url(name), secret_key="k" * 32, admin_key=ADMIN_KEY)
    app = create_app(settings, host=host())
    try:
        async with client(app) as http:
            app.state.services.prepared.set()
            answer = await http.get("/health/ready")
        assert answer.status_code == 503
        assert "omnisales migrate" in answer.json()["reasons"][0]
    finally:
        await databases.admin(f"drop database if exists {name} with (force)")


def test_a_start_without_a_secret_key() -> None:
    with pytest.raises(Invalid, match="OMNISALES_SECRET_KEY"):
        create_app(Settings(database_url="postgresql+asyncpg://nowhere"), host=host())
