"""Every answer of every door carries the headers that keep browsers from doing harm with it."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.routing import BaseRoute, Mount, Route

from api.console.routes import CONTENT_SECURITY_POLICY
from api.safety import EVERYWHERE, HTTPS_ONLY, NOTHING, SHOWN_FILE
from domain.kernel.database import Database
from tests.api.conftest import ADMIN_KEY, Api, running

KEY = {"Authorization": f"Bearer {ADMIN_KEY}"}
OWN = {"/graphiql": {"content-security-policy": CONTENT_SECURITY_POLICY, "referrer-policy": "same-origin"}}
"""What a door says itself, by the beginning of its path. The console's files may be kept, since their names change."""


def paths(routes: list[BaseRoute], above: str = "") -> Iterator[tuple[str, str]]:
    """Each method and path that the application has."""
    for route in routes:
        if isinstance(route, Mount):
            yield "GET", f"{above}{route.path}/NOTICE"
        elif isinstance(route, Route):
            for method in sorted(route.methods or ()):
                yield method, above + route.path.replace("{shipment}", "x").replace("{run}", "x")


def wrong(answer: httpx.Response, expected: dict[str, str]) -> dict[str, Any]:
    """The headers that are not as they should be."""
    said = {name: ", ".join(answer.headers.get_list(name)) or None for name in expected}
    return {name: value for name, value in said.items() if value != expected[name]}


def expected(path: str) -> dict[str, str]:
    own = next((headers for beginning, headers in OWN.items() if path.startswith(beginning)), {})
    return {**EVERYWHERE, **own}


@pytest.mark.spec("SEC-1")
async def test_every_route_answers_with_the_headers(shared_api: Api) -> None:
    asked = [*paths(shared_api.app.routes), ("POST", "/webhooks/none"), ("GET", "/webhooks/none"), ("GET", "/nothing")]
    assert len(asked) > 15
    problems = {}
    for method, path in asked:
        for headers in ({}, KEY):
            answer = await shared_api.http.request(method, path, headers=headers)
            if found := wrong(answer, _kept(expected(path), path)):
                problems[method, path, answer.status_code] = found
            if "server" in answer.headers or "x-powered-by" in answer.headers:
                problems[method, path, answer.status_code] = dict(answer.headers)
    assert problems == {}


def _kept(headers: dict[str, str], path: str) -> dict[str, str]:
    """The console says for how long browsers may keep it; all else is kept nowhere."""
    if path == "/graphiql":
        return {**headers, "cache-control": "no-cache"}
    if path.startswith("/graphiql/static"):
        return {**headers, "cache-control": "public, max-age=31536000, immutable"}
    return headers


async def test_a_preflight_and_what_is_not_allowed_carry_them_too(database: Database) -> None:
    asks = {"Origin": "https://desk.example", "Access-Control-Request-Method": "POST"}
    async with running(database, allowed_origins=frozenset({"https://desk.example"})) as api:
        for origin in ("https://desk.example", "https://other.example"):
            answer = await api.http.options("/graphql", headers={**asks, "Origin": origin})
            assert wrong(answer, dict(EVERYWHERE)) == {}


@pytest.mark.parametrize(
    ("public_url", "said"),
    [("https://oms.example", HTTPS_ONLY[1]), ("HTTPS://oms.example", HTTPS_ONLY[1]), ("http://a", None), (None, None)],
)
async def test_https_is_demanded_where_the_public_address_has_it(
    database: Database, public_url: str | None, said: str | None
) -> None:
    async with running(database, public_url=public_url) as api:
        answer = await api.http.get("/health/live")
        assert answer.headers.get("strict-transport-security") == said


def test_no_policy_lets_a_script_of_anothers_run_or_a_page_frame_ours() -> None:
    for policy in (NOTHING, SHOWN_FILE, CONTENT_SECURITY_POLICY):
        rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
        assert rules["default-src"] == rules["frame-ancestors"] == rules["base-uri"] == rules["form-action"] == "'none'"
        assert rules.get("script-src", "'self'") == "'self'"
