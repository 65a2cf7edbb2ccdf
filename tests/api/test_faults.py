"""A fault of ours behind every door: the caller gets a correlation id, and nothing of what is inside.

The fault is real: the tables that a door needs bear another name, as after half a migration.
"""

import base64
import hashlib
import hmac
import json
import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from domain.kernel.database import Database
from domain.kernel.ids import new_id
from tests.api.conftest import ADMIN_KEY
from tests.api.live.serving import WAIT, Running, serving, talk
from tests.support import databases

KEY = {"Authorization": f"Bearer {ADMIN_KEY}"}
INNER = re.compile(
    r"traceback|sqlalchemy|asyncpg|site-packages|\.py\b|\brelation\b|does not exist|undefined|select |insert |renamed",
    re.I,
)


@pytest.fixture(scope="module")
async def database() -> AsyncIterator[Database]:
    """One for all tests here: what is renamed gets its name back."""
    name = f"faults_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    database = Database(await databases.clone(name))
    yield database
    await database.close()
    await databases.admin(f"drop database if exists {name} with (force)")


@pytest.fixture(scope="module")
def served(database: Database) -> Iterator[Running]:
    with serving(database.url) as running:
        yield running


@asynccontextmanager
async def without(database: Database, *tables: str) -> AsyncIterator[None]:
    """Inside the block these tables are not where they are looked for."""
    async with database.begin() as session:
        for table in tables:
            await session.execute(text(f"alter table {table} rename to renamed_{table}"))
    try:
        yield
    finally:
        async with database.begin() as session:
            for table in tables:
                await session.execute(text(f"alter table renamed_{table} rename to {table}"))


async def ask(served: Running, method: str, path: str, **sent: Any) -> httpx.Response:
    headers = {**KEY, "X-Correlation-Id": "fault-1", **sent.pop("headers", {})}
    async with httpx.AsyncClient(base_url=served.url, timeout=WAIT, trust_env=False) as client:
        return await client.request(method, path, headers=headers, **sent)


def document(query: str, **variables: Any) -> dict[str, Any]:
    return {"json": {"query": query, "variables": variables}}


ROLE = "mutation ($i: RoleUpsertInput!) { roleUpsert(input: $i) { __typename } }"
DOORS: dict[str, tuple[str, str, str, dict[str, Any], int]] = {
    "query": ("orders", "POST", "/graphql", document("{ orders { edges { node { id } } } }"), 200),
    "query by GET": ("orders", "GET", "/graphql?query={orders{edges{node{id}}}}", {}, 200),
    "mutation": (
        "warehouses",
        "POST",
        "/graphql",
        document(
            "mutation ($i: StockReceiveInput!) { stockReceive(input: $i) { __typename } }",
            i={"lines": [{"sku": "A", "quantity": 1}], "reason": "opening"},
        ),
        200,
    ),
    "who calls": ("api_keys", "POST", "/graphql", document("{ __typename }"), 500),
    "label": ("shipments", "GET", f"/labels/{new_id()}.pdf", {}, 500),
    "labels": ("bulk_runs", "GET", f"/labels/bulk/{new_id()}.pdf", {}, 500),
    "import": ("variants", "POST", "/imports/products.csv", {"content": b"sku,name,price\nA,First,1\n"}, 500),
    "stream": ("api_keys", "POST", "/graphql/stream", document("subscription { orderChanged { cursor } }"), 500),
    "webhook": ("channels", "POST", "/webhooks/shop", {"content": b"{}"}, 500),
}


@pytest.mark.parametrize("door", DOORS)
async def test_nothing_inner_goes_out(database: Database, served: Running, door: str) -> None:
    table, method, path, sent, status = DOORS[door]
    async with without(database, table):
        served.app.state.services.callers.forget()
        answer = await ask(served, method, path, **sent)
    assert answer.status_code == status, answer.text
    assert answer.headers["x-correlation-id"] == "fault-1"
    assert INNER.search(answer.text) is None, answer.text
    told = answer.json()
    inner = told["errors"][0]["extensions"] if "errors" in told else told
    assert (inner["code"], inner["correlationId"]) == ("INTERNAL", "fault-1")
    assert "internal error" in answer.text


async def test_a_webhook_that_cannot_be_stored(database: Database, served: Running) -> None:
    made = """mutation { channelCreate(input: {slug: "shop", title: "Shop", connector: "woocommerce",
        settings: {store_url: "https://shop.example"}, credentials: {consumer_key: "ck", consumer_secret: "cs",
        webhook_secret: "a secret of the shop"}}) { ... on Channel { slug } ... on Invalid { problems { message } } }
    }"""
    answer = await ask(served, "POST", "/graphql", **document(made))
    assert answer.json()["data"]["channelCreate"] == {"slug": "shop"}
    async with without(database, "inbox"):
        answer = await ask(served, "POST", "/webhooks/shop", **_signed(b'{"id": 1}'))
    assert answer.status_code == 500
    assert answer.json() == {"code": "NOT_STORED", "message": "internal error"}
    assert answer.headers["x-correlation-id"] == "fault-1"


def _signed(body: bytes) -> dict[str, Any]:
    signature = base64.b64encode(hmac.new(b"a secret of the shop", body, hashlib.sha256).digest()).decode()
    headers = {"X-WC-Webhook-Signature": signature, "X-WC-Webhook-Topic": "order.updated"}
    return {"content": body, "headers": {**headers, "Content-Type": "application/json"}}


async def test_a_file_that_has_begun_is_broken_off(database: Database, served: Running) -> None:
    """Its reader cannot take it for whole, and learns nothing."""
    async with without(database, "products"), httpx.AsyncClient(base_url=served.url, timeout=WAIT) as client:
        received = b""
        with suppress(httpx.RemoteProtocolError):
            async with client.stream("GET", "/exports/products.csv", headers=KEY) as answer:
                async for part in answer.aiter_raw():
                    received += part
                raise AssertionError("it ended as if it were whole")
    assert INNER.search(received.decode()) is None


async def test_over_a_websocket(database: Database, served: Running) -> None:
    async with without(database, "orders"), talk(served) as conversation:
        await conversation.begin()
        await conversation.subscribe("{ orders { edges { node { id } } } }")
        heard = await conversation.hear()
    told = json.dumps(heard)
    assert INNER.search(told) is None, told
    assert "internal error" in told and "INTERNAL" in told


async def test_a_path_that_is_none_and_a_method_that_is_none(served: Running) -> None:
    for method, path, status in (("GET", "/../etc/passwd", 404), ("GET", "/%00", 404), ("TRACE", "/graphql", 405)):
        answer = await ask(served, method, path)
        assert answer.status_code == status
        assert INNER.search(answer.text) is None
        assert served.app.debug is False
