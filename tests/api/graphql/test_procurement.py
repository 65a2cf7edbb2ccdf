"""What is to be bought, who waits for it, and who can be confirmed, on the API."""

from datetime import timedelta
from typing import Any

import pytest

from domain.kernel.clock import utc_now
from tests.api.conftest import Api
from tests.api.graphql.scenes import counted
from tests.support.builders import make_channel, make_variant

pytestmark = pytest.mark.spec("STK-3")

REQUESTS = """{ procurementRequests(filter: {state: [OPEN, ORDERED]}) { edges { node {
    id number state version sku warehouse wanted missing orderCount urgent assignee orders { number } } } } }"""
WAITING = """{ backOrders { edges { node { confirmable order { number status shortages { sku eta } }
    lacks { sku wanted missing eta } } } } confirmableOrders { edges { node { order { number } } } } }"""


async def order(api: Api, quantity: int) -> str:
    answer = await api.data(
        f"""mutation {{ orderCreate(input: {{channel: "manual", customer: {{name: "Ion"}},
        lines: [{{sku: "MUG", quantity: {quantity}}}]}}) {{ ... on Order {{ number status }} }} }}"""
    )
    assert answer["orderCreate"]["status"] == "STOCK_UNAVAILABLE"
    return str(answer["orderCreate"]["number"])


async def fill(api: Api) -> None:
    async with api.database.begin() as session:
        await make_variant(session, "MUG", stock=1)


def nodes(connection: Any) -> list[Any]:
    return [edge["node"] for edge in connection["edges"]]


async def test_from_a_shortage_to_the_list_of_those_that_can_be_confirmed(api: Api) -> None:
    await fill(api)
    first, second = await order(api, 2), await order(api, 3)
    [request] = nodes((await api.data(REQUESTS))["procurementRequests"])
    assert {name: request[name] for name in ("state", "wanted", "missing", "orderCount", "urgent", "assignee")} == {
        "state": "OPEN",
        "wanted": "5",
        "missing": "4",
        "orderCount": 2,
        "urgent": True,
        "assignee": "acquisitions",
    }
    assert [one["number"] for one in request["orders"]] == [first, second]
    day = str(utc_now().date() + timedelta(days=4))
    ordered = await api.data(
        f"""mutation {{ procurementOrdered(input: {{id: "{request["id"]}", eta: "{day}", quantity: 2,
        expectedVersion: 1}}) {{ ... on ProcurementRequest {{ state eta orderedQuantity missing }} }} }}"""
    )
    assert ordered["procurementOrdered"] == {"state": "ORDERED", "eta": day, "orderedQuantity": "2", "missing": "2"}
    waiting = await api.data(WAITING)
    assert [(one["confirmable"], one["lacks"]) for one in nodes(waiting["backOrders"])] == [
        (False, [{"sku": "MUG", "wanted": "2", "missing": "1", "eta": day}]),
        (False, [{"sku": "MUG", "wanted": "3", "missing": "3", "eta": None}]),
    ]
    assert [one["order"]["shortages"] for one in nodes(waiting["backOrders"])] == [
        [{"sku": "MUG", "eta": day}],
        [{"sku": "MUG", "eta": None}],
    ]
    assert waiting["confirmableOrders"]["edges"] == []
    await api.data('mutation { stockReceive(input: {lines: [{sku: "MUG", quantity: 2}]}) { __typename } }')
    waiting = await api.data(WAITING)
    assert [one["order"]["number"] for one in nodes(waiting["confirmableOrders"])] == [first]
    assert {one["order"]["status"] for one in nodes(waiting["backOrders"])} == {"STOCK_UNAVAILABLE"}
    assert nodes((await api.data(REQUESTS))["procurementRequests"]) == []


async def test_a_request_is_declined_with_a_reason(api: Api) -> None:
    await fill(api)
    await order(api, 2)
    [request] = nodes((await api.data(REQUESTS))["procurementRequests"])
    cancel = """mutation ($in: ProcurementCancelInput!) { procurementCancel(input: $in) {
        ... on ProcurementRequest { state reason } ... on Invalid { problems { path code } } } }"""
    empty = await api.data(cancel, {"in": {"id": request["id"], "reason": " "}})
    assert empty["procurementCancel"]["problems"] == [{"path": ["reason"], "code": "MISSING"}]
    done = await api.data(cancel, {"in": {"id": request["id"], "reason": "no longer made"}})
    assert done["procurementCancel"] == {"state": "CANCELLED", "reason": "no longer made"}


async def test_lists_cost_as_many_statements_for_many_as_for_one(api: Api) -> None:
    await fill(api)
    async with api.database.begin() as session:
        await make_channel(session)
    counts = []
    for _ in range(2):
        await order(api, 2)
        await api.data("{ __typename }")
        with counted(api.services.database) as few:
            await api.data(WAITING)
        with counted(api.services.database) as more:
            await api.data(REQUESTS)
        counts.append((len(few), len(more)))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("days", [-1, 4_000])
async def test_absurd_ages_are_refused(api: Api, days: int) -> None:
    answer = (await api.ask(f"{{ backOrders(filter: {{waitingDays: {days}}}) {{ edges {{ cursor }} }} }}")).json()
    assert answer["errors"][0]["extensions"]["code"] == "INVALID"


@pytest.mark.spec("STK-2")
@pytest.mark.spec("PRE-1")
async def test_how_a_channel_deals_with_stock_and_what_is_promised(api: Api) -> None:
    await fill(api)
    await api.data('mutation { warehouseUpsert(input: {code: "cluj", name: "Cluj"}) { __typename } }')
    async with api.database.begin() as session:
        channel = await make_channel(session, slug="later", connector="pre_order")
    change = """mutation ($in: ChannelStockInput!) { channelStockSet(input: $in) {
        ... on Channel { stockCheckOnEntry preOrderCheckDays } ... on Invalid { problems { path code } } } }"""
    wrong = {"id": str(channel.id), "warehouse": "moon", "preOrderCheckDays": 400}
    assert (await api.data(change, {"in": wrong}))["channelStockSet"]["problems"] == [
        {"path": ["preOrderCheckDays"], "code": "OUT_OF_RANGE"},
        {"path": ["warehouse"], "code": "NOT_FOUND"},
    ]
    good = {"id": str(channel.id), "warehouse": "cluj", "stockCheckOnEntry": False, "preOrderCheckDays": 3}
    assert (await api.data(change, {"in": good}))["channelStockSet"] == {
        "stockCheckOnEntry": False,
        "preOrderCheckDays": 3,
    }
    assert {"code": "cluj", "channels": ["later"]} in (await api.data("{ warehouses { code channels } }"))["warehouses"]
    day = str(utc_now().date() + timedelta(days=2))
    await api.data(
        f"""mutation {{ orderCreate(input: {{channel: "later", customer: {{name: "Ion"}}, promisedOn: "{day}",
        lines: [{{sku: "MUG", quantity: 5}}]}}) {{ ... on Order {{ status }} }} }}"""
    )
    due = "query ($days: Int!) { preOrdersDue(withinDays: $days) { edges { node { promisedOn status } } } }"
    assert nodes((await api.data(due, {"days": 2}))["preOrdersDue"]) == [{"promisedOn": day, "status": "DRAFT"}]
    assert nodes((await api.data(due, {"days": 1}))["preOrdersDue"]) == []
