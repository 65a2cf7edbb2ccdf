"""Trying a connection before it is stored; and a secret that is seen nowhere (spec CHN-3)."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from api.buckets import Buckets
from omnisales_sdk.testing.sandbox import serve
from tests.api.conftest import Api
from tests.api.graphql.test_channels import CREATE, shop
from tests.api.graphql.test_connections import ROTATE, SET

pytestmark = pytest.mark.spec("CHN-3")

TRY = """mutation ($input: ConnectionTryInput!) { connectionTry(input: $input) { __typename
    ... on ConnectionTest { ok code message } ... on Invalid { problems { path code message } } } }"""
CANARY = "canary0secret0of0the0shop"
KEYS = {name: f"{CANARY}_{name}" for name in ("consumer_key", "consumer_secret", "webhook_secret")}


@contextmanager
def store(answer: Response) -> Iterator[str]:
    async def same(_: Request) -> Response:
        return answer

    with serve(Starlette(routes=[Route("/{path:path}", same, methods=["GET", "POST"])])) as running:
        yield running.url


async def try_it(api: Api, url: str, **credentials: str) -> Any:
    given = {"connector": "woocommerce", "settings": {"store_url": url}, "credentials": {**KEYS, **credentials}}
    answer = await api.ask(TRY, {"input": given})
    assert CANARY not in answer.text
    return answer.json()["data"]["connectionTry"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:9", "nobody listens"),
        ("http://there-is-no-such-shop.invalid", "no such name"),
    ],
)
async def test_nobody_there(api: Api, url: str, words: str) -> None:
    tried = await try_it(api, url)

    assert tried["ok"] is False
    assert words in tried["message"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (JSONResponse({"namespaces": ["wp/v2"]}), "without WooCommerce"),
        (PlainTextResponse("<html>hello</html>"), "page in the place of JSON"),
        (JSONResponse({"code": "woocommerce_rest_cannot_view", "message": KEYS["consumer_key"]}, 401), "REST API key"),
    ],
    ids=["no WooCommerce", "a web page", "wrong keys"],
)
async def test_not_what_was_hoped_for(api: Api, answer: Response, words: str) -> None:
    with store(answer) as url:
        tried = await try_it(api, url)

    assert (tried["ok"], tried["code"]) == (False, "NOT_ACCEPTED")
    assert words in tried["message"]


async def test_plain_http_where_tls_is_expected(api: Api) -> None:
    with store(PlainTextResponse("hello")) as url:
        tried = await try_it(api, url.replace("http://", "https://"))

    assert tried["ok"] is False
    assert "TLS" in tried["message"]


async def test_wrong_fields_are_named_before_anybody_is_asked(api: Api) -> None:
    tried = await try_it(api, "shop.example", consumer_key="")

    assert {(".".join(one["path"]), one["code"]) for one in tried["problems"]} == {
        ("settings.store_url", "BAD_VALUE"),
        ("credentials.consumer_key", "TOO_SHORT"),
    }
    unknown = await api.data(TRY, {"input": {"connector": "acme"}})
    assert [one["code"] for one in unknown["connectionTry"]["problems"]] == ["NOT_LOADED"]


async def test_nobody_tries_without_end(api: Api) -> None:
    api.services.tries = Buckets(1 / 3600, 1)

    assert (await try_it(api, "http://127.0.0.1:9"))["code"] != "RATE_LIMITED"
    assert (await try_it(api, "http://127.0.0.1:9"))["code"] == "RATE_LIMITED"


async def everything_stored(api: Api) -> str:
    """Every row of every table, as text; bytes in hexadecimal digits."""
    async with api.database.read() as connection:
        names = await connection.scalars(text("select tablename from pg_tables where schemaname = 'public'"))
        rows = []
        for name in sorted(names):
            rows += list(await connection.scalars(text(f'select row_to_json(one)::text from "{name}" one')))
    return "\n".join(rows)


@pytest.mark.spec("SEC-3")
async def test_a_secret_is_seen_nowhere(
    api: Api, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Driven through making, trying, changing and rotating, refused forms and refused webhooks."""
    told = []

    async def ask(query: str, given: Any) -> Any:
        answer = await api.ask(query, {"input": given})
        told.append(answer.text)
        return answer.json()

    echo = JSONResponse({"code": "woocommerce_rest_cannot_view", "message": f"your key {KEYS['consumer_key']}"}, 401)
    with store(echo) as url:
        await ask(CREATE, shop(slug="bad", credentials={**KEYS, "colour": CANARY, "consumer_key": {"a": CANARY}}))
        await ask(CREATE, shop(slug="angles", credentials={**KEYS, "webhook_secret": f"<{CANARY}>"}))
        made = await ask(CREATE, shop(settings={"store_url": url}, credentials=KEYS))
        channel = made["data"]["channelCreate"]["id"]
        tried = await api.ask("mutation ($id: ID!) { channelTest(id: $id) { ok code message } }", {"id": channel})
        told.append(tried.text)
    change = {"id": channel, "expectedVersion": 1}
    await ask(SET, {**change, "credentials": {"consumer_key": [CANARY], "webhook_secret": f"'{CANARY}'"}})
    await ask(SET, {**change, "credentials": {"consumer_key": f"{CANARY}_again"}})
    await ask(ROTATE, {**change, "secret": f"{CANARY}&"})
    await ask(ROTATE, {"id": channel, "expectedVersion": 2, "secret": f"{CANARY}_rotated"})
    for signature in ("", CANARY, base64.b64encode(CANARY.encode()).decode()):
        headers = {"X-WC-Webhook-Signature": signature}
        told.append((await api.http.post("/webhooks/shop-1", content=b"{}", headers=headers)).text)
    told.append((await api.ask("{ channels { settings connection { problems { message } } } }")).text)
    told.append((await api.ask("{ auditLog { nodes { before after } } }")).text)

    printed = capsys.readouterr()
    stored = await everything_stored(api)
    assert json.loads(tried.text)["data"]["channelTest"]["ok"] is False
    for place in ("\n".join(told), printed.out, printed.err, caplog.text, stored):
        assert CANARY not in place
        assert CANARY.encode().hex() not in place
