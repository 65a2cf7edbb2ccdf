"""The change feed over GraphQL (spec SYN-10)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from domain.access.models import ApiKey
from domain.changes.upkeep import forget_changes
from domain.diary.entries import Note, open_standing
from domain.flows.move import MoveOrder, move_order
from domain.kernel.clock import utc_now
from domain.kernel.secrets import digest
from domain.orders.models import Order
from domain.orders.status import Status
from tests.api.conftest import Api
from tests.api.graphql.scenes import counted
from tests.jobs.engine_room import eventually
from tests.support.builders import OPERATOR, make_channel, make_order

pytestmark = pytest.mark.spec("SYN-10")

CHANGES = """query ($after: String, $first: Int! = 50, $kinds: [String!], $channel: [String!]) {
    changes(after: $after, first: $first, kinds: $kinds, channel: $channel) { __typename
        ... on ChangePage { hasMore endCursor changes {
            cursor kind seq orderId fromStatus toStatus order { id status channel { slug } } entryId } }
        ... on Refusal { code message path } } }"""


async def fill(api: Api) -> list[Order]:
    """Two orders of two channels, one of them held, and an entry of the diary."""
    async with api.database.begin() as session:
        orders = [await make_order(session, channel=await make_channel(session, slug=f"shop-{n}")) for n in "ab"]
    async with api.database.begin() as session:
        await move_order(session, OPERATOR, MoveOrder(order_id=orders[0].id, to=Status.ON_HOLD))
        await open_standing(session, Note(channel_id=orders[1].channel_id, cause="sync:orders", message="No answer."))
    await settled(api, 4)
    return orders


async def settled(api: Api, count: int) -> None:
    """Transactions of other tests may hold the feed up for a moment."""

    async def all_there() -> bool:
        return len((await ask(api))["changes"]) == count

    await eventually(all_there)


async def ask(api: Api, **variables: Any) -> Any:
    return (await api.data(CHANGES, variables))["changes"]


def kinds(changes: Sequence[dict[str, Any]]) -> list[str]:
    return [change["kind"] for change in changes]


async def test_what_happened_in_parts(api: Api) -> None:
    held, other = await fill(api)
    first = await ask(api, first=3)
    assert kinds(first["changes"]) == ["order_created", "order_created", "status_changed"]
    assert [change["orderId"] for change in first["changes"]] == [str(held.id), str(other.id), str(held.id)]
    assert first["hasMore"]
    move = first["changes"][2]
    assert (move["fromStatus"], move["toStatus"], move["seq"]) == ("DRAFT", "ON_HOLD", 2)
    assert move["order"] == {"id": str(held.id), "status": "ON_HOLD", "channel": {"slug": "shop-a"}}
    assert first["endCursor"] == move["cursor"]
    rest = await ask(api, after=first["endCursor"])
    assert kinds(rest["changes"]) == ["diary_opened"]
    assert not rest["hasMore"]
    end = await ask(api, after=rest["endCursor"])
    assert (end["changes"], end["hasMore"], end["endCursor"]) == ([], False, rest["endCursor"])


async def test_only_what_is_asked_for(api: Api) -> None:
    held, other = await fill(api)
    assert kinds((await ask(api, kinds=["status_changed"]))["changes"]) == ["status_changed"]
    assert kinds((await ask(api, channel=["shop-b"]))["changes"]) == ["order_created", "diary_opened"]
    assert kinds((await ask(api, channel=["shop-b"], kinds=["order_created"], first=1))["changes"]) == ["order_created"]
    nothing = await ask(api, kinds=["no_such"], channel=["none"])
    assert nothing["changes"] == []
    assert (await ask(api, after=nothing["endCursor"]))["changes"] == [], "what was passed over is not read again"
    assert held.id != other.id


async def test_a_cursor_of_now_misses_nothing_and_repeats_nothing(api: Api) -> None:
    await fill(api)
    now = (await api.data("{ changesCursor }"))["changesCursor"]
    assert (await ask(api, after=now))["changes"] == []
    async with api.database.begin() as session:
        await make_order(session)
    await settled(api, 5)
    assert kinds((await ask(api, after=now))["changes"]) == ["order_created"]


@pytest.mark.parametrize(
    ("variables", "path", "code"),
    [
        ({"after": "x"}, "after", "BAD_CURSOR"),
        ({"after": ""}, "after", "BAD_CURSOR"),
        ({"after": "ș"}, "after", "BAD_CURSOR"),
        ({"first": 0}, "first", "OUT_OF_RANGE"),
        ({"first": 201}, "first", "OUT_OF_RANGE"),
        ({"kinds": ["a"] * 51}, "kinds", "TOO_MANY"),
    ],
)
async def test_what_cannot_be_asked(shared_api: Api, variables: dict[str, Any], path: str, code: str) -> None:
    query = CHANGES.replace("... on Refusal { code message path }", "... on Invalid { problems { path code } }")
    answer = (await shared_api.data(query, variables))["changes"]
    assert answer == {"__typename": "Invalid", "problems": [{"path": [path], "code": code}]}


async def test_a_cursor_that_is_too_old(api: Api) -> None:
    await fill(api)
    first = await ask(api, first=1)
    async with api.database.begin() as session:
        await forget_changes(session, timedelta())
    answer = await ask(api, after=first["endCursor"])
    assert (answer["__typename"], answer["code"], answer["path"]) == ("CursorExpired", "CURSOR_EXPIRED", ["after"])
    assert "changesCursor" in answer["message"]
    assert (await ask(api))["changes"] == []


async def test_the_diary_is_for_those_who_may_see_it(api: Api) -> None:
    await fill(api)
    async with api.database.begin() as session:
        session.add(ApiKey(name="few", key_hash=digest("few"), permissions=["orders.view"], created_at=utc_now()))
    few = {"Authorization": "Bearer few"}
    answer = await api.http.post("/graphql", json={"query": CHANGES}, headers=few)
    assert kinds(answer.json()["data"]["changes"]["changes"]) == ["order_created", "order_created", "status_changed"]
    entry = "{ changes { ... on ChangePage { changes { entry { cause } } } } }"
    refused = await api.http.post("/graphql", json={"query": entry}, headers=few)
    assert refused.status_code == 403
    shown = (await api.data(entry))["changes"]["changes"]
    assert [one["entry"] for one in shown] == [None, None, None, {"cause": "sync:orders"}]


async def test_the_number_of_statements_is_constant(api: Api) -> None:
    """The place, the horizon, the page and its check, the orders and their channels."""
    await fill(api)
    for first in (1, 4):
        with counted(api.services.database) as statements:
            await ask(api, first=first)
        assert len(statements) == 6, statements
