"""Subscriptions as server-sent events (spec ORD-9)."""

import time
from typing import Any

import httpx
import pytest

from api.live import sse, streams
from domain.access.models import ApiKey
from domain.kernel.clock import utc_now
from domain.kernel.secrets import digest
from domain.orders.status import Status
from tests.api.live.conftest import Shop
from tests.api.live.serving import KEY, WAIT, Running, serving, stream, talk
from tests.jobs.engine_room import eventually

pytestmark = pytest.mark.spec("ORD-9")

CHANGED = """subscription ($filter: OrderChangeFilter, $after: String) {
    orderChanged(filter: $filter, after: $after) { seq kind order { status } } }"""
COUNTS = "subscription { orderCountsChanged { status count } }"


async def now(running: Running) -> str:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"{running.url}/graphql", json={"query": "{ changesCursor }"}, headers=KEY)
    cursor: str = answer.json()["data"]["changesCursor"]
    return cursor


@pytest.mark.spec("SYN-10")
async def test_changes_come_and_a_broken_stream_is_taken_up_again(running: Running, shop: Shop) -> None:
    variables = {"filter": {"channel": [shop.channel.slug]}, "after": await now(running)}
    order = await shop.order()
    async with stream(running, CHANGED, variables) as events:
        first = await anext(events)
        assert first.name == "next"
        assert first.data == {
            "data": {"orderChanged": {"seq": 1, "kind": "order_created", "order": {"status": "DRAFT"}}}
        }
        assert first.id is not None
    await shop.move(order, Status.ON_HOLD)
    await shop.move(order, Status.DRAFT)
    async with stream(running, CHANGED, variables, Last_Event_ID=first.id) as events:
        seqs = [(await anext(events)).data["data"]["orderChanged"]["seq"] for _ in range(2)]
    assert seqs == [2, 3]


async def test_a_subscription_that_cannot_go_on_says_so_and_ends(running: Running) -> None:
    async with stream(running, CHANGED, {"after": "x"}) as events:
        told = [event async for event in events]
    assert [event.name for event in told] == ["next", "complete"]
    assert told[0].data["errors"][0]["extensions"]["problems"][0]["code"] == "BAD_CURSOR"


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"headers": {"Authorization": "Bearer nobody"}}, 401, "UNAUTHENTICATED"),
        ({"headers": {"Accept": "application/json"}}, 406, "NOT_ACCEPTABLE"),
        ({"headers": {"Origin": "https://evil.example"}}, 403, "ORIGIN_NOT_ALLOWED"),
        ({"headers": {"Origin": "null"}}, 403, "ORIGIN_NOT_ALLOWED"),
        ({"json": {"query": "{ __typename }"}}, 400, "NO_SUBSCRIPTION"),
        ({"json": {"query": "subscription { nothing }"}}, 400, "GRAPHQL_VALIDATION_FAILED"),
        ({"json": []}, 400, "BAD_REQUEST"),
        ({"json": None, "content": b"{"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
    ],
)
async def test_what_is_no_stream(running: Running, request_: dict[str, Any], status: int, code: str) -> None:
    headers = {**KEY, "Accept": "text/event-stream", **request_.pop("headers", {})}
    async with httpx.AsyncClient(trust_env=False, timeout=WAIT) as client:
        answer = await client.post(
            f"{running.url}/graphql/stream", headers=headers, **{"json": {"query": COUNTS}, **request_}
        )
    assert answer.status_code == status
    assert answer.json()["errors"][0]["extensions"]["code"] == code


async def test_who_may_not_follow(running: Running, shop: Shop) -> None:
    async with shop.database.begin() as session:
        session.add(ApiKey(name="few", key_hash=digest("few"), permissions=["stock.edit"], created_at=utc_now()))
    async with httpx.AsyncClient(trust_env=False, timeout=WAIT) as client:
        answer = await client.get(
            f"{running.url}/graphql/stream", params={"query": COUNTS}, headers={"Authorization": "Bearer few"}
        )
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN")


async def test_a_subscription_by_post_to_graphql_is_told_where_to_go(running: Running) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=WAIT) as client:
        answer = await client.post(f"{running.url}/graphql", json={"query": COUNTS}, headers=KEY)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (405, "SUBSCRIBE_ELSEWHERE")


async def test_while_nothing_happens_a_comment_comes(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "QUIET_SECONDS", 0.02)
    monkeypatch.setattr(sse, "COMMENT_SECONDS", 0.02)
    async with (
        httpx.AsyncClient(timeout=WAIT, trust_env=False) as client,
        client.stream(
            "GET",
            f"{running.url}/graphql/stream",
            params={"query": CHANGED, "variables": '{"filter": {"channel": ["no-such"]}}'},
            headers={**KEY, "Accept": "text/event-stream"},
        ) as answer,
    ):
        lines = answer.aiter_lines()
        heard = [await anext(lines) for _ in range(6)]
    assert heard == [":", ""] * 3


async def test_a_place_is_given_back_when_the_reader_goes(running: Running) -> None:
    places = running.app.state.services.live.places
    for _ in range(25):
        async with stream(running, COUNTS) as events:
            await anext(events)

    async def all_back() -> bool:
        return not places._taken

    await eventually(all_back)


async def test_who_has_no_place_left_is_told_so(shop: Shop) -> None:
    with serving(shop.database.url, subscriptions_per_caller=1) as running:
        async with stream(running, COUNTS) as events:
            await anext(events)
            async with httpx.AsyncClient(trust_env=False, timeout=WAIT) as client:
                answer = await client.post(f"{running.url}/graphql/stream", json={"query": COUNTS}, headers=KEY)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (429, "TOO_MANY_SUBSCRIPTIONS")


async def test_pages_of_an_allowed_origin_may_ask(shop: Shop) -> None:
    desk = "https://desk.example"
    with serving(shop.database.url, allowed_origins=frozenset({desk})) as running:
        async with httpx.AsyncClient(trust_env=False, timeout=WAIT) as client:
            asked = {"Origin": desk, "Access-Control-Request-Method": "POST"}
            asked["Access-Control-Request-Headers"] = "authorization,content-type"
            before = await client.options(f"{running.url}/graphql", headers=asked)
            assert before.headers["access-control-allow-origin"] == desk
            refused = await client.options(
                f"{running.url}/graphql", headers={**asked, "Origin": "https://evil.example"}
            )
            assert "access-control-allow-origin" not in refused.headers
        async with stream(running, COUNTS, Origin=desk) as events:
            assert (await anext(events)).name == "next"
        async with talk(running, Origin=desk) as one:
            await one.begin()


async def test_when_the_process_ends_streams_end_at_once_and_are_not_complete(shop: Shop) -> None:
    """Their readers come back, to this process or another, with their last cursor."""
    with serving(shop.database.url) as running:
        async with stream(running, COUNTS) as events, talk(running) as one:
            await one.begin()
            await one.subscribe(COUNTS)
            await one.next()
            await anext(events)
            started = time.monotonic()
            running.server.should_exit = True
            assert [event.name async for event in events] == []
            assert (await one.closed())[0] in (1001, 1012)
    assert time.monotonic() - started < WAIT


async def test_two_processes_tell_the_same(running: Running, shop: Shop) -> None:
    variables = {"filter": {"channel": [shop.channel.slug]}, "after": await now(running)}
    with serving(shop.database.url) as second:
        async with stream(running, CHANGED, variables) as here, stream(second, CHANGED, variables) as there:
            order = await shop.order()
            await shop.move(order, Status.ON_HOLD)
            told = [[(await anext(events)) for _ in range(2)] for events in (here, there)]
        for events_told in told:
            assert [event.data["data"]["orderChanged"]["seq"] for event in events_told] == [1, 2]
        assert [event.id for event in told[0]] == [event.id for event in told[1]], "a cursor holds at any process"
