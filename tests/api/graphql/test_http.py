"""/graphql speaks HTTP as the GraphQL-over-HTTP specification says, and gives anonymous callers nothing."""

import gzip
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import update

from api import auth
from domain.access.models import ApiKey
from domain.kernel.clock import utc_now
from tests.api.conftest import ADMIN_KEY, Api

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
KEY = {"Authorization": f"Bearer {ADMIN_KEY}"}


async def post(api: Api, body: Any, *, accept: str | None = None, **headers: str) -> httpx.Response:
    wanted = {**KEY, **headers, **({} if accept is None else {"Accept": accept})}
    return await api.http.post("/graphql", json=body, headers=wanted)


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer wrong", f"Basic {ADMIN_KEY}", ADMIN_KEY])
@pytest.mark.parametrize(
    "query", ["{ __typename }", "{ __schema { types { name } } }", "{ orders { edges { cursor } } }"]
)
async def test_anonymous_callers_get_nothing(shared_api: Api, authorization: str | None, query: str) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = await shared_api.http.post("/graphql", json={"query": query}, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
    assert "data" not in answer.json()
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_keys_end(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that has expired or was revoked is none."""
    monkeypatch.setattr(auth, "KNOWN_SECONDS", 0.0)
    assert (await post(api, {"query": "{ __typename }"})).status_code == 200
    async with api.database.begin() as session:
        await session.execute(update(ApiKey).values(expires_at=utc_now() - timedelta(seconds=1)))
    assert (await post(api, {"query": "{ __typename }"})).status_code == 401
    async with api.database.begin() as session:
        await session.execute(update(ApiKey).values(expires_at=None, revoked_at=utc_now()))
    assert (await post(api, {"query": "{ __typename }"})).status_code == 401


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        (None, JSON),
        ("*/*", JSON),
        (JSON, JSON),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}, {JSON};q=0.9", GRAPHQL),
        (f"{GRAPHQL};q=0.5, {JSON}", JSON),
        ("application/*", JSON),
        (f"text/html, {GRAPHQL}; charset=utf-8", GRAPHQL),
    ],
)
async def test_media_types(shared_api: Api, accept: str | None, given: str) -> None:
    answer = await post(shared_api, {"query": "{ __typename }"}, accept=accept or "*/*")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{given}; charset=utf-8"
    assert answer.json()["data"] == {"__typename": "Query"}


async def test_a_media_type_that_is_not_served(shared_api: Api) -> None:
    answer = await post(shared_api, {"query": "{ __typename }"}, accept="text/html")
    assert answer.status_code == 406


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b"{", JSON, 400, "BAD_REQUEST"),
        (b"[]", JSON, 400, "BAD_REQUEST"),
        (b'[{"query": "{ __typename }"}]', JSON, 400, "BAD_REQUEST"),
        (b"1", JSON, 400, "BAD_REQUEST"),
        (b"", JSON, 400, "BAD_REQUEST"),
        (b"{}", JSON, 400, "BAD_REQUEST"),
        (b'{"query": 1}', JSON, 400, "BAD_REQUEST"),
        (b'{"query": "{ __typename }", "variables": []}', JSON, 400, "BAD_REQUEST"),
        (b'{"query": "{ __typename }", "variables": "{}"}', JSON, 400, "BAD_REQUEST"),
        (b'{"query": "{ __typename }", "operationName": {}}', JSON, 400, "BAD_REQUEST"),
        (b'{"query": "{ __typename }", "extensions": 7}', JSON, 400, "BAD_REQUEST"),
        (gzip.compress(b'{"query": "{ __typename }"}', mtime=0), JSON, 400, "BAD_REQUEST"),
        (b'{"query": "{ __typename }"}', "text/plain", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b'{"query": "{ __typename }"}', "application/json; charset=latin-1", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b'{"query": "{ __typename }", "variables": {"a": "\\u0000"}}', JSON, 400, "BAD_REQUEST"),
    ],
)
async def test_what_is_no_request(shared_api: Api, content: bytes, kind: str, status: int, code: str) -> None:
    answer = await shared_api.http.post("/graphql", content=content, headers={**KEY, "Content-Type": kind})
    assert answer.status_code == status
    assert answer.json()["errors"][0]["extensions"]["code"] == code
    assert "data" not in answer.json()


async def test_nulls_stand_for_nothing(shared_api: Api) -> None:
    body = {"query": "{ __typename }", "variables": None, "operationName": None, "extensions": None}
    assert (await post(shared_api, body)).json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("{", {}, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("query A { __typename } query B { __typename }", {}, "UNKNOWN_OPERATION"),
        ("query ($first: Int!) { orders(first: $first) { edges { cursor } } }", {"first": "x"}, "BAD_USER_INPUT"),
        ("query ($first: Int!) { orders(first: $first) { edges { cursor } } }", {}, "BAD_USER_INPUT"),
        ('{ product(sku: "\\u0000") { id } }', {}, "GRAPHQL_VALIDATION_FAILED"),
        ('{ order(by: {id: "a", number: "1"}) { id } }', {}, "GRAPHQL_VALIDATION_FAILED"),
        ("query ($by: OrderRef!) { order(by: $by) { id } }", {"by": {"id": "a", "number": "1"}}, "BAD_USER_INPUT"),
    ],
)
async def test_malformed_documents(shared_api: Api, query: str, variables: dict[str, Any], code: str) -> None:
    """400 for callers that know the new media type; older ones take 400 for a broken server and get 200."""
    body = {"query": query, "variables": variables}
    for accept, status in ((GRAPHQL, 400), (JSON, 200)):
        answer = await post(shared_api, body, accept=accept)
        assert answer.status_code == status
        assert answer.json()["errors"][0]["extensions"]["code"] == code
        assert "data" not in answer.json()


async def test_get_is_for_queries(shared_api: Api) -> None:
    asked = {"query": "query A($sku: String!) { product(sku: $sku) { id } }", "variables": '{"sku": "none"}'}
    answer = await shared_api.http.get("/graphql", params=asked, headers=KEY)
    assert answer.json()["data"] == {"product": None}
    change = {"query": 'mutation { packingListApprove(id: "x") { __typename } }'}
    refused = await shared_api.http.get("/graphql", params=change, headers=KEY)
    assert refused.status_code == 405
    assert refused.headers["allow"] == "POST"
    assert (await shared_api.http.get("/graphql", headers=KEY)).status_code == 400
    assert (await shared_api.http.put("/graphql", headers=KEY)).status_code == 405


async def test_a_body_over_the_limit(shared_api: Api) -> None:
    """By its announced length, or as soon as too much came."""
    large = orjson.dumps({"query": "{ __typename }", "variables": {"a": "x" * 2_100_000}})

    async def in_parts() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 100_000):
            yield large[start : start + 100_000]

    for content in (large, in_parts()):
        headers = {**KEY, "Content-Type": "application/json"}
        answer = await shared_api.http.post("/graphql", content=content, headers=headers)
        assert answer.status_code == 413
        [error] = answer.json()["errors"]
        assert error["extensions"] == {"code": "TOO_LARGE"}


async def test_operations_are_chosen_by_name(shared_api: Api) -> None:
    body = {"query": "query A { a: __typename } query B { b: __typename }", "operationName": "B"}
    assert (await post(shared_api, body)).json()["data"] == {"b": "Query"}


async def test_introspection_is_for_callers_with_a_key(shared_api: Api) -> None:
    answer = await shared_api.data('{ __schema { queryType { name } } __type(name: "Order") { name } }')
    assert answer == {"__schema": {"queryType": {"name": "Query"}}, "__type": {"name": "Order"}}


@pytest.mark.parametrize("escape", [b"\\u0000", b"\\ud800", b"\\uDFFF"])
@pytest.mark.parametrize(
    ("variables", "path"),
    [
        (b'{"i": {"note": "a%sb"}}', ["variables", "i", "note"]),
        (b'{"i": ["a", "%s"]}', ["variables", "i", "1"]),
        (b'{"i": {"%s": 1}}', ["variables", "i"]),
    ],
)
async def test_what_is_no_text_is_told_with_its_place(
    shared_api: Api, escape: bytes, variables: bytes, path: list[str]
) -> None:
    content = b'{"query": "{ __typename }", "variables": %s}' % (variables % escape)
    headers = {**KEY, "content-type": JSON}
    answer = await shared_api.http.post("/graphql", content=content, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_REQUEST", "path": path}


async def test_a_pair_of_surrogates_is_a_letter_and_what_else_is_broken_is_no_json(shared_api: Api) -> None:
    headers = {**KEY, "content-type": JSON}
    for content, status in (
        (b'{"query": "{ __typename }", "variables": {"a": "\\ud83d\\ude00"}}', 200),
        (b'{"query": "{ __typename }", "variables": {"a": "\\ud83d", "b": NaN}}', 400),
        (b'{"query": "{ __typename }", "variables": {"a": "\\ud83d", "b": ' + b"[" * 100_000, 400),
    ):
        assert (await shared_api.http.post("/graphql", content=content, headers=headers)).status_code == status
