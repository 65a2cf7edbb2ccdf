"""Subscriptions by WebSocket: what comes, and the protocol's every rule (spec ORD-9)."""

import asyncio
import json
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from websockets.exceptions import InvalidStatus

from api.live import websocket
from domain.access.models import ApiKey
from domain.diary.entries import Note, open_standing, resolve_standing
from domain.flows.bulk.carry_out import carry_out
from domain.kernel.clock import utc_now
from domain.kernel.secrets import digest
from domain.orders.status import Status
from tests.api.conftest import ADMIN_KEY
from tests.api.live.conftest import Shop
from tests.api.live.serving import WAIT, Running, talk
from tests.jobs.engine_room import eventually

pytestmark = pytest.mark.spec("ORD-9")

CHANGED = """subscription ($ids: [ID!], $filter: OrderChangeFilter, $after: String) {
    orderChanged(ids: $ids, filter: $filter, after: $after) {
        cursor kind seq orderId fromStatus toStatus order { status channel { slug } lines { sku } } } }"""
COUNTS = "subscription { orderCountsChanged { status count } }"
DIARY = """subscription ($channel: [String!], $after: String) { diaryChanged(channel: $channel, after: $after) {
    cursor kind entry { cause state channel { slug } } } }"""


async def test_an_order_as_it_changes(running: Running, shop: Shop) -> None:
    order = await shop.order()
    async with talk(running) as one:
        await one.begin()
        await one.subscribe(CHANGED, ids=[str(order.id)])
        await one.send(type="ping")
        assert await one.hear() == {"type": "pong"}
        # The subscription begins with what is committed when it is carried out: an event that it does not miss.
        await shop.move(order, Status.ON_HOLD)
        change = (await one.next())["orderChanged"]
        if change["kind"] == "order_created":
            change = (await one.next())["orderChanged"]
        assert (change["kind"], change["seq"]) == ("status_changed", 2)
        assert (change["fromStatus"], change["toStatus"]) == ("DRAFT", "ON_HOLD")
        assert change["order"]["status"] == "ON_HOLD"
        assert change["order"]["channel"] == {"slug": shop.channel.slug}
        assert len(change["order"]["lines"]) == 1
        await shop.move(order, Status.DRAFT)
        assert (await one.next())["orderChanged"]["seq"] == 3


async def began(shop: Shop, running: Running) -> str:
    """A cursor of now."""
    async with talk(running) as one:
        await one.begin()
        await one.subscribe("{ changesCursor }")
        cursor: str = (await one.next())["changesCursor"]
        assert (await one.hear())["type"] == "complete"
        return cursor


async def test_by_channel_status_and_kind(running: Running, shop: Shop) -> None:
    """A status' subscribers hear of what comes into it, what is changed in it, and what leaves it."""
    cursor = await began(shop, running)
    async with talk(running) as one:
        await one.begin()
        channel = {"channel": [shop.channel.slug]}
        await one.subscribe(CHANGED, "held", filter={**channel, "status": ["ON_HOLD"]}, after=cursor)
        await one.subscribe(CHANGED, "made", filter={**channel, "kinds": ["order_created"]}, after=cursor)
        order = await shop.order()
        created = (await one.next("made"))["orderChanged"]
        assert (created["toStatus"], created["orderId"]) == ("DRAFT", str(order.id))
        await shop.move(order, Status.ON_HOLD)
        held = (await one.next("held"))["orderChanged"]
        if held["kind"] == "order_created":  # read late: the order was held by then
            held = (await one.next("held"))["orderChanged"]
        assert held["toStatus"] == "ON_HOLD"
        await shop.move(order, Status.DRAFT)
        assert (await one.next("held"))["orderChanged"]["fromStatus"] == "ON_HOLD"


@pytest.mark.spec("SYN-10")
async def test_after_a_break_nothing_is_missed(running: Running, shop: Shop) -> None:
    order = await shop.order()
    cursor = None
    wanted = {"channel": [shop.channel.slug]}
    start = await began(shop, running)
    seen: list[int] = []
    for turn in range(3):
        await shop.move(order, Status.ON_HOLD)
        await shop.move(order, Status.DRAFT)
        async with talk(running) as one:
            await one.begin()
            await one.subscribe(CHANGED, filter=wanted, after=cursor or start)
            while len(seen) < 2 * (turn + 1):
                change = (await one.next())["orderChanged"]
                if change["seq"] > 1:
                    seen.append(change["seq"])
                cursor = change["cursor"]
    assert seen == [2, 3, 4, 5, 6, 7]


async def test_counts_at_once_and_as_they_change(running: Running, shop: Shop) -> None:
    def of(counts: Any, status: str) -> int:
        return next(one["count"] for one in counts["orderCountsChanged"] if one["status"] == status)

    async with talk(running) as one:
        await one.begin()
        await one.subscribe(COUNTS)
        before = await one.next()
        assert len(before["orderCountsChanged"]) == len(Status)
        order = await shop.order()
        after = before
        while of(after, "DRAFT") == of(before, "DRAFT"):
            after = await one.next()
        await shop.move(order, Status.ON_HOLD)
        while of(after, "ON_HOLD") == of(before, "ON_HOLD"):
            after = await one.next()
        assert of(after, "DRAFT") == of(before, "DRAFT")


async def test_the_diary_as_it_is_written(running: Running, shop: Shop) -> None:
    cursor = await began(shop, running)
    async with talk(running) as one:
        await one.begin()
        await one.subscribe(DIARY, channel=[shop.channel.slug], after=cursor)
        note = Note(channel_id=shop.channel.id, cause="sync:orders", message="No answer.")
        async with shop.database.begin() as session:
            await open_standing(session, note)
        opened = (await one.next())["diaryChanged"]
        assert opened["kind"] == "diary_opened"
        assert opened["entry"]["cause"] == "sync:orders"
        async with shop.database.begin() as session:
            await resolve_standing(session, shop.channel.id, ["sync:orders"], None)
        closed = (await one.next())["diaryChanged"]
        assert (closed["kind"], closed["entry"]["state"]) == ("diary_resolved", "RESOLVED")


async def test_queries_and_mutations_are_answered_once(running: Running, shop: Shop) -> None:
    async with talk(running) as one:
        await one.begin()
        await one.subscribe("{ __typename }", "a")
        assert await one.next("a") == {"__typename": "Query"}
        assert await one.hear() == {"id": "a", "type": "complete"}
        mutation = 'mutation { productUpsert(input: {sku: "WS-1", name: "A"}) { __typename } }'
        await one.subscribe(mutation, "a")
        assert await one.next("a") == {"productUpsert": {"__typename": "Product"}}


async def test_an_operation_that_is_completed_is_over(running: Running, shop: Shop) -> None:
    async with talk(running) as one:
        await one.begin()
        await one.subscribe(COUNTS)
        await one.next()
        await one.send(id="1", type="complete")
        await one.subscribe(COUNTS)
        assert len((await one.next())["orderCountsChanged"]) == len(Status)
        await one.send(id="nothing", type="complete")
        await one.send(type="pong")
        await one.send(type="ping", payload={"n": 1})
        assert await one.hear() == {"type": "pong", "payload": {"n": 1}}


async def test_the_key_may_come_in_a_header(running: Running) -> None:
    async with talk(running, Authorization=f"Bearer {ADMIN_KEY}") as one:
        await one.send(type="connection_init")
        assert await one.hear() == {"type": "connection_ack"}


@pytest.mark.parametrize("text", ["", "{", "[]", "1", "{}", '{"type": 1}', '{"type": "no_such"}', b"\x00"])
async def test_what_is_no_message(running: Running, text: str | bytes) -> None:
    async with talk(running) as one:
        await one.socket.send(text)
        code, reason = await one.closed()
        assert (code, reason[:15]) == (4400, "Invalid message")


@pytest.mark.parametrize(
    "message",
    [
        {"type": "subscribe", "payload": {"query": "{ __typename }"}},
        {"type": "subscribe", "id": "", "payload": {"query": "{ __typename }"}},
        {"type": "subscribe", "id": 1, "payload": {"query": "{ __typename }"}},
        {"type": "subscribe", "id": "1"},
        {"type": "subscribe", "id": "1", "payload": []},
        {"type": "complete"},
    ],
)
async def test_what_is_no_operation(running: Running, message: dict[str, Any]) -> None:
    async with talk(running) as one:
        await one.begin()
        await one.send(**message)
        assert (await one.closed())[0] == 4400


async def test_the_codes_of_the_protocol(running: Running) -> None:
    async with talk(running, protocol=None) as one:
        assert (await one.closed())[0] == 4406
    async with talk(running) as one:
        await one.subscribe("{ __typename }")
        assert await one.closed() == (4401, "Unauthorized")
    async with talk(running) as one:
        await one.begin()
        await one.send(type="connection_init")
        assert await one.closed() == (4429, "Too many initialisation requests")
    async with talk(running) as one:
        await one.begin()
        await one.subscribe(COUNTS)
        await one.subscribe(COUNTS)
        assert await one.closed() == (4409, "Subscriber for 1 already exists")
    async with talk(running) as one:
        await one.send(type="connection_init", payload={"authorization": "Bearer no such key"})
        code, reason = await one.closed()
        assert (code, reason[:10]) == (4403, "Forbidden:")


async def test_who_does_not_begin_is_sent_away(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "INIT_SECONDS", 0.05)
    async with talk(running) as one:
        assert await one.closed() == (4408, "Connection initialisation timeout")


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("subscription { nothing }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("subscription {", {}, "GRAPHQL_PARSE_FAILED"),
        ("subscription { a: orderCountsChanged { count } b: orderCountsChanged { count } }", {}, None),
        (CHANGED, {"after": "x"}, "INVALID"),
        (CHANGED, {"ids": ["x"] * 201}, "INVALID"),
        (CHANGED, {"filter": {"kinds": ["x"] * 51}}, "INVALID"),
        (CHANGED, {"filter": 1}, "BAD_USER_INPUT"),
        ("query A { __typename } query B { __typename }", {}, "UNKNOWN_OPERATION"),
        ("", {}, "BAD_REQUEST"),
        ('subscription { orderChanged(after: "\u0000") { seq } }', {}, "GRAPHQL_VALIDATION_FAILED"),
    ],
)
async def test_what_cannot_run_is_an_error_of_the_operation(
    running: Running, query: str, variables: dict[str, Any], code: str | None
) -> None:
    async with talk(running) as one:
        await one.begin()
        await one.subscribe(query, **variables)
        answer = await one.hear()
        assert (answer["type"], answer["id"]) == ("error", "1")
        assert code is None or answer["payload"][0]["extensions"]["code"] == code
        await one.send(type="ping")
        assert await one.hear() == {"type": "pong"}, "the connection goes on"


async def add_key(shop: Shop, plain: str, *permissions: str) -> None:
    async with shop.database.begin() as session:
        session.add(ApiKey(name=plain, key_hash=digest(plain), permissions=permissions, created_at=utc_now()))


async def test_who_may_not_follow(running: Running, shop: Shop) -> None:
    await add_key(shop, "only-orders", "orders.view")
    async with talk(running) as one:
        await one.begin(authorization="Bearer only-orders")
        await one.subscribe(DIARY)
        answer = await one.hear()
        assert answer["payload"][0]["extensions"] == {
            "code": "FORBIDDEN",
            "field": "Subscription.diaryChanged",
            "permission": "sync.view",
        }
        await one.subscribe(COUNTS, "2")
        await one.next("2")


@pytest.mark.parametrize(
    "change",
    [{"revoked_at": utc_now()}, {"expires_at": utc_now() - timedelta(days=1)}, {"permissions": ["sync.view"]}],
)
async def test_a_key_that_ends_ends_what_it_began(running: Running, shop: Shop, change: dict[str, Any]) -> None:
    """Without a permission the operations end; without its key the connection does."""
    plain = f"ending-{min(change)}"
    await add_key(shop, plain, "orders.view")
    async with talk(running) as one:
        await one.begin(authorization=f"Bearer {plain}")
        await one.subscribe(CHANGED, filter={"channel": [shop.channel.slug]})
        await one.subscribe(COUNTS, "counts")
        await one.next("counts")
        async with shop.database.begin() as session:
            key = await session.scalar(select(ApiKey.id).where(ApiKey.key_hash == digest(plain)))
            await session.execute(update(ApiKey).where(ApiKey.id == key).values(**change))
        if "permissions" not in change:
            assert (await one.closed())[0] == 4403
            return
        ended = {}
        while len(ended) < 2:
            message = await one.hear()
            if message["type"] == "error":
                ended[message["id"]] = message["payload"][0]["extensions"]["code"]
        assert ended == {"1": "FORBIDDEN", "counts": "FORBIDDEN"}
        await one.subscribe(COUNTS, "3")
        assert (await one.hear())["type"] == "error"


async def test_a_caller_has_so_many_places(running: Running, shop: Shop) -> None:
    """20 here; a place that is given back can be taken again."""
    await add_key(shop, "greedy", "orders.view")
    async with talk(running) as one, talk(running) as other:
        for place, conversation in enumerate([one, other]):
            await conversation.begin(authorization="Bearer greedy")
            for number in range(10):
                await conversation.subscribe(COUNTS, f"{place}-{number}")
                await conversation.next(f"{place}-{number}")
        await one.subscribe(COUNTS, "more")
        message = await one.hear()
        assert message["payload"][0]["extensions"]["code"] == "TOO_MANY_SUBSCRIPTIONS"
        await other.send(id="1-0", type="complete")
        while True:
            await one.subscribe(COUNTS, "again")
            if (await one.hear())["type"] == "next":
                break


async def test_a_page_of_another_origin_is_sent_away(running: Running) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with talk(running, Origin="https://evil.example"):
            pass
    assert refused.value.response.status_code == 403
    async with talk(running, Origin=running.url) as one:
        await one.begin()


async def test_many_at_once_each_hear_everything(running: Running, shop: Shop) -> None:
    async def listen() -> list[int]:
        async with talk(running) as one:
            await one.begin()
            await one.subscribe(CHANGED, filter={"channel": [shop.channel.slug]}, after=cursor)
            return [(await one.next())["orderChanged"]["seq"] for _ in range(7)]

    cursor = await began(shop, running)
    listeners = [asyncio.create_task(listen()) for _ in range(8)]
    order = await shop.order()
    for _ in range(3):
        await shop.move(order, Status.ON_HOLD)
        await shop.move(order, Status.DRAFT)
    async with asyncio.timeout(60):
        assert await asyncio.gather(*listeners) == [[1, 2, 3, 4, 5, 6, 7]] * 8


async def test_messages_are_texts_of_json(running: Running) -> None:
    async with talk(running) as one:
        await one.send(type="connection_init", payload={"Authorization": f"Bearer {ADMIN_KEY}"})
        assert json.loads(await one.socket.recv()) == {"type": "connection_ack"}


@pytest.mark.spec("ORD-7")
async def test_a_run_is_followed_to_its_end(running: Running, shop: Shop) -> None:
    orders = [await shop.order() for _ in range(3)]
    async with talk(running) as one:
        await one.begin()
        hold = "mutation ($ids: [ID!]!) { ordersBulk(input: {action: HOLD, ids: $ids}) { ... on BulkRun { id } } }"
        await one.subscribe(hold, "do", ids=[str(order.id) for order in orders])
        run_id = (await one.next("do"))["ordersBulk"]["id"]
        assert (await one.hear())["type"] == "complete"
        followed = "subscription ($id: ID!) { bulkRunChanged(id: $id) { state done total } }"
        await one.subscribe(followed, "ended", id=run_id)
        assert (await one.next("ended"))["bulkRunChanged"] == {"state": "DONE", "done": 3, "total": 3}
        assert await one.hear() == {"id": "ended", "type": "complete"}
        many = "mutation ($ids: [ID!]!) { ordersBulk(input: {action: HOLD, ids: $ids}) { ... on BulkRun { id } } }"
        await one.subscribe(many, "many", ids=[f"no order {n}" for n in range(500)] + [str(orders[0].id)])
        run_id = (await one.next("many"))["ordersBulk"]["id"]
        assert (await one.hear())["type"] == "complete"
        await one.subscribe(followed, "runs", id=run_id)
        assert (await one.next("runs"))["bulkRunChanged"] == {"state": "RUNNING", "done": 500, "total": 501}
        await carry_out(shop.database, UUID(run_id), seconds=60)
        last: dict[str, Any] = {}
        while last.get("state") != "DONE":
            last = (await one.next("runs"))["bulkRunChanged"]
        assert last["done"] == 501
        assert await one.hear() == {"id": "runs", "type": "complete"}
        await one.subscribe(followed, "none", id="x")
        assert (await one.hear())["payload"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_a_connection_over_which_nothing_goes_on_is_closed(
    running: Running, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "IDLE_SECONDS", 0.3)
    async with talk(running) as idle, talk(running) as busy:
        await idle.begin()
        await busy.begin()
        await busy.subscribe(CHANGED, filter={"channel": [shop.channel.slug]})
        assert (await idle.closed())[0] == 1001
        order = await shop.order()
        assert (await busy.next())["orderChanged"]["orderId"] == str(order.id)
        await busy.send(id="1", type="complete")
        assert (await busy.closed())[0] == 1001


async def test_a_caller_has_a_number_of_connections_and_no_more(running: Running) -> None:
    async def nobody_is_there() -> bool:
        return not running.app.state.services.live.sockets._open

    await eventually(nobody_is_there, seconds=WAIT)
    async with AsyncExitStack() as held:
        for _ in range(20):
            await (await held.enter_async_context(talk(running))).begin()
        async with talk(running) as one_more:
            await one_more.send(type="connection_init", payload={"authorization": f"Bearer {ADMIN_KEY}"})
            assert (await one_more.closed())[0] == 1013
    await eventually(nobody_is_there, seconds=WAIT)
    async with talk(running) as again:
        await again.begin()
