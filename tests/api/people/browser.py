"""Somebody at a browser, or with a program, for tests."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.api.conftest import Api
from tests.domain.access.people import PASSWORD, make_person

ORIGIN = "http://test"
LOG_IN = """mutation ($input: LogInInput!) { logIn(input: $input) { __typename
    ... on LoggedIn { token csrfToken person { id email name roles version } session { id kind expiresAt current } }
    ... on LogInRefused { code message } } }"""


@dataclass
class Browser:
    """A client with a cookie, which repeats the token of its session."""

    http: httpx.AsyncClient
    csrf_token: str
    token: str
    """The cookie's."""

    async def ask(self, query: str, variables: dict[str, Any] | None = None, **headers: str | None) -> httpx.Response:
        """As a page of ours asks; a header that is None is left away."""
        given: dict[str, str | None] = {"Origin": ORIGIN, "X-CSRF-Token": self.csrf_token}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: value for name, value in given.items() if value is not None}
        return await self.http.post("/graphql", json={"query": query, "variables": variables or {}}, headers=sent)

    async def data(self, query: str, variables: dict[str, Any] | None = None) -> Any:
        body = (await self.ask(query, variables)).json()
        assert "errors" not in body, body
        return body["data"]


def client(api: Api, base_url: str = ORIGIN) -> httpx.AsyncClient:
    """A browser that has no cookies yet."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=api.app), base_url=base_url)


async def person(api: Api, **fields: Any) -> str:
    """A new person's e-mail address; the password is PASSWORD."""
    async with api.database.begin() as session:
        return (await make_person(session, **fields)).email


async def log_in(
    http: httpx.AsyncClient, email: str, password: str = PASSWORD, kind: str = "BEARER", **headers: str
) -> httpx.Response:
    """Asks to be let in."""
    given = {"email": email, "password": password, "kind": kind}
    sent = {"Origin": ORIGIN, **headers} if kind == "COOKIE" else headers
    return await http.post("/graphql", json={"query": LOG_IN, "variables": {"input": given}}, headers=sent)


async def token_of(api: Api, email: str) -> str:
    """A bearer's token."""
    answer = (await log_in(api.http, email)).json()
    token: str = answer["data"]["logIn"]["token"]
    return token


async def browser_of(api: Api, email: str, http: httpx.AsyncClient | None = None) -> Browser:
    """A browser in which this person has logged in."""
    http = http or client(api)
    answer = await log_in(http, email, kind="COOKIE")
    csrf_token = answer.json()["data"]["logIn"]["csrfToken"]
    return Browser(http, csrf_token, next(iter(http.cookies.jar)).value or "")


def code_of(answer: httpx.Response) -> tuple[int, str | None]:
    """The status and the first error's code, of whatever door."""
    body = answer.json()
    errors = body.get("errors") if isinstance(body, dict) else None
    code: str | None = errors[0]["extensions"]["code"] if errors else body.get("code")
    return answer.status_code, code
