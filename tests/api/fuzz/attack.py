"""Sends bad input to the API, and says what was answered with a fault of ours."""

import json
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.api.conftest import ADMIN_KEY, Api
from tests.api.graphql.walk.arguments import arguments_of
from tests.api.graphql.walk.documents import Root, document
from tests.api.graphql.walk.world import World

from .doors import Sent
from .values import spoiled

NO_LIMITS = {"caller_points_per_second": 0, "anonymous_per_second": 0, "wrong_credentials_per_minute": 0}
WORLDS = 8
"""Out of so many good arguments all bad ones of a field are made: a house holds only so many roles, keys, fields."""
ALLOWED = frozenset({200, 307, 400, 401, 403, 404, 405, 406, 408, 409, 411, 413, 415, 422, 429, 431})
_INSIDE = ("Traceback", "sqlalchemy", "asyncpg", 'File "/')
_ADMIN = {"Authorization": f"Bearer {ADMIN_KEY}", "Content-Type": "application/json"}


async def _log_in(_: Api) -> dict[str, Any]:
    return {"input": {"email": "ana@shop.example", "password": "wrong pony battery staple", "kind": "BEARER"}}


async def _passwords(_: Api) -> dict[str, Any]:
    return {"input": {"oldPassword": "wrong pony battery staple", "newPassword": "another pony battery staple"}}


async def _session(_: Api) -> dict[str, Any]:
    return {"id": "01930000-0000-7000-8000-000000000000"}


OPEN: Mapping[str, Callable[[Api], Awaitable[dict[str, Any]]]] = {
    "logIn": _log_in,
    "passwordChange": _passwords,
    "sessionRevoke": _session,
}
"""Arguments of root fields that ask for no permission, and so are not in the walk's table."""


@dataclass
class Report:
    """What was tried, and what went wrong: each fault with what was sent."""

    cases: int = 0
    faults: list[str] = field(default_factory=list)

    def look_at(self, sent: str, answer: httpx.Response, *, is_json: bool = True) -> None:
        self.cases += 1
        fault = fault_of(answer, is_json=is_json)
        if fault is not None:
            self.faults.append(f"{fault}: {sent[:2_000]}")


def fault_of(answer: httpx.Response, *, is_json: bool = True) -> str | None:
    """Why this answer is no answer to bad input, or None."""
    if answer.status_code not in ALLOWED:
        return f"status {answer.status_code} {answer.text[:300]}"
    if any(word in answer.text for word in _INSIDE):
        return f"shows its inside: {answer.text[:300]}"
    if not is_json:
        return None
    try:
        body = answer.json()
    except ValueError:
        return f"no JSON: {answer.text[:300]}"
    if '"INTERNAL"' in answer.text:
        return f"INTERNAL {json.dumps(body.get('errors'))[:600]}"
    return None


async def fuzz_root(api: Api, root: Root, rng: random.Random, cases: int, report: Report) -> None:
    """Calls a root field as the administrator, with good arguments made bad."""
    types = {name: one.type for name, one in root.field.args.items()}
    if not types:
        return
    good: Mapping[str, Any] = {}
    for number in range(cases):
        if number % -(-cases // WORLDS) == 0:
            good = await (OPEN[root.name](api) if root.name in OPEN else arguments_of(root, World(api)))
        await fuzz_once(api, root, spoiled(rng, types, good), report)


async def fuzz_once(api: Api, root: Root, variables: Mapping[str, Any], report: Report) -> None:
    # ensure_ascii spells halves of surrogate pairs and NUL as escapes, which JSON may have.
    body = json.dumps({"query": document(root), "variables": dict(variables)}).encode()
    answer = await api.http.post("/graphql", content=body, headers=_ADMIN)
    report.look_at(f"{root.path} {json.dumps(dict(variables))}", answer)


async def fuzz_documents(api: Api, documents: Mapping[str, str], report: Report) -> None:
    """Sends each document, named, as the administrator."""
    for name, text in documents.items():
        body = json.dumps({"query": text}).encode()
        report.look_at(f"{name}: {text}", await sent(api, Sent("POST", "/graphql", body, _ADMIN)))


async def fuzz_doors(api: Api, requests: Iterable[Sent], report: Report) -> None:
    """Sends each request."""
    for one in requests:
        answer = await sent(api, one)
        report.look_at(f"{one.method} {one.path[:300]} {one.headers} {one.body[:300]!r}", answer, is_json=one.is_json)


async def sent(api: Api, one: Sent) -> httpx.Response:
    """The answer, which is 500 where the application failed."""
    headers = [
        (name.encode(), value.encode("latin-1") if isinstance(value, str) else value)
        for name, value in (one.headers or {}).items()
    ]
    request = httpx.Request(one.method, f"http://test{one.path}", content=one.body, headers=headers)
    # The transport alone: a client would follow redirects to hosts that nobody has.
    answer = await httpx.ASGITransport(app=api.app, raise_app_exceptions=False).handle_async_request(request)
    await answer.aread()
    return answer


async def fuzz_roots(api: Api, roots: Iterable[Root], seed: int, cases: int, report: Report) -> None:
    """Each root field with this many bad inputs; the same seed gives the same."""
    for root in roots:
        await fuzz_root(api, root, random.Random(f"{seed} {root.path}"), cases, report)
