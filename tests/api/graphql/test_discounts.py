"""Trade discounts over GraphQL: rules, vouchers on orders, the log."""

from datetime import timedelta
from typing import Any

import pytest

from domain.discounts.models import TradeDiscount
from domain.kernel.clock import utc_now
from tests.api.conftest import Api
from tests.api.graphql.scenes import counted
from tests.support.builders import make_channel, make_customer, make_variant
from tests.support.discounts import group_product, make_rule, put_in_group

UPSERT = """mutation ($input: TradeDiscountInput!) { tradeDiscountUpsert(input: $input) {
  ... on TradeDiscount { id version name state formal value currency minimumOrderValue voucher clients clientGroups
    items itemGroups channels stores limitTotal limitPerClient stacks priority active used usesLeft }
  ... on Invalid { problems { path code message } } ... on NotFound { code path }
  ... on StaleVersion { code currentVersion } } }"""
ARCHIVE = """mutation ($input: TradeDiscountArchiveInput!) { tradeDiscountArchive(input: $input) {
  ... on TradeDiscount { version state archivedAt } ... on NotFound { code path } ... on StaleVersion { code } } }"""
CREATE = """mutation ($input: OrderCreateInput!) { orderCreate(input: $input) {
  ... on Order { id version discountTotal { amount } discounts { code ruleId voucher amount { amount } }
    vouchers { code ruleId applies whyNot message } lines { sku discount { amount } } }
  ... on Invalid { problems { path code message } } } }"""
VOUCHER = """mutation ($input: OrderVoucherInput!) { orderVoucher%s(input: $input) {
  ... on Order { version discountTotal { amount } vouchers { code applies } }
  ... on Invalid { problems { path code } } ... on NotFound { code path } ... on StaleVersion { code } } }"""
LIST = """query ($first: Int, $after: String, $filter: TradeDiscountFilter) {
  tradeDiscounts(first: $first, after: $after, filter: $filter) {
    edges { cursor node { name used usesLeft items itemGroups clientGroups stores } }
    pageInfo { hasNextPage hasPreviousPage endCursor } } }"""
LOG = """query ($first: Int, $after: String, $filter: DiscountLogFilter) {
  discountLog(first: $first, after: $after, filter: $filter) {
    edges { cursor node { ruleName voucher sku quantity original { amount } after { amount } saved { amount currency }
      customer { name } channel { slug } orderId ruleId } } pageInfo { hasNextPage endCursor } } }"""


def order(*vouchers: str, **fields: Any) -> dict[str, Any]:
    return {
        "input": {
            "channel": "manual",
            "customer": {"name": "Ion", "email": "ion@example.com"},
            "lines": [{"sku": "MUG", "quantity": 1}],
            "vouchers": list(vouchers),
            **fields,
        }
    }


async def have(api: Api, *rules: dict[str, Any]) -> list[TradeDiscount]:
    async with api.database.begin() as session:
        await make_variant(session, "MUG", price="100.00")
        return [await make_rule(session, **rule) for rule in rules]


@pytest.mark.spec("DSC-1")
async def test_a_rule_is_made_read_changed_and_archived(api: Api) -> None:
    async with api.database.begin() as session:
        client, mug, shop = (
            await make_customer(session),
            await make_variant(session, "MUG"),
            await make_channel(session),
        )
        await put_in_group(session, client, "vip")
        group, shop_slug = (await group_product(session, mug)).slug, shop.slug
    whole = {
        "name": "Autumn",
        "startsAt": "2026-11-01T00:00:00Z",
        "formal": "AMOUNT",
        "value": "50",
        "currency": "RON",
        "minimumOrderValue": "500.00",
        "voucher": "Promo2026",
        "clients": [str(client.id)],
        "clientGroups": ["vip"],
        "items": ["MUG"],
        "itemGroups": [group],
        "channels": ["woocommerce"],
        "stores": [shop_slug],
        "limitTotal": 5,
        "limitPerClient": 1,
        "stacks": False,
        "priority": 3,
        "active": False,
    }
    made = (await api.data(UPSERT, {"input": whole}))["tradeDiscountUpsert"]
    key = made.pop("id")
    assert made == {
        **{name: value for name, value in whole.items() if name != "startsAt"},
        "version": 1,
        "state": "OFF",
        "used": 0,
        "usesLeft": 5,
    }
    stale = await api.data(UPSERT, {"input": {**whole, "id": key, "expectedVersion": 7}})
    assert stale["tradeDiscountUpsert"] == {"code": "STALE_VERSION", "currentVersion": 1}
    few = {"id": key, "name": "Winter", "startsAt": "2026-11-01T00:00:00Z", "formal": "PERCENT", "value": 7.5}
    changed = (await api.data(UPSERT, {"input": few}))["tradeDiscountUpsert"]
    assert (changed["version"], changed["value"], changed["items"], changed["active"]) == (2, "7.5", [], True)
    archived = (await api.data(ARCHIVE, {"input": {"id": key}}))["tradeDiscountArchive"]
    assert (archived["version"], archived["state"], archived["archivedAt"] is not None) == (3, "ARCHIVED", True)
    for missing in ("nothing", "00000000-0000-0000-0000-000000000007"):
        answer = (await api.data(ARCHIVE, {"input": {"id": missing}}))["tradeDiscountArchive"]
        assert answer == {"code": "NOT_FOUND", "path": ["id"]}
        assert (await api.data(f'{{ tradeDiscount(id: "{missing}") {{ id }} }}'))["tradeDiscount"] is None
    assert (await api.data(f'{{ tradeDiscount(id: "{key}") {{ name }} }}'))["tradeDiscount"] == {"name": "Winter"}


@pytest.mark.spec("DSC-1")
async def test_what_is_wrong_with_a_rule_is_told_field_by_field(shared_api: Api) -> None:
    wrong = {
        "name": "",
        "startsAt": "2026-11-02T00:00:00Z",
        "endsAt": "2026-11-01T00:00:00Z",
        "formal": "PERCENT",
        "value": 101,
        "items": ["NONE"],
    }
    problems = (await shared_api.data(UPSERT, {"input": wrong}))["tradeDiscountUpsert"]["problems"]
    assert [(".".join(one["path"]), one["code"]) for one in problems] == [
        ("name", "MISSING"),
        ("endsAt", "REVERSED"),
        ("value", "OUT_OF_RANGE"),
        ("items.0", "UNKNOWN_SKU"),
    ]


@pytest.mark.spec("DSC-3")
async def test_an_order_shows_its_discounts_and_vouchers(api: Api) -> None:
    promo, small = await have(api, {"voucher": "Promo"}, {"value": "1", "voucher": "SMALL", "stacks": False})
    made = (await api.data(CREATE, order("PROMO", "small")))["orderCreate"]
    assert made["discounts"] == [
        {"code": "Promo", "ruleId": str(promo.id), "voucher": "Promo", "amount": {"amount": "10.00"}}
    ]
    assert made["vouchers"] == [
        {"code": "PROMO", "ruleId": str(promo.id), "applies": True, "whyNot": None, "message": None},
        {
            "code": "small",
            "ruleId": str(small.id),
            "applies": False,
            "whyNot": "OUTBID",
            "message": "It does not stack with others, and what applies instead saves at least as much.",
        },
    ]
    refused = (await api.data(CREATE, order("NONE")))["orderCreate"]["problems"]
    assert refused == [
        {
            "path": ["vouchers", "0"],
            "code": "UNKNOWN_VOUCHER",
            "message": "There is no voucher NONE. Check the code, or leave it out.",
        }
    ]


@pytest.mark.spec("DSC-1")
async def test_a_voucher_is_entered_later_and_taken_off(api: Api) -> None:
    await have(api, {"voucher": "PROMO"}, {"voucher": "OLD", "ends_at": utc_now() - timedelta(hours=1)})
    made = (await api.data(CREATE, order()))["orderCreate"]

    async def change(what: str, code: str, version: int | None = None, key: str = made["id"]) -> Any:
        variables = {"input": {"id": key, "code": code, "expectedVersion": version}}
        return (await api.data(VOUCHER % what, variables))[f"orderVoucher{what}"]

    assert await change("Apply", "promo", 1) == {
        "version": 2,
        "discountTotal": {"amount": "10.00"},
        "vouchers": [{"code": "promo", "applies": True}],
    }
    assert await change("Apply", "old") == {"problems": [{"path": ["code"], "code": "EXPIRED"}]}
    assert await change("Remove", "PROMO", 1) == {"code": "STALE_VERSION"}
    assert (await change("Remove", "PROMO", 2))["discountTotal"] == {"amount": "0.00"}
    assert await change("Remove", "PROMO") == {"problems": [{"path": ["code"], "code": "UNKNOWN_VOUCHER"}]}
    assert await change("Apply", "promo", key="nothing") == {"code": "NOT_FOUND", "path": ["id"]}


@pytest.mark.spec("DSC-1")
async def test_rules_are_listed_by_state_and_name_in_pages(api: Api) -> None:
    now, day = utc_now(), timedelta(days=1)
    await have(
        api,
        {"name": "Running", "voucher": "CODE-1", "limit_total": 2},
        {"name": "Ended 100%", "ends_at": now - day, "starts_at": now - 2 * day},
        {"name": "Scheduled", "starts_at": now + day},
        {"name": "Off", "active": False},
        {"name": "Archived", "archived_at": now},
    )
    await api.data(CREATE, order("CODE-1"))

    async def names(**filter: Any) -> list[str]:
        edges = (await api.data(LIST, {"filter": filter}))["tradeDiscounts"]["edges"]
        return [edge["node"]["name"] for edge in edges]

    assert await names() == ["Off", "Scheduled", "Ended 100%", "Running"]
    for state in ("Off", "Scheduled", "Running", "Archived"):
        assert await names(state=[state.upper()]) == [state]
    assert await names(state=["ENDED", "RUNNING"]) == ["Ended 100%", "Running"]
    assert await names(search="code-1") == await names(search="RUNN") == ["Running"]
    assert await names(search="0%") == ["Ended 100%"]
    assert await names(search="_") == []
    walked, after = [], None
    while True:
        page = (await api.data(LIST, {"first": 3, "after": after}))["tradeDiscounts"]
        walked += [(edge["node"]["name"], edge["node"]["used"], edge["node"]["usesLeft"]) for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert walked == [("Off", 0, None), ("Scheduled", 0, None), ("Ended 100%", 0, None), ("Running", 1, 1)]


@pytest.mark.spec("REP-3")
async def test_discounts_that_end_soon(api: Api) -> None:
    now, day = utc_now(), timedelta(days=1)
    await have(
        api,
        {"name": "in 5 days", "ends_at": now + 5 * day},
        {"name": "tomorrow", "ends_at": now + day},
        {"name": "in 8 days", "ends_at": now + 8 * day},
        {"name": "never"},
        {"name": "over", "ends_at": now - timedelta(hours=1)},
        {"name": "off", "ends_at": now + day, "active": False},
        {"name": "not yet", "starts_at": now + day, "ends_at": now + 2 * day},
        {"name": "archived", "ends_at": now + day, "archived_at": now},
    )
    soon = await api.data("{ discountsEndingSoon { name endsAt } }")
    assert [one["name"] for one in soon["discountsEndingSoon"]] == ["tomorrow", "in 5 days"]
    later = await api.data("{ discountsEndingSoon(withinDays: 10) { name } }")
    assert [one["name"] for one in later["discountsEndingSoon"]] == ["tomorrow", "in 5 days", "in 8 days"]
    for days in (0, -1, 367):
        answer = (await api.ask(f"{{ discountsEndingSoon(withinDays: {days}) {{ name }} }}")).json()
        assert answer["errors"][0]["extensions"]["problems"][0]["path"] == ["withinDays"]


@pytest.mark.spec("DSC-3")
async def test_the_log_tells_what_each_rule_took_off_each_line(api: Api) -> None:
    auto, promo = await have(api, {"name": "Autumn"}, {"value": "20", "voucher": "Promo", "name": "Campaign"})
    first = (await api.data(CREATE, order("promo")))["orderCreate"]
    await api.data(CREATE, order(customer={"name": "Ana", "email": "ana@example.com"}))
    await api.data(CREATE, order(test=True))  # nobody saves anything in a test order

    async def saved(**filter: Any) -> list[tuple[str, str, str]]:
        edges = (await api.data(LOG, {"filter": filter}))["discountLog"]["edges"]
        nodes = [edge["node"] for edge in edges]
        return [(node["ruleName"], node["customer"]["name"], node["saved"]["amount"]) for node in nodes]

    everything = [("Autumn", "Ana", "10.00"), ("Campaign", "Ion", "20.00"), ("Autumn", "Ion", "10.00")]
    assert await saved() == everything
    assert await saved(order=first["id"]) == everything[1:]
    assert await saved(rule=str(promo.id)) == await saved(voucher="PROMO") == everything[1:2]
    assert await saved(rule=str(auto.id), channel=["manual"]) == [everything[0], everything[2]]
    assert await saved(channel=["nowhere"]) == await saved(customer="nobody") == []
    assert await saved(**{"from": "2100-01-01T00:00:00Z"}) == await saved(to="2000-01-01T00:00:00Z") == []
    page = (await api.data(LOG, {"first": 2}))["discountLog"]
    rest = (await api.data(LOG, {"first": 2, "after": page["pageInfo"]["endCursor"]}))["discountLog"]
    assert [edge["node"]["ruleName"] for edge in page["edges"] + rest["edges"]] == ["Autumn", "Campaign", "Autumn"]
    node = page["edges"][1]["node"]
    assert node == {
        "ruleName": "Campaign",
        "voucher": "Promo",
        "sku": "MUG",
        "quantity": "1",
        "original": {"amount": "90.00"},
        "after": {"amount": "70.00"},
        "saved": {"amount": "20.00", "currency": "RON"},
        "customer": {"name": "Ion"},
        "channel": {"slug": "manual"},
        "orderId": first["id"],
        "ruleId": str(promo.id),
    }


@pytest.mark.parametrize(
    ("query", "path"),
    [
        (f'{{ tradeDiscounts(filter: {{search: "{"x" * 201}"}}) {{ edges {{ cursor }} }} }}', ["filter", "search"]),
        ("{ tradeDiscounts(first: 201) { edges { cursor } } }", ["first"]),
        ('{ tradeDiscounts(after: "x") { edges { cursor } } }', ["after"]),
        (f'{{ discountLog(filter: {{voucher: "{"x" * 201}"}}) {{ edges {{ cursor }} }} }}', ["filter", "voucher"]),
        (
            '{ discountLog(filter: {from: "2026-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z"}) { edges { cursor } } }',
            ["filter", "to"],
        ),
    ],
)
async def test_questions_that_cannot_be_asked(shared_api: Api, query: str, path: list[str]) -> None:
    error = (await shared_api.ask(query)).json()["errors"][0]
    assert error["extensions"]["problems"][0]["path"] == path


async def test_the_number_of_statements_does_not_grow_with_the_rules(api: Api) -> None:
    await have(api, {"name": "First"})
    await api.data("{ __typename }")
    with counted(api.services.database) as few:
        await api.data(LIST)
    async with api.database.begin() as session:
        mug = await make_variant(session, "CUP")
        group = await group_product(session, mug)
        vip = await put_in_group(session, await make_customer(session))
        shop = await make_channel(session)
        for _ in range(20):
            fields = {"items": [mug.id], "item_groups": [group.id], "client_groups": [vip.id], "stores": [shop.id]}
            await make_rule(session, **fields)
    with counted(api.services.database) as many:
        await api.data(LIST)
    assert (len(few), len(many)) == (2, 6), "the page and the uses; the names of four dimensions"
