"""All that a form about orders can send wrong: a typed refusal that names the field, and nothing is changed."""

from dataclasses import dataclass
from typing import Any

import pytest

from domain.flows.place import NewPayment
from domain.orders.status import Status
from domain.payments.models import Payment
from tests.api.conftest import Api
from tests.support.builders import make_channel, make_order, make_variant
from tests.support.snapshot import snapshot

pytestmark = [pytest.mark.spec("ORD-7"), pytest.mark.spec("ORD-1")]

MEGABYTE = "x" * 900_000
CONTROL = "a\x1b[31m"
NOWHERE = "01930000-0000-7000-8000-000000000000"
INPUTS = {
    "orderCreate": "OrderCreateInput!",
    "orderEdit": "OrderEditInput!",
    "orderEditLines": "OrderEditLinesInput!",
    "orderEditAddress": "OrderEditAddressInput!",
    "orderDuplicate": "OrderDuplicateInput!",
    "orderConfirm": "OrderActionInput!",
    "orderHold": "OrderActionInput!",
    "orderMove": "OrderMoveInput!",
    "orderNoteAdd": "OrderNoteAddInput!",
    "paymentRecord": "PaymentRecordInput!",
    "paymentVoid": "PaymentVoidInput!",
    "estimateCreate": "EstimateCreateInput!",
}


@dataclass(frozen=True)
class Desk:
    """Orders that only refused requests are tried on; their ids stand for the words in angle brackets."""

    api: Api
    ids: dict[str, str]

    def filled(self, given: Any) -> Any:
        if isinstance(given, dict):
            return {name: self.filled(value) for name, value in given.items()}
        if isinstance(given, list):
            return [self.filled(value) for value in given]
        return self.ids.get(given, given) if isinstance(given, str) else given


@pytest.fixture(scope="module")
async def desk(shared_api: Api) -> Desk:
    async with shared_api.database.begin() as session:
        variant = await make_variant(session, price="10.00", vat_rate="21", stock=5)
        euro = await make_variant(session, price="10.00", currency="EUR")
        old = await make_variant(session, price="10.00", active=False)
        pre_order = await make_channel(session, connector="pre_order")
        off = await make_channel(session, connector="api", enabled=False)
        draft = await make_order(session, [(variant, 1)], payments=[NewPayment(amount=variant.price or 1)])
        confirmed = await make_order(session, [(variant, 1)], status=Status.CONFIRMED)
        [payment] = (await session.scalars(Payment.__table__.select().where(Payment.order_id == draft.id))).all()
        ids = {
            "<sku>": variant.sku,
            "<euro>": euro.sku,
            "<old>": old.sku,
            "<pre-order>": pre_order.slug,
            "<off>": off.slug,
            "<draft>": str(draft.id),
            "<line>": str(draft.lines[0].id),
            "<confirmed>": str(confirmed.id),
            "<its line>": str(confirmed.lines[0].id),
            "<payment>": str(payment),
        }
    return Desk(shared_api, ids)


BUYER = {"name": "Ana Pop"}
LINE = {"sku": "<sku>", "quantity": "1"}
NEW = {"channel": "manual", "customer": BUYER, "lines": [LINE]}
CASES: list[tuple[str, dict[str, Any], str, str]] = [
    # (mutation, input, the field that is named, its code)
    *(
        ("orderCreate", {**NEW, "lines": [{"sku": "<sku>", "quantity": quantity}]}, "lines.0.quantity", "OUT_OF_RANGE")
        for quantity in ("-1", "0", "0.0001", "99999999999999999", "0.000000000001")
    ),
    ("orderCreate", {**NEW, "lines": [{**LINE, "unitPrice": "-0.01"}]}, "lines.0.unitPrice", "OUT_OF_RANGE"),
    ("orderCreate", {**NEW, "lines": [{**LINE, "unitPrice": "0.0000001"}]}, "lines.0.unitPrice", "OUT_OF_RANGE"),
    ("orderCreate", {**NEW, "lines": [LINE] * 1001}, "lines", "TOO_MANY"),
    ("orderCreate", {**NEW, "lines": []}, "lines", "EMPTY"),
    ("orderCreate", {**NEW, "lines": [{"sku": "NONE", "quantity": 1}]}, "lines.0.sku", "UNKNOWN_SKU"),
    ("orderCreate", {**NEW, "lines": [{"sku": MEGABYTE, "quantity": 1}]}, "lines.0.sku", "NOT_A_TEXT"),
    ("orderCreate", {**NEW, "lines": [{"sku": "<old>", "quantity": 1}]}, "lines.0.sku", "INACTIVE"),
    ("orderCreate", {**NEW, "lines": [{"sku": "<euro>", "quantity": 1}]}, "lines.0.unitPrice", "WRONG_CURRENCY"),
    ("orderCreate", {**NEW, "currency": "EUR"}, "lines.0.unitPrice", "WRONG_CURRENCY"),
    ("orderCreate", {**NEW, "currency": "XXX"}, "currency", "BAD_CURRENCY"),
    ("orderCreate", {**NEW, "currency": MEGABYTE}, "currency", "BAD_CURRENCY"),
    ("orderCreate", {**NEW, "customer": {"id": "x"}}, "customer.id", "NOT_FOUND"),
    ("orderCreate", {**NEW, "customer": {"id": NOWHERE}}, "customer.id", "UNKNOWN_CUSTOMER"),
    ("orderCreate", {**NEW, "customer": {"email": "nobody"}}, "customer.email", "BAD_EMAIL"),
    ("orderCreate", {**NEW, "customer": {"name": CONTROL}}, "customer.name", "NOT_A_TEXT"),
    ("orderCreate", {**NEW, "customer": {}}, "customer.name", "MISSING"),
    ("orderCreate", {**NEW, "channel": "<off>"}, "channel", "DISABLED"),
    ("orderCreate", {**NEW, "channel": "<pre-order>"}, "promisedOn", "MISSING"),
    ("orderCreate", {**NEW, "promisedOn": "2001-01-01"}, "promisedOn", "OUT_OF_RANGE"),
    ("orderCreate", {**NEW, "placedAt": "2999-01-01T00:00:00Z"}, "placedAt", "OUT_OF_RANGE"),
    ("orderCreate", {**NEW, "fees": [{"amount": "1"}]}, "fees.0.title", "MISSING"),
    (
        "orderCreate",
        {**NEW, "fees": [{"title": "x", "amount": "1", "taxRate": "100.01"}]},
        "fees.0.taxRate",
        "OUT_OF_RANGE",
    ),
    ("orderCreate", {**NEW, "fees": [{"title": "x", "amount": "-9999"}]}, "fees", "OUT_OF_RANGE"),
    ("orderCreate", {**NEW, "shippingFee": {"amount": "-1"}}, "shippingFee.amount", "OUT_OF_RANGE"),
    ("orderCreate", {**NEW, "shippingAddress": {"city": MEGABYTE}}, "shippingAddress.city", "NOT_A_TEXT"),
    ("orderCreate", {**NEW, "billingAddress": {"street": CONTROL}}, "billingAddress.street", "NOT_A_TEXT"),
    ("orderCreate", {**NEW, "deliveryPoint": {"id": " "}}, "deliveryPoint.id", "EMPTY"),
    ("orderCreate", {**NEW, "externalId": " "}, "externalId", "EMPTY"),
    *(
        ("orderCreate", {**NEW, field: text}, field, "NOT_A_TEXT")
        for field in ("note", "seller", "ticket", "buyerTaxId", "paymentMethod", "externalId")
        for text in (MEGABYTE, CONTROL)
    ),
    ("orderEdit", {"id": "<draft>", "lines": [{"sku": MEGABYTE, "quantity": 1}]}, "lines.0.sku", "NOT_A_TEXT"),
    ("orderEdit", {"id": "<draft>", "lines": [{"line": MEGABYTE, "quantity": 1}]}, "lines.0.line", "NOT_FOUND"),
    ("orderEdit", {"id": "<draft>", "customer": {"id": MEGABYTE}}, "customer.id", "NOT_FOUND"),
    ("orderEditLines", {"id": "<draft>", "lines": []}, "lines", "EMPTY"),
    (
        "orderEditLines",
        {"id": "<draft>", "lines": [{"line": "<its line>", "quantity": 1}]},
        "lines.0.line",
        "NOT_FOUND",
    ),
    (
        "orderEditLines",
        {"id": "<draft>", "lines": [{"line": "<line>", "quantity": "-2"}]},
        "lines.0.quantity",
        "OUT_OF_RANGE",
    ),
    ("orderEditLines", {"id": "<confirmed>", "lines": [{"line": "<its line>", "quantity": 2}]}, "lines", "CONFIRMED"),
    ("orderEdit", {"id": "<confirmed>", "lines": [{"line": "<its line>", "quantity": 2}]}, "lines", "CONFIRMED"),
    ("orderEdit", {"id": "<confirmed>", "fees": []}, "fees", "CONFIRMED"),
    ("orderEdit", {"id": "<confirmed>", "shippingFee": {"amount": 1}}, "shippingFee", "CONFIRMED"),
    ("orderEdit", {"id": "<confirmed>", "customer": BUYER}, "customer", "CONFIRMED"),
    ("orderEdit", {"id": "<confirmed>", "paymentMethod": "cod"}, "paymentMethod", "CONFIRMED"),
    *(
        ("orderEdit", {"id": "<draft>", field: text}, field, "NOT_A_TEXT")
        for field in ("note", "seller", "ticket", "buyerTaxId", "paymentMethod", "reason")
        for text in (MEGABYTE, CONTROL)
    ),
    ("orderEditAddress", {"id": "<draft>", "shippingAddress": {"city": CONTROL}}, "shippingAddress.city", "NOT_A_TEXT"),
    ("orderDuplicate", {"id": "<draft>", "customer": {"id": "x"}}, "customer.id", "NOT_FOUND"),
    ("orderDuplicate", {"id": "<draft>", "channel": "<pre-order>"}, "promisedOn", "MISSING"),
    ("orderDuplicate", {"id": "<draft>", "promisedOn": "2001-01-01"}, "promisedOn", "OUT_OF_RANGE"),
    *(
        (field, {"id": "<draft>", "reason": text, **more}, "reason", "NOT_A_TEXT")
        for field, more in (("orderConfirm", {}), ("orderHold", {}), ("orderMove", {"to": "CANCELLED"}))
        for text in (MEGABYTE, CONTROL)
    ),
    ("orderNoteAdd", {"order": "<draft>", "text": " "}, "text", "EMPTY"),
    ("orderNoteAdd", {"order": "<draft>", "text": MEGABYTE}, "text", "NOT_A_TEXT"),
    *(
        ("paymentRecord", {"order": "<draft>", "amount": amount}, "amount", "OUT_OF_RANGE")
        for amount in ("0", "-1", "0.001", "99999999999999999")
    ),
    ("paymentRecord", {"order": "<draft>", "amount": 1, "currency": "EUR"}, "currency", "WRONG_CURRENCY"),
    ("paymentRecord", {"order": "<draft>", "amount": 1, "at": "2999-01-01T00:00:00Z"}, "at", "OUT_OF_RANGE"),
    ("paymentRecord", {"order": "<draft>", "amount": 1, "reference": MEGABYTE}, "reference", "NOT_A_TEXT"),
    ("paymentRecord", {"order": "<draft>", "amount": 1, "method": CONTROL}, "method", "NOT_A_TEXT"),
    ("paymentVoid", {"id": "<payment>", "reason": " "}, "reason", "EMPTY"),
    ("paymentVoid", {"id": "<payment>", "reason": MEGABYTE}, "reason", "NOT_A_TEXT"),
    ("estimateCreate", {"customer": BUYER, "lines": [LINE], "validUntil": "2001-01-01"}, "validUntil", "OUT_OF_RANGE"),
    ("estimateCreate", {"customer": BUYER, "lines": [LINE], "note": CONTROL}, "note", "NOT_A_TEXT"),
]


@pytest.mark.parametrize(
    ("mutation", "given", "field", "code"), CASES, ids=[f"{one[0]}-{one[2]}-{n}" for n, one in enumerate(CASES)]
)
async def test_what_a_form_sends_wrong(desk: Desk, mutation: str, given: dict[str, Any], field: str, code: str) -> None:
    before = await everything(desk.api)
    query = f"""mutation ($input: {INPUTS[mutation]}) {{ {mutation}(input: $input) {{
        ... on Invalid {{ code problems {{ path code message }} }} }} }}"""
    answer = (await desk.api.data(query, {"input": desk.filled(given)}))[mutation]
    assert answer, "it was not refused"
    assert answer["code"] == "INVALID"
    problems = {(".".join(one["path"]), one["code"]) for one in answer["problems"]}
    assert (field, code) in problems
    assert all(one["message"] and len(one["message"]) < 500 for one in answer["problems"])
    assert await everything(desk.api) == before


async def test_an_id_of_a_megabyte_does_not_come_back(desk: Desk) -> None:
    query = "mutation ($id: ID!) { orderConfirm(input: {id: $id}) { ... on NotFound { message } } }"
    answer = await desk.api.ask(query, {"id": MEGABYTE})
    assert answer.json()["data"]["orderConfirm"]["message"].startswith("There is no order xxx")
    assert len(answer.content) < 1000


@pytest.mark.parametrize(
    "given",
    [
        {"lines": [{"sku": "A", "quantity": "one"}]},
        {"lines": [{"sku": "A", "quantity": "NaN"}]},
        {"lines": [{"sku": "A", "quantity": True}]},
        {"lines": [{"sku": "A"}]},
        {"lines": [{"sku": None, "quantity": 1}]},
        {"promisedOn": "yesterday"},
        {"promisedOn": "2026-13-45"},
        {"placedAt": "2026-11-20T08:30:00"},
        {"colour": "red"},
        {"fees": {"title": "x"}},
        {"note": 7},
    ],
)
async def test_what_is_of_another_kind_is_no_request(desk: Desk, given: dict[str, Any]) -> None:
    before = await everything(desk.api)
    query = """mutation ($input: OrderCreateInput!) { orderCreate(input: $input) { __typename } }"""
    answer = await desk.api.ask(query, {"input": {**NEW, **given}})
    [error, *_] = answer.json()["errors"]
    assert error["extensions"]["code"] != "INTERNAL"
    assert await everything(desk.api) == before


async def everything(api: Api) -> dict[str, str]:
    async with api.database.read() as connection:
        return await snapshot(connection)


@pytest.mark.spec("SEC-1")
async def test_a_move_that_needs_a_permission_names_the_roles_that_have_it(api: Api) -> None:
    async with api.database.begin() as session:
        order = await make_order(session)
    role = {"slug": "desk", "title": "Order desk of the north", "permissions": ["orders.edit"]}
    await api.data("mutation ($i: RoleUpsertInput!) { roleUpsert(input: $i) { __typename } }", {"i": role})
    made = await api.data(
        "mutation ($i: ApiKeyCreateInput!) { apiKeyCreate(input: $i) { ... on ApiKeyCreated { secret } } }",
        {"i": {"name": "reader", "permissions": ["orders.view"]}},
    )
    answer = await api.http.post(
        "/graphql",
        json={
            "query": "query ($id: ID!) { order(by: {id: $id}) { nextActions { to allowed reason unlockedBy } } }",
            "variables": {"id": str(order.id)},
        },
        headers={"Authorization": f"Bearer {made['apiKeyCreate']['secret']}"},
    )
    actions = {one["to"]: one for one in answer.json()["data"]["order"]["nextActions"]}
    assert actions["CONFIRMED"]["allowed"] is False
    assert actions["CONFIRMED"]["reason"] == "It needs the permission orders.edit."
    assert actions["CONFIRMED"]["unlockedBy"].startswith("someone with orders.edit (")
    assert "Order desk of the north" in actions["CONFIRMED"]["unlockedBy"]
