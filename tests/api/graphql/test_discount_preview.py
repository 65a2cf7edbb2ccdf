"""discountPreview: what would be taken off, by which rule, and why not by the others."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.discounts.models import Formal
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from tests.api.conftest import Api
from tests.api.graphql.scenes import counted
from tests.api.graphql.test_discounts import CREATE, order
from tests.support.builders import make_customer, make_order, make_variant
from tests.support.discounts import group_product, make_rule
from tests.support.snapshot import snapshot

PREVIEW = """query ($input: DiscountPreviewInput!) { discountPreview(input: $input) {
  subtotal { amount } saved { amount currency } after { amount }
  lines { position sku quantity unitPrice { amount } subtotal { amount } discount { amount } after { amount }
    steps { ruleName before { amount } saved { amount } } }
  applied { name voucher saved { amount } whyNot } notApplied { name voucher whyNot message }
  vouchers { code applies whyNot } } }"""
BASKET = {"channel": "manual", "lines": [{"sku": "MUG", "quantity": 1}]}


async def preview(api: Api, **fields: Any) -> Any:
    return (await api.data(PREVIEW, {"input": {**BASKET, **fields}}))["discountPreview"]


@pytest.mark.spec("DSC-2")
async def test_a_basket_tells_rule_by_rule_what_applies_and_why_the_others_do_not(api: Api) -> None:
    async with api.database.begin() as session:
        await make_variant(session, "MUG", price="100.00")
        cup = await make_variant(session, "CUP", price="50.00")
        await make_rule(session, "10", name="Everything")
        await make_rule(session, "20", name="Twenty", formal=Formal.AMOUNT, voucher="Gift", items=[cup.id])
        await make_rule(session, name="Portal", channels=["portal"])
        await make_rule(session, name="Large", minimum_order_value=Decimal(500))
        await make_rule(session, name="Other", clients=[new_id()])
        await make_rule(session, "1", name="Alone", stacks=False)
        await make_rule(session, name="Over", ends_at=utc_now() - timedelta(hours=1))
        await make_rule(session, name="Old", voucher="OLD", ends_at=utc_now() - timedelta(hours=1))
        await make_rule(session, name="Secret", voucher="SECRET")
    lines = [{"sku": "CUP", "quantity": "1"}, {"sku": "MUG", "quantity": 2, "unitPrice": "90"}]
    seen = await preview(api, lines=lines, vouchers=["gift", "OLD", "NONE"])
    assert (seen["subtotal"], seen["saved"], seen["after"]) == (
        {"amount": "230.00"},
        {"amount": "43.00", "currency": "RON"},
        {"amount": "187.00"},
    )
    assert seen["lines"][0] == {
        "position": 1,
        "sku": "CUP",
        "quantity": "1",
        "unitPrice": {"amount": "50.00"},
        "subtotal": {"amount": "50.00"},
        "discount": {"amount": "25.00"},
        "after": {"amount": "25.00"},
        "steps": [
            {"ruleName": "Everything", "before": {"amount": "50.00"}, "saved": {"amount": "5.00"}},
            {"ruleName": "Twenty", "before": {"amount": "45.00"}, "saved": {"amount": "20.00"}},
        ],
    }
    assert seen["applied"] == [
        {"name": "Everything", "voucher": None, "saved": {"amount": "23.00"}, "whyNot": None},
        {"name": "Twenty", "voucher": "Gift", "saved": {"amount": "20.00"}, "whyNot": None},
    ]
    assert {one["name"]: one["whyNot"] for one in seen["notApplied"]} == {
        "Portal": "WRONG_CHANNEL",
        "Large": "BELOW_MINIMUM",
        "Other": "OTHER_CLIENT",
        "Alone": "OUTBID",
        "Old": "EXPIRED",
    }
    [large] = [one["message"] for one in seen["notApplied"] if one["name"] == "Large"]
    assert large == "The order's products must come to 500.00 RON without tax."
    assert seen["vouchers"] == [
        {"code": "gift", "applies": True, "whyNot": None},
        {"code": "OLD", "applies": False, "whyNot": "EXPIRED"},
        {"code": "NONE", "applies": False, "whyNot": "UNKNOWN_VOUCHER"},
    ]


@pytest.mark.spec("DSC-2")
async def test_entering_the_basket_gives_what_the_preview_told(api: Api) -> None:
    async with api.database.begin() as session:
        mug = await make_variant(session, "MUG", price="33.33")
        group = await group_product(session, mug)
        client = await make_customer(session)
        await make_rule(session, "7.5", item_groups=[group.id], clients=[client.id])
        await make_rule(session, "11.11", formal=Formal.AMOUNT, voucher="GIFT", limit_per_client=1)
    basket = {"lines": [{"sku": "MUG", "quantity": 3}] * 3, "vouchers": ["GIFT"]}
    seen = await preview(api, customer=str(client.id), **basket)
    made = (await api.data(CREATE, order(**{**basket, "customer": {"id": str(client.id)}})))["orderCreate"]
    assert made["discountTotal"]["amount"] == seen["saved"]["amount"]
    assert [line["discount"] for line in made["lines"]] == [line["discount"] for line in seen["lines"]]
    again = await preview(api, customer=str(client.id), **basket)
    assert [one["whyNot"] for one in again["notApplied"]] == ["USED_BY_CLIENT"]


@pytest.mark.spec("DSC-2")
async def test_an_order_is_looked_at_with_its_vouchers_and_others_and_stays_as_it_is(api: Api) -> None:
    async with api.database.begin() as session:
        await make_variant(session, "MUG", price="100.00")
        await make_rule(session, "10", voucher="MINE", limit_total=1)
        await make_rule(session, "5", voucher="MORE")
    made = (await api.data(CREATE, order("MINE")))["orderCreate"]
    async with api.database.begin() as session:
        before = await snapshot(session)
    seen = await preview(api, order=made["id"], channel=None, lines=None, vouchers=["more"])
    assert (seen["saved"]["amount"], [one["name"] for one in seen["applied"]]) == ("15.00", ["10 off", "5 off"])
    async with api.database.begin() as session:
        assert await snapshot(session) == before


async def problem_of(api: Api, **fields: Any) -> tuple[list[str], str]:
    error = (await api.ask(PREVIEW, {"input": {**BASKET, **fields}})).json()["errors"][0]["extensions"]
    found = error.get("problems", [error])[0]
    return found["path"], found["code"]


async def test_what_cannot_be_looked_at(api: Api) -> None:
    async with api.database.begin() as session:
        await make_variant(session, "MUG", price="100.00")
        theirs = str((await make_order(session)).id)
    nobody = str(new_id())
    for fields, problem in (
        ({"channel": None}, (["channel"], "MISSING")),
        ({"lines": None}, (["lines"], "EMPTY")),
        ({"lines": [{"sku": "NONE", "quantity": 1}]}, (["lines", "0", "sku"], "UNKNOWN_SKU")),
        ({"lines": [{"sku": "MUG", "quantity": -1}]}, (["lines", "0", "quantity"], "OUT_OF_RANGE")),
        ({"customer": "nobody"}, (["customer"], "UNKNOWN_CUSTOMER")),
        ({"customer": nobody}, (["customer"], "UNKNOWN_CUSTOMER")),
        ({"currency": "LEI"}, (["currency"], "BAD_CURRENCY")),
        ({"vouchers": ["A", "a"]}, (["vouchers", "1"], "TWICE")),
        ({"vouchers": ["A" * 51]}, (["vouchers", "0"], "NOT_A_TEXT")),
        ({"order": theirs}, (["order"], "ONE_OF")),
        ({"order": theirs, "channel": None, "lines": None}, (["order"], "NOT_OURS")),
    ):
        assert await problem_of(api, **fields) == problem, fields
    for fields in ({"channel": "nowhere"}, {"order": nobody, "channel": None, "lines": None}):
        answer = (await api.ask(PREVIEW, {"input": {**BASKET, **fields}})).json()
        assert answer["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_the_number_of_statements_does_not_grow_with_lines_and_rules(api: Api) -> None:
    async with api.database.begin() as session:
        mug = await make_variant(session, "MUG", price="100.00")
        group = await group_product(session, mug)
        await make_rule(session, item_groups=[group.id])
    await preview(api)
    with counted(api.services.database) as few:
        await preview(api)
    async with api.database.begin() as session:
        for _ in range(20):
            await make_rule(session, item_groups=[group.id], limit_total=3)
    with counted(api.services.database) as many:
        seen = await preview(api, lines=[{"sku": "MUG", "quantity": 1}] * 20)
    assert len(many) == len(few)
    assert len(seen["applied"]) == 10, "ten times 10 % is all"
