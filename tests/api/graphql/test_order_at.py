"""orderAt: an order as it was (spec ORD-8)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.flows.move import MoveOrder, move_order
from domain.kernel.ids import new_id
from domain.orders.models import Order
from domain.orders.status import Status
from tests.api.conftest import Api
from tests.api.graphql.scenes import counted
from tests.support.builders import OPERATOR, make_order, make_variant

pytestmark = pytest.mark.spec("ORD-8")

AT = """query ($id: ID!, $at: DateTime!) { orderAt(id: $id, at: $at) {
    seq status statusSince paymentState approveStatus currency subtotal { amount } taxTotal { amount } total { amount }
    shippingTotal { amount } lines { sku quantity unitPrice { amount } total { amount } } charges { kind title } } }"""
EDIT = """mutation ($input: OrderEditLinesInput!) { orderEditLines(input: $input) { __typename
    ... on Invalid { problems { path code message } } } }"""


async def placed(api: Api) -> Order:
    async with api.database.begin() as session:
        return await make_order(session, [(await make_variant(session, "CUP", price="10.00", stock=5), 2)])


async def at(api: Api, order_id: object, moment: datetime) -> Any:
    return (await api.data(AT, {"id": str(order_id), "at": moment.isoformat()}))["orderAt"]


async def test_an_order_as_it_was(api: Api) -> None:
    order = await placed(api)
    before_edit = datetime.now(UTC)
    line = {"line": str(order.lines[0].id), "quantity": 3}
    answer = await api.data(EDIT, {"input": {"id": str(order.id), "lines": [line]}})
    assert answer["orderEditLines"]["__typename"] == "Order", answer
    after_edit = datetime.now(UTC)
    async with api.database.begin() as session:
        await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.ON_HOLD))
    first, second, now = [await at(api, order.id, one) for one in (before_edit, after_edit, datetime.now(UTC))]
    assert [one["status"] for one in (first, second, now)] == ["DRAFT", "DRAFT", "ON_HOLD"]
    assert first["seq"] < second["seq"] < now["seq"]
    assert [one["lines"][0]["quantity"] for one in (first, second, now)] == ["2", "3", "3"]
    assert [one["total"]["amount"] for one in (first, second, now)] == ["24.20", "36.30", "36.30"]
    assert first["lines"] == [
        {"sku": "CUP", "quantity": "2", "unitPrice": {"amount": "10.00"}, "total": {"amount": "24.20"}}
    ]
    assert (first["paymentState"], first["currency"], first["approveStatus"]) == ("UNPAID", "RON", None)


async def test_before_it_was_there_and_what_never_was(api: Api) -> None:
    order = await placed(api)
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    assert await at(api, order.id, long_ago) is None
    assert await at(api, new_id(), long_ago) is None
    assert await at(api, "x", long_ago) is None


async def test_a_time_to_come(api: Api) -> None:
    order = await placed(api)
    variables = {"id": str(order.id), "at": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}
    error = (await api.ask(AT, variables)).json()["errors"][0]["extensions"]
    assert (error["code"], error["problems"][0]["code"], error["path"]) == ("INVALID", "IN_THE_FUTURE", ["at"])


async def test_it_takes_one_statement(api: Api) -> None:
    order = await placed(api)
    await api.data("{ __typename }")
    with counted(api.services.database) as statements:
        await at(api, order.id, datetime.now(UTC))
    assert len(statements) == 1
