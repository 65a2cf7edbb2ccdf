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


@pytest.mark.spec("ORD-5")
async def test_a_payment_booked_by_mistake_is_taken_back(api: Api) -> None:
    async with api.database.begin() as session:
        order = await make_order(session)
    record = """mutation ($input: PaymentRecordInput!) { paymentRecord(input: $input) {
        ... on Order { due { amount } overpaid { amount } payments { id reference voided at } }
        ... on Invalid { problems { path code } } } }"""
    given = {"order": str(order.id), "amount": str(order.total + 5), "currency": "RON", "reference": "OP 17"}
    paid = (await api.data(record, {"input": {**given, "at": "2026-01-02T10:00:00Z"}}))["paymentRecord"]
    assert (paid["due"], paid["overpaid"]) == ({"amount": "0.00"}, {"amount": "5.00"})
    [booked] = paid["payments"]
    assert (booked["reference"], booked["voided"], booked["at"]) == ("OP 17", False, "2026-01-02T10:00:00+00:00")
    void = """mutation ($input: PaymentVoidInput!) { paymentVoid(input: $input) {
        ... on Order { due { amount } overpaid { amount } payments { amount { amount } voided reverses } }
        ... on Invalid { problems { path code } } ... on NotFound { path } } }"""
    taken = (await api.data(void, {"input": {"id": booked["id"], "reason": "another order's"}}))["paymentVoid"]
    assert taken == {
        "due": {"amount": str(order.total)},
        "overpaid": {"amount": "0.00"},
        "payments": [
            {"amount": {"amount": str(order.total + 5)}, "voided": True, "reverses": None},
            {"amount": {"amount": str(-order.total - 5)}, "voided": False, "reverses": booked["id"]},
        ],
    }
    again = (await api.data(void, {"input": {"id": booked["id"], "reason": "again"}}))["paymentVoid"]
    assert again == {"problems": [{"path": ["id"], "code": "VOIDED"}]}
    assert (await api.data(void, {"input": {"id": "x", "reason": "y"}}))["paymentVoid"] == {"path": ["id"]}


@pytest.mark.spec("ORD-1")
async def test_notes(api: Api) -> None:
    async with api.database.begin() as session:
        order = await make_order(session)
    add = """mutation ($input: OrderNoteAddInput!) { orderNoteAdd(input: $input) {
        ... on Order { version notes { id audience text author editedAt } }
        ... on Invalid { problems { path code } } } }"""
    await api.data(add, {"input": {"order": str(order.id), "text": "Call first."}})
    given = {"order": str(order.id), "text": "It comes on Monday.", "audience": "CUSTOMER"}
    noted = (await api.data(add, {"input": given}))["orderNoteAdd"]
    assert noted["version"] == 1
    assert [(one["audience"], one["text"], one["author"]) for one in noted["notes"]] == [
        ("STAFF", "Call first.", "admin"),
        ("CUSTOMER", "It comes on Monday.", "admin"),
    ]
    edit = """mutation ($input: OrderNoteEditInput!) { orderNoteEdit(input: $input) {
        ... on Order { notes { text editedAt } }
        ... on Invalid { problems { path code } } ... on NotFound { path } } }"""
    reworded = {"id": noted["notes"][0]["id"], "text": "Call twice."}
    edited = (await api.data(edit, {"input": reworded}))["orderNoteEdit"]
    assert [one["text"] for one in edited["notes"]] == ["Call twice.", "It comes on Monday."]
    assert edited["notes"][0]["editedAt"] and edited["notes"][1]["editedAt"] is None
    refused = (await api.data(edit, {"input": {**reworded, "text": "x" * 10_001}}))["orderNoteEdit"]
    assert refused == {"problems": [{"path": ["text"], "code": "NOT_A_TEXT"}]}
    assert (await api.data(edit, {"input": {"id": "x", "text": "y"}}))["orderNoteEdit"] == {"path": ["id"]}


async def test_an_order_is_entered_again(api: Api) -> None:
    async with api.database.begin() as session:
        order = await make_order(session, [(await make_variant(session, "MUG", price="10.00", vat_rate=None), 2)])
    query = """mutation ($input: OrderDuplicateInput!) { orderDuplicate(input: $input) {
        ... on Order { id number status channel { slug } total { amount } lines { sku quantity } history { data } }
        ... on Invalid { problems { path code } } ... on NotFound { path } } }"""
    given = {"id": str(order.id), "prices": "CURRENT", "customer": {"name": "Dan"}}
    made = (await api.data(query, {"input": given}, Idempotency_Key="again-1"))["orderDuplicate"]
    assert made["id"] != str(order.id)
    assert (made["status"], made["channel"], made["total"]) == ("DRAFT", {"slug": "manual"}, {"amount": "20.00"})
    assert made["lines"] == [{"sku": "MUG", "quantity": "2"}]
    assert made["history"][0]["data"]["duplicated_from"] == {"id": str(order.id), "number": str(order.number)}
    assert (await api.data(query, {"input": given}, Idempotency_Key="again-1"))["orderDuplicate"] == made
    wrong = {**given, "customer": {"id": "x"}}
    refused = (await api.data(query, {"input": wrong}))["orderDuplicate"]
    assert refused == {"problems": [{"path": ["customer", "id"], "code": "NOT_FOUND"}]}
    nowhere = (await api.data(query, {"input": {**given, "channel": "nowhere"}}))["orderDuplicate"]
    assert nowhere == {"path": ["channel"]}
