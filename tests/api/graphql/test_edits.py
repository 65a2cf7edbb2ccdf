"""What an operator changes on an order before it is confirmed, and money that comes in (spec ORD-5, ORD-7)."""

import pytest

from domain.channels.models import PaymentKind
from domain.orders.status import Status
from tests.api.conftest import Api
from tests.api.graphql.test_life_of_an_order import act
from tests.support.builders import make_order, make_variant

pytestmark = pytest.mark.spec("ORD-7")


async def test_lines(api: Api) -> None:
    async with api.database.begin() as session:
        first, second = [await make_variant(session, sku, price="10.00", vat_rate=None) for sku in ("A", "B")]
        order = await make_order(session, [(first, 1), (second, 1)])
    query = """mutation ($input: OrderEditLinesInput!) { orderEditLines(input: $input) {
        ... on Order { version total { amount } lines { sku quantity unitPrice { amount } } }
        ... on Invalid { problems { path code } } ... on StaleVersion { currentVersion } } }"""
    lines = [{"line": str(order.lines[0].id), "quantity": "3"}, {"sku": "B", "quantity": 1, "unitPrice": "7.125"}]
    given = {"id": str(order.id), "expectedVersion": order.version, "lines": lines}
    edited = (await api.data(query, {"input": given}))["orderEditLines"]
    assert edited == {
        "version": order.version + 1,
        "total": {"amount": "37.13"},
        "lines": [
            {"sku": "A", "quantity": "3", "unitPrice": {"amount": "10.00"}},
            {"sku": "B", "quantity": "1", "unitPrice": {"amount": "7.125"}},
        ],
    }
    assert (await api.data(query, {"input": given}))["orderEditLines"] == {"currentVersion": order.version + 1}
    wrong = [{"line": "x", "quantity": 1}]
    refused = (await api.data(query, {"input": {"id": str(order.id), "lines": wrong}}))["orderEditLines"]
    assert refused["problems"] == [{"path": ["lines", "0", "line"], "code": "NOT_FOUND"}]


async def test_address(api: Api) -> None:
    async with api.database.begin() as session:
        order = await make_order(session)
    query = """mutation ($input: OrderEditAddressInput!) { orderEditAddress(input: $input) {
        ... on Order { version shippingAddress { city street } billingAddress { city } } } }"""
    given = {"id": str(order.id), "shippingAddress": {"city": "Cluj"}}
    edited = (await api.data(query, {"input": given}))["orderEditAddress"]
    assert edited["shippingAddress"] == {"city": "Cluj", "street": None}
    assert edited["billingAddress"] == {"city": "Brașov"}
    assert edited["version"] == order.version + 1


async def test_a_hold_and_its_end(api: Api) -> None:
    async with api.database.begin() as session:
        order = await make_order(session, status=Status.PROCESSING)
    held = await act(api, "orderHold", str(order.id), "status heldFrom", reason="asks for a gift wrap")
    assert held == {"status": "ON_HOLD", "heldFrom": "PROCESSING"}
    assert (await act(api, "orderResume", str(order.id), "status heldFrom")) == {
        "status": "PROCESSING",
        "heldFrom": None,
    }
    refused = await act(api, "orderResume", str(order.id))
    assert refused["__typename"] == "IllegalMove"


@pytest.mark.spec("ORD-5")
async def test_a_payment_in_full_ends_the_waiting(api: Api) -> None:
    async with api.database.begin() as session:
        order = await make_order(session, status=Status.PENDING_PAYMENT, payment_kind=PaymentKind.PREPAID)
    query = """mutation ($input: PaymentRecordInput!) { paymentRecord(input: $input) {
        ... on Order { status paymentState payments { flow amount { amount currency } method note actor } }
        ... on Invalid { problems { path code } } } }"""
    part = {"order": str(order.id), "amount": "1.00", "method": "bank", "note": "OP 17"}
    paid = (await api.data(query, {"input": part}))["paymentRecord"]
    assert (paid["status"], paid["paymentState"]) == ("PENDING_PAYMENT", "PARTLY_PAID")
    assert paid["payments"] == [
        {
            "flow": "PAYMENT",
            "amount": {"amount": "1.00", "currency": "RON"},
            "method": "bank",
            "note": "OP 17",
            "actor": "admin",
        }
    ]
    rest = {"order": str(order.id), "amount": str(order.total - 1)}
    paid = (await api.data(query, {"input": rest}))["paymentRecord"]
    assert (paid["status"], paid["paymentState"], len(paid["payments"])) == ("PAID", "PAID", 2)
    for amount in ("0", "-1", "0.001"):
        refused = (await api.data(query, {"input": {**part, "amount": amount}}))["paymentRecord"]
        assert refused["problems"][0]["path"] == ["amount"]
