"""What a page may do with the cookie of its reader: only a page of ours, and only with the token of the session
(spec SEC-2).
"""

import hashlib
from typing import Any

import pytest

from tests.api.conftest import ADMIN_KEY, Api, running
from tests.api.people.browser import ORIGIN, Browser, browser_of, client, code_of, log_in, person
from tests.domain.access.people import MEMORY_KIB

pytestmark = pytest.mark.spec("SEC-2")

ME = "{ me { name csrfToken } }"
CHANGE = """mutation { roleUpsert(input: {slug: "page", title: "P", permissions: []}) { __typename } }"""
SHEET = "sku,name\nPAGE-1,Page\n"
FOREIGN = "https://evil.example"


async def admin(api: Api) -> Browser:
    return await browser_of(api, await person(api, roles=["*"]))


@pytest.mark.parametrize("query", [ME, CHANGE])
@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 200, None),
        ({"Origin": None}, 403, "ORIGIN_NEEDED"),
        ({"Origin": "null"}, 403, "ORIGIN_NOT_ALLOWED"),
        ({"Origin": FOREIGN}, 403, "ORIGIN_NOT_ALLOWED"),
        ({"Origin": "http://test.evil.example"}, 403, "ORIGIN_NOT_ALLOWED"),
        ({"Origin": "http://test:81"}, 403, "ORIGIN_NOT_ALLOWED"),
        ({"Origin": "http://["}, 403, "ORIGIN_NOT_ALLOWED"),
        ({"Origin": "http://a]b"}, 403, "ORIGIN_NOT_ALLOWED"),
        ({"X_CSRF_Token": None}, 403, "CSRF_TOKEN_NEEDED"),
        ({"X_CSRF_Token": ""}, 403, "CSRF_TOKEN_NEEDED"),
        ({"X_CSRF_Token": "AAAA"}, 403, "CSRF_TOKEN_NEEDED"),
        ({"X_CSRF_Token": "other"}, 403, "CSRF_TOKEN_NEEDED"),
    ],
)
async def test_a_post_with_a_cookie(
    api: Api, query: str, headers: dict[str, str | None], status: int, code: str | None
) -> None:
    browser = await admin(api)
    if headers.get("X_CSRF_Token") == "other":
        headers = {"X_CSRF_Token": (await admin(api)).csrf_token}
    given = {name.replace("X_CSRF", "X-CSRF").replace("_", "-"): value for name, value in headers.items()}
    answer = await browser.ask(query, **given)
    assert code_of(answer) == (status, code)


async def test_the_token_is_not_the_cookie_nor_its_hash(api: Api) -> None:
    browser = await admin(api)
    assert browser.csrf_token not in (browser.token, hashlib.sha256(browser.token.encode()).hexdigest())
    assert (await browser.data(ME))["me"]["csrfToken"] == browser.csrf_token


async def test_a_page_that_is_opened_again_reads_its_token(api: Api) -> None:
    """By GET, which changes nothing; pages of others cannot read the answer."""
    browser = await admin(api)
    answer = await browser.http.get("/graphql", params={"query": ME})
    assert answer.json()["data"]["me"]["csrfToken"] == browser.csrf_token
    assert "access-control-allow-origin" not in answer.headers
    foreign = await browser.http.get("/graphql", params={"query": ME}, headers={"Origin": FOREIGN})
    assert code_of(foreign) == (403, "ORIGIN_NOT_ALLOWED")
    assert (await browser.http.get("/graphql", params={"query": CHANGE})).status_code == 405


async def test_a_key_beside_a_cookie_wins(api: Api) -> None:
    browser = await browser_of(api, await person(api, name="Nobody"))
    answer = await browser.ask(ME, Authorization=f"Bearer {ADMIN_KEY}", Origin=None)
    assert answer.json()["data"]["me"] == {"name": "admin", "csrfToken": None}
    assert code_of(await browser.ask(ME, Authorization="Bearer nothing")) == (401, "UNAUTHENTICATED")
    assert code_of(await browser.ask(ME, Authorization="Basic eA==")) == (401, "UNAUTHENTICATED")


async def test_the_other_doors_ask_the_same(api: Api) -> None:
    browser = await admin(api)
    for path, missing in (("/labels/x.pdf", 404), ("/labels/bulk/x.pdf", 404), ("/exports/products.csv", 200)):
        assert (await browser.http.get(path)).status_code == missing
        foreign = await browser.http.get(path, headers={"Origin": FOREIGN})
        assert code_of(foreign) == (403, "ORIGIN_NOT_ALLOWED")
    proof = {"Origin": ORIGIN, "X-CSRF-Token": browser.csrf_token}
    for headers, code in (({}, "ORIGIN_NEEDED"), ({"Origin": ORIGIN}, "CSRF_TOKEN_NEEDED"), (proof, None)):
        answer = await browser.http.post("/imports/products.csv?dryRun=true", content=SHEET, headers=headers)
        assert (answer.status_code == 403, answer.json().get("code")) == (code is not None, code)
    stream = await browser.http.post("/graphql/stream", json={"query": "subscription { orderCountsChanged { count } }"})
    assert code_of(stream) == (403, "ORIGIN_NEEDED")


@pytest.mark.parametrize(
    ("headers", "code"),
    [({"Origin": origin}, "ORIGIN_NOT_ALLOWED") for origin in (FOREIGN, "null", "http://[", "http://a]b")],
)
async def test_no_page_logs_its_reader_in_as_somebody_of_its_choice(
    api: Api, headers: dict[str, str], code: str
) -> None:
    email = await person(api)
    answer = await log_in(client(api), email, kind="COOKIE", **headers)
    assert code_of(answer) == (403, code) and "set-cookie" not in answer.headers
    given = {"email": email, "password": "x", "kind": "COOKIE"}
    query = "mutation ($input: LogInInput!) { logIn(input: $input) { __typename } }"
    body = {"query": query, "variables": {"input": given}}
    assert code_of(await api.http.post("/graphql", json=body)) == (403, "ORIGIN_NEEDED")


async def test_a_house_that_is_reached_by_https_logs_nobody_in_from_http(database: Any) -> None:
    async with running(database, public_url="https://test", password_memory_kib=MEMORY_KIB) as api:
        email = await person(api)
        refused = await log_in(client(api), email, kind="COOKIE", Origin="http://test")
        assert code_of(refused) == (403, "ORIGIN_NOT_ALLOWED") and "set-cookie" not in refused.headers
        answer = await log_in(client(api), email, kind="COOKIE", Origin="https://test")
        assert answer.headers["set-cookie"].startswith("__Host-omnisales=")


async def test_pages_of_an_allowed_origin_may_use_the_cookie(database: Any) -> None:
    desk = "https://desk.shop.example"
    async with running(database, allowed_origins=frozenset({desk}), password_memory_kib=MEMORY_KIB) as api:
        http = client(api)
        answer = await log_in(http, await person(api), kind="COOKIE", Origin=desk)
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert answer.headers["access-control-allow-origin"] == desk
        token = answer.json()["data"]["logIn"]["csrfToken"]
        asked = {"Origin": desk, "X-CSRF-Token": token}
        assert (await http.post("/graphql", json={"query": ME}, headers=asked)).status_code == 200
        before = {"Origin": desk, "Access-Control-Request-Method": "POST"}
        before["Access-Control-Request-Headers"] = "x-csrf-token,content-type"
        assert (await http.options("/graphql", headers=before)).status_code == 200
