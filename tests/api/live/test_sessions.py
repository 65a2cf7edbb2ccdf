"""Subscriptions of people: how they are proved, and that they end with their session (spec SEC-2)."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, update
from websockets.exceptions import InvalidStatus

from domain.access.models import SessionKind, User, UserSession
from domain.access.sessions import Limits, Visitor, open_session
from domain.kernel.clock import utc_now
from domain.kernel.secrets import digest
from domain.orders.status import Status
from tests.api.live.conftest import Shop
from tests.api.live.serving import KEY, Running, stream, talk
from tests.domain.access.people import make_person

pytestmark = pytest.mark.spec("SEC-2")

COUNTS = "subscription { orderCountsChanged { status count } }"
SOON = 20.0
"""Seconds in which all must have ended; five is what is promised, on a machine that is not as busy as a test's."""


async def enter(shop: Shop, kind: SessionKind = SessionKind.BEARER) -> str:
    """The token of a new person who may follow orders."""
    async with shop.database.begin() as session:
        user = await make_person(session, roles=["order_operator"])
        return (await open_session(session, user.id, Visitor(kind=kind), Limits())).token


def revoke(token: str) -> Any:
    return update(UserSession).where(UserSession.token_hash == digest(token)).values(revoked_at=utc_now())


def expire(token: str) -> Any:
    return update(UserSession).where(UserSession.token_hash == digest(token)).values(expires_at=func.now())


def disable(token: str) -> Any:
    whose = select(UserSession.user_id).where(UserSession.token_hash == digest(token)).scalar_subquery()
    return update(User).where(User.id == whose).values(disabled_at=utc_now())


def demote(token: str) -> Any:
    whose = select(UserSession.user_id).where(UserSession.token_hash == digest(token)).scalar_subquery()
    return update(User).where(User.id == whose).values(roles=[])


@pytest.mark.parametrize("end", [revoke, expire, disable])
async def test_what_ends_in_another_process_ends_here(running: Running, shop: Shop, end: Callable[[str], Any]) -> None:
    """The WebSocket is closed, the stream ends, though nothing happens meanwhile."""
    token = await enter(shop)
    bearer = f"Bearer {token}"
    async with talk(running) as one, stream(running, COUNTS, Authorization=bearer) as events:
        await one.begin(authorization=bearer)
        await one.subscribe(COUNTS)
        await one.next()
        assert (await anext(events)).name == "next"
        began = time.monotonic()
        async with shop.database.begin() as session:
            await session.execute(end(token))
        assert (await one.closed())[0] == 4403
        left = [event async for event in events]
        assert time.monotonic() - began < SOON
    codes = [event.data["errors"][0]["extensions"]["code"] for event in left if event.data and "errors" in event.data]
    assert codes == ["UNAUTHENTICATED"]


async def test_a_role_that_is_taken_away_ends_what_it_opened(running: Running, shop: Shop) -> None:
    token = await enter(shop)
    async with talk(running) as one:
        await one.begin(authorization=f"Bearer {token}")
        await one.subscribe(COUNTS)
        await one.next()
        async with shop.database.begin() as session:
            await session.execute(demote(token))
        message = await one.hear()
        assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", "FORBIDDEN")


async def test_logging_out_here_ends_it_at_once_and_other_peoples_goes_on(running: Running, shop: Shop) -> None:
    mine, other = await enter(shop), await enter(shop)
    async with talk(running) as one, talk(running) as two:
        for conversation, token in ((one, mine), (two, other)):
            await conversation.begin(authorization=f"Bearer {token}")
            await conversation.subscribe(COUNTS)
            await conversation.next()
        async with httpx.AsyncClient(trust_env=False) as http:
            query = "mutation { logOut { ... on SessionsEnded { count } } }"
            headers = {"Authorization": f"Bearer {mine}"}
            answer = await http.post(f"{running.url}/graphql", json={"query": query}, headers=headers)
        assert answer.json()["data"]["logOut"] == {"count": 1}
        assert (await one.closed())[0] == 4403
        order = await shop.order()
        await shop.move(order, Status.ON_HOLD)
        await two.next()


def of_a_page(running: Running, token: str, origin: str | None = None) -> dict[str, str]:
    return {"Cookie": f"omnisales={token}", "Origin": origin or running.url}


async def csrf_token(running: Running, token: str) -> str:
    async with httpx.AsyncClient(trust_env=False) as http:
        query = {"query": "{ me { csrfToken } }"}
        answer = await http.get(f"{running.url}/graphql", params=query, headers={"Cookie": f"omnisales={token}"})
    told: str = answer.json()["data"]["me"]["csrfToken"]
    return told


async def test_a_page_follows_with_its_cookie_and_its_token(running: Running, shop: Shop) -> None:
    token = await enter(shop, SessionKind.COOKIE)
    async with talk(running, **of_a_page(running, token)) as one:
        await one.begin(**{"X-CSRF-Token": await csrf_token(running, token)})
        await one.subscribe(COUNTS)
        await one.next()
        async with shop.database.begin() as session:
            await session.execute(revoke(token))
        assert (await one.closed())[0] == 4403


@pytest.mark.parametrize("payload", [{}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "x"}, {"X-CSRF-Token": 1}])
async def test_a_cookie_alone_opens_no_websocket(running: Running, shop: Shop, payload: dict[str, Any]) -> None:
    token = await enter(shop, SessionKind.COOKIE)
    async with talk(running, **of_a_page(running, token)) as one:
        await one.send(type="connection_init", payload=payload)
        code, reason = await one.closed()
        assert code == 4403 and "CSRF_TOKEN_NEEDED" in reason


async def test_a_websocket_with_a_cookie_says_its_origin(running: Running, shop: Shop) -> None:
    token = await enter(shop, SessionKind.COOKIE)
    async with talk(running, Cookie=f"omnisales={token}") as one:
        await one.send(type="connection_init", payload={"X-CSRF-Token": await csrf_token(running, token)})
        code, reason = await one.closed()
        assert code == 4403 and "ORIGIN_NEEDED" in reason


@pytest.mark.parametrize("origin", ["http://[", "http://a]b"])
async def test_an_origin_that_is_none_is_refused_at_the_door(running: Running, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with talk(running, Origin=origin):
            pass
    assert refused.value.response.status_code == 403


async def test_a_cookie_is_not_set_over_a_websocket(running: Running) -> None:
    query = """mutation { logIn(input: {email: "a@shop.example", password: "x", kind: COOKIE}) { __typename } }"""
    async with talk(running) as one:
        await one.begin(authorization=KEY["Authorization"])
        await one.subscribe(query)
        answer = await one.hear()
        assert answer["payload"]["errors"][0]["extensions"]["code"] == "LOG_IN_BY_HTTP"
