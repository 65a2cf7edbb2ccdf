"""orderEdit: one mutation for all that an operator changes, and what it would do."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from domain.channels.models import PaymentKind
from domain.kernel.database import Database
from domain.orders.models import Order
from domain.orders.status import Status
from tests.api.conftest import Api
from tests.support.approvals import make_rule, over
from tests.support.builders import make_channel, make_order, make_variant
from tests.support.snapshot import snapshot

pytestmark = pytest.mark.spec("ORD-7")

EDIT = """mutation ($input: OrderEditInput!) { orderEdit(input: $input) {
    __typename
    ... on Order { version status total { amount } lines { sku quantity } charges { kind title } note
        approveStatus paymentState lacking { sku ordered available } nextActions { to allowed }
        history { kind } deliveryPoint { provider id name } }
    ... on Invalid { problems { path code } }
    ... on StaleVersion { currentVersion changes { kind actor data } }
    ... on Refusal { code } } }"""


async def order_of(database: Database, **fields: Any) -> Order:
    async with database.begin() as session:
        mug = await make_variant(session, "MUG", price="10.00", vat_rate=None, stock=2)
        return await make_order(session, [(mug, 1)], **fields)


async def everything(api: Api) -> dict[str, str]:
    async with api.database.read() as connection:
        return await snapshot(connection)


async def edited(api: Api, given: dict[str, Any], **headers: str) -> Any:
    return (await api.data(EDIT, {"input": given}, **headers))["orderEdit"]


async def test_a_dry_run_shows_the_whole_order_and_changes_nothing(api: Api) -> None:
    async with api.database.begin() as session:
        await make_rule(session, conditions=[over("40")])
    order = await order_of(api.database, payment_kind=PaymentKind.PREPAID)
    given = {
        "id": str(order.id),
        "expectedVersion": 1,
        "lines": [{"line": str(order.lines[0].id), "quantity": "3"}],
        "shippingFee": {"amount": "15"},
        "fees": [{"title": "Gift", "amount": "2.50"}],
        "note": "Ring twice",
        "deliveryPoint": {"provider": "easybox", "id": "7", "name": "Piața Sfatului"},
    }
    before = await everything(api)
    seen = await edited(api, {**given, "dryRun": True}, Idempotency_Key="dry-1")
    assert await everything(api) == before
    assert seen["total"] == {"amount": "47.50"}
    assert (seen["version"], seen["approveStatus"], seen["note"]) == (2, "PENDING", "Ring twice")
    assert seen["lines"] == [{"sku": "MUG", "quantity": "3"}]
    assert seen["charges"] == [{"kind": "SHIPPING", "title": "Shipping"}, {"kind": "FEE", "title": "Gift"}]
    assert seen["lacking"] == [{"sku": "MUG", "ordered": "3", "available": "2"}]
    assert seen["deliveryPoint"] == {"provider": "easybox", "id": "7", "name": "Piața Sfatului"}
    assert {"to": "CONFIRMED", "allowed": False} in seen["nextActions"]
    assert [entry["kind"] for entry in seen["history"]] == [
        "order_created",
        "details_changed",
        "lines_changed",
        "approval_asked",
    ]
    done = await edited(api, given, Idempotency_Key="dry-1")
    assert done == seen
    assert await edited(api, given, Idempotency_Key="dry-1") == seen


async def test_a_dry_run_is_refused_as_the_edit_would_be(api: Api) -> None:
    order = await order_of(api.database)
    before = await everything(api)
    wrong = {"id": str(order.id), "dryRun": True, "lines": [{"sku": "NONE", "quantity": 0}], "clear": ["NOTE"]}
    assert (await edited(api, wrong))["problems"] == [
        {"path": ["lines", "0", "sku"], "code": "UNKNOWN_SKU"},
        {"path": ["lines", "0", "quantity"], "code": "OUT_OF_RANGE"},
    ]
    for bad_id in ("", "x", str(order.channel_id)):
        assert (await edited(api, {"id": bad_id, "dryRun": True, "note": "x"}))["__typename"] == "NotFound"
    assert await everything(api) == before


async def test_a_dry_run_that_would_move_the_order_moves_nothing(api: Api) -> None:
    """A total that falls to what was paid ends the wait for the payment; shown, not done, and no work is asked for."""
    order = await order_of(api.database, status=Status.PENDING_PAYMENT, payment_kind=PaymentKind.PREPAID)
    before = await everything(api)
    free = [{"line": str(order.lines[0].id), "quantity": "1", "unitPrice": "0"}]
    seen = await edited(api, {"id": str(order.id), "dryRun": True, "lines": free})
    assert (seen["status"], seen["paymentState"], seen["version"]) == ("PAID", "PAID", 3)
    assert await everything(api) == before


async def test_of_two_editors_at_once_one_is_told_what_the_other_did(api: Api) -> None:
    order = await order_of(api.database)
    answers = await asyncio.gather(
        *(edited(api, {"id": str(order.id), "expectedVersion": 1, "note": f"note {n}"}) for n in range(4))
    )
    [won] = [one for one in answers if one["__typename"] == "Order"]
    lost = [one for one in answers if one["__typename"] == "StaleVersion"]
    assert len(lost) == 3
    for one in lost:
        assert one["currentVersion"] == 2
        assert one["changes"] == [
            {"kind": "details_changed", "actor": "admin", "data": {"note": {"from": None, "to": won["note"]}}}
        ]


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"lines": []}, ["lines"], "EMPTY"),
        ({"lines": [{"sku": "MUG", "quantity": "-1"}]}, ["lines", "0", "quantity"], "OUT_OF_RANGE"),
        ({"lines": [{"sku": "MUG", "quantity": "99999999999999"}]}, ["lines", "0", "quantity"], "OUT_OF_RANGE"),
        ({"lines": [{"sku": "MUG", "quantity": "1.0001"}]}, ["lines", "0", "quantity"], "OUT_OF_RANGE"),
        ({"lines": [{"line": "x", "quantity": 1}]}, ["lines", "0", "line"], "NOT_FOUND"),
        ({"lines": [{"quantity": 1}]}, ["lines", "0", "sku"], "MISSING"),
        ({"fees": [{"amount": 1}]}, ["fees", "0", "title"], "MISSING"),
        ({"fees": [{"title": "x", "amount": 1, "taxRate": 101}]}, ["fees", "0", "taxRate"], "OUT_OF_RANGE"),
        ({"shippingFee": {"amount": "-1"}}, ["shippingFee", "amount"], "OUT_OF_RANGE"),
        ({"note": "x" * 1_200_000}, ["note"], "NOT_A_TEXT"),
        ({"note": "bell\a"}, ["note"], "NOT_A_TEXT"),
        ({"customer": {"id": "x"}}, ["customer", "id"], "NOT_FOUND"),
        ({"customer": {"email": "nobody"}}, ["customer", "email"], "BAD_EMAIL"),
        ({"promisedOn": "2001-01-01"}, ["promisedOn"], "OUT_OF_RANGE"),
        ({"seller": "x", "clear": ["SELLER"]}, ["clear", "0"], "NOT_TOGETHER"),
        ({"reason": "x" * 1001, "note": "y"}, ["reason"], "NOT_A_TEXT"),
    ],
)
@pytest.mark.parametrize("dry_run", [False, True])
async def test_bad_input_names_its_field(
    wrong: tuple[Api, str], given: dict[str, Any], path: list[str], code: str, dry_run: bool
) -> None:
    api, order_id = wrong
    before = await everything(api)
    answer = await edited(api, {"id": order_id, "dryRun": dry_run, **given})
    assert {"path": path, "code": code} in answer["problems"]
    assert await everything(api) == before


@pytest.fixture(scope="module")
async def wrong(shared_api: Api) -> tuple[Api, str]:
    """An order that only refused edits are tried on."""
    async with shared_api.database.begin() as session:
        mug = await make_variant(session, price="10.00")
        return shared_api, str((await make_order(session, [(mug, 1)])).id)


@pytest.mark.spec("ORD-1")
async def test_an_order_is_looked_at_before_it_is_entered(api: Api) -> None:
    """Nothing is written, no number is taken, and two who look at once do not wait for each other."""
    async with api.database.begin() as session:
        await make_variant(session, "MUG", price="10.00", vat_rate=None, stock=2)
        channel = await make_channel(session, connector="api", auto_confirm=True)
    query = """mutation ($input: OrderCreateInput!) { orderCreate(input: $input) {
        ... on Order { number status total { amount } lacking { sku } customer { name } lines { sku } }
        ... on Invalid { problems { path code } } } }"""
    given = {
        "channel": channel.slug,
        "externalId": "A-1",
        "customer": {"name": "Ana Pop", "email": "ana@example.com"},
        "lines": [{"sku": "MUG", "quantity": "3"}],
        "shippingFee": {"amount": 15},
    }

    async def enter(**more: Any) -> Any:
        return (await api.data(query, {"input": {**given, **more}}, Idempotency_Key="enter-1"))["orderCreate"]

    async def numbers() -> Any:
        async with api.database.read() as connection:
            return (await connection.execute(text("select last_value, is_called from order_numbers"))).one()

    before, taken = await everything(api), await numbers()
    looked_at = await asyncio.gather(*(enter(dryRun=True) for _ in range(3)))
    assert (
        looked_at
        == [
            {
                "number": "0",
                "status": "DRAFT",
                "total": {"amount": "45.00"},
                "lacking": [{"sku": "MUG"}],
                "customer": {"name": "Ana Pop"},
                "lines": [{"sku": "MUG"}],
            }
        ]
        * 3
    )
    wrong = await enter(dryRun=True, lines=[])
    assert wrong == {"problems": [{"path": ["lines"], "code": "EMPTY"}]}
    assert (await everything(api), await numbers()) == (before, taken)
    entered = await enter()
    assert (entered["status"], entered["total"]) == ("STOCK_UNAVAILABLE", {"amount": "45.00"})
    assert int(entered["number"]) > 0
