"""Price lists over the API, and why a price is what it is."""

from typing import Any

import pytest

from tests.api.conftest import Api
from tests.api.graphql.scenes import counted
from tests.support.builders import make_channel, make_customer, make_variant

pytestmark = pytest.mark.spec("PRC-1")

UPSERT = """mutation ($i: PriceListInput!) { priceListUpsert(input: $i) { __typename
    ... on PriceList { slug level version customers { name } groups { slug } channels itemCount active archivedAt }
    ... on Invalid { problems { path code } } ... on Refusal { code } } }"""
ITEMS = """mutation ($i: PriceListItemsInput!) { priceListItemsSet(input: $i) { __typename
    ... on PriceListItemsSet { written removed priceList { slug version itemCount } }
    ... on Invalid { problems { path code } } ... on Refusal { code } } }"""
EXPLAIN = """query ($i: PriceExplainInput!) { priceExplain(input: $i) { __typename
    ... on PriceExplanation { winner { level priceList minQuantity unitPrice { amount currency } }
        losers { lost reason candidate { level priceList } } }
    ... on Invalid { problems { path code } } } }"""
CREATE = """mutation ($i: OrderCreateInput!) { orderCreate(input: $i) {
    ... on Order { lines { unitPrice { amount } priceSource { origin list minQuantity } } }
    ... on Refusal { code } } }"""


async def upsert(api: Api, slug: str, **fields: Any) -> Any:
    given = {"slug": slug, "name": slug, "currency": "RON", **fields}
    return (await api.data(UPSERT, {"i": given}))["priceListUpsert"]


async def put(api: Api, slug: str, *items: Any, **fields: Any) -> Any:
    given = [{"sku": sku, "minQuantity": at, "unitPrice": price} for sku, at, price in items]
    return (await api.data(ITEMS, {"i": {"priceList": slug, "items": given, **fields}}))["priceListItemsSet"]


async def explain(api: Api, **asked: Any) -> Any:
    return (await api.data(EXPLAIN, {"i": asked}))["priceExplain"]


def wrong(answer: Any) -> dict[str, str]:
    return {".".join(problem["path"]): problem["code"] for problem in answer["problems"]}


async def test_a_price_is_explained_as_it_is_charged(api: Api) -> None:
    async with api.database.begin() as session:
        await make_variant(session, "A", price="100")
        customer = str((await make_customer(session, name="Ana")).id)
    await api.data('mutation { customerGroupUpsert(input: {slug: "vip", name: "VIP"}) { __typename } }')
    group = 'mutation ($c: ID!) { customerGroupSet(input: {customer: $c, groups: ["vip"]}) { __typename } }'
    await api.data(group, {"c": customer})
    made = await upsert(api, "ana", customers=[customer])
    assert (made["level"], made["version"], made["customers"]) == ("CUSTOMER", 1, [{"name": "Ana"}])
    assert (await upsert(api, "vip", groups=["vip"], priority=2))["groups"] == [{"slug": "vip"}]
    assert (await upsert(api, "staff", channels=["manual"]))["channels"] == ["manual"]
    assert (await put(api, "ana", ("A", 10, "70")))["priceList"] == {"slug": "ana", "version": 2, "itemCount": 1}
    await put(api, "vip", ("A", None, "80"), ("A", 5, "75"))
    await put(api, "staff", ("A", 0, "60"))
    asked = {"sku": "A", "quantity": 6, "customer": customer, "channel": "manual"}
    answer = await explain(api, **asked)
    assert answer["winner"] == {
        "level": "GROUP",
        "priceList": "vip",
        "minQuantity": "5",
        "unitPrice": {"amount": "75.00", "currency": "RON"},
    }
    assert [(one["candidate"]["level"], one["lost"]) for one in answer["losers"]] == [
        ("CUSTOMER", "BELOW_QUANTITY"),
        ("GROUP", "BETTER_BREAK"),
        ("CHANNEL", "LOWER_LEVEL"),
        ("STANDARD", "LOWER_LEVEL"),
    ]
    order = {"channel": "manual", "customer": {"id": customer}, "lines": [{"sku": "A", "quantity": 6}]}
    [line] = (await api.data(CREATE, {"i": order}))["orderCreate"]["lines"]
    assert line == {
        "unitPrice": {"amount": "75.00"},
        "priceSource": {"origin": "GROUP", "list": "vip", "minQuantity": "5"},
    }
    anybody = await explain(api, sku="A", quantity=6)
    assert anybody["winner"]["level"] == "STANDARD"
    assert {one["lost"] for one in anybody["losers"]} == {"OTHER_AUDIENCE"}
    assert (await explain(api, sku="A", quantity=6, currency="EUR"))["winner"] is None


async def test_as_many_statements_however_many_lists(api: Api) -> None:
    async with api.database.begin() as session:
        await make_variant(session, "A", price="100")
    for number in range(3):
        await upsert(api, f"l{number}", channels=["manual"])
        await put(api, f"l{number}", ("A", 0, str(number + 1)))
    listed = """{ priceLists(first: 50) { edges { node { slug itemCount channels groups { slug } customers { name } } }
        pageInfo { hasNextPage } } }"""
    for query, variables in ((EXPLAIN, {"i": {"sku": "A", "quantity": 1, "channel": "manual"}}), (listed, {})):
        with counted(api.services.database) as statements:
            await api.data(query, variables)
        assert len(statements) == 3, statements
    slugs = [edge["node"]["slug"] for edge in (await api.data(listed))["priceLists"]["edges"]]
    assert slugs == ["l2", "l1", "l0"]


async def test_the_prices_of_a_list_are_paged_and_changed(api: Api) -> None:
    async with api.database.begin() as session:
        for sku in ("A", "B"):
            await make_variant(session, sku, price="100")
    await upsert(api, "ours", channels=["manual"])
    assert (await put(api, "ours", ("A", 0, "9"), ("A", 5, "8"), ("B", 0, "7.123456")))["written"] == 3
    again = await put(api, "ours", ("A", 0, "9"), ("A", 5, "8"))
    assert (again["written"], again["removed"], again["priceList"]["version"]) == (0, 0, 2)
    page = """query ($a: String, $s: String) { priceListItems(priceList: "ours", first: 2, after: $a, sku: $s) {
        edges { node { sku minQuantity unitPrice { amount } } } pageInfo { hasNextPage endCursor } } }"""
    first = (await api.data(page))["priceListItems"]
    second = (await api.data(page, {"a": first["pageInfo"]["endCursor"]}))["priceListItems"]
    found = [edge["node"] for one in (first, second) for edge in one["edges"]]
    assert [(one["sku"], one["minQuantity"], one["unitPrice"]["amount"]) for one in found] == [
        ("A", "0", "9.00"),
        ("A", "5", "8.00"),
        ("B", "0", "7.123456"),
    ]
    assert not second["pageInfo"]["hasNextPage"]
    assert len((await api.data(page, {"s": "B"}))["priceListItems"]["edges"]) == 1
    gone = await put(api, "ours", ("A", 5, None))
    assert (gone["written"], gone["removed"]) == (0, 1)
    replaced = await put(api, "ours", ("B", 0, "6"), replace=True, expectedVersion=3)
    assert (replaced["written"], replaced["removed"], replaced["priceList"]["itemCount"]) == (1, 1, 1)
    assert (await put(api, "ours", ("B", 0, "5"), expectedVersion=3))["__typename"] == "StaleVersion"
    assert (await put(api, "none", ("B", 0, "5")))["__typename"] == "NotFound"
    nowhere = '{ priceListItems(priceList: "none") { edges { cursor } } priceList(slug: "none") { slug } }'
    assert await api.data(nowhere) == {"priceListItems": None, "priceList": None}


async def test_a_list_is_changed_and_archived_under_its_version(api: Api) -> None:
    async with api.database.begin() as session:
        await make_channel(session, slug="shop")
    await upsert(api, "ours", channels=["manual"])
    assert (await upsert(api, "ours", channels=["manual"]))["version"] == 1
    changed = await upsert(api, "ours", channels=["manual", "shop"], active=False, expectedVersion=1)
    assert (changed["version"], changed["channels"], changed["active"]) == (2, ["manual", "shop"], False)
    assert (await upsert(api, "ours", channels=["manual"], expectedVersion=1))["__typename"] == "StaleVersion"
    archive = """mutation ($v: Int) { priceListArchive(slug: "ours", expectedVersion: $v) { __typename
        ... on PriceList { version active archivedAt } } }"""
    assert (await api.data(archive, {"v": 1}))["priceListArchive"]["__typename"] == "StaleVersion"
    for _ in range(2):
        ended = (await api.data(archive))["priceListArchive"]
        assert (ended["version"], ended["active"], ended["archivedAt"] is None) == (3, False, False)
    assert wrong(await upsert(api, "ours", channels=["manual"])) == {"slug": "ARCHIVED"}
    assert wrong(await put(api, "ours")) == {"slug": "ARCHIVED"}
    lists = "query ($a: Boolean) { priceLists(archived: $a) { edges { node { slug } } } }"
    assert (await api.data(lists))["priceLists"]["edges"] == []
    assert len((await api.data(lists, {"a": True}))["priceLists"]["edges"]) == 1


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"slug": "A B", "name": " "}, {"slug": "BAD_SLUG", "name": "MISSING"}),
        ({"currency": "LEU", "priority": 1001}, {"currency": "BAD_CURRENCY", "priority": "OUT_OF_RANGE"}),
        ({"channels": []}, {"customers": "ONE_OF"}),
        ({"groups": ["vip"]}, {"customers": "ONE_OF"}),
        ({"channels": ["manual", "none", "\x7f"]}, {"channels.1": "UNKNOWN_CHANNEL", "channels.2": "UNKNOWN_CHANNEL"}),
        ({"channels": None, "groups": ["none"]}, {"groups.0": "UNKNOWN_GROUP"}),
        ({"channels": None, "customers": ["x"]}, {"customers.0": "UNKNOWN_CUSTOMER"}),
        ({"channels": ["a"] * 1001}, {"channels": "TOO_MANY"}),
        (
            {"validFrom": "2026-05-01T00:00:00Z", "validUntil": "2026-05-01T00:00:00Z"},
            {"validUntil": "DATES_REVERSED"},
        ),
    ],
)
async def test_every_wrong_field_of_a_list_is_named(shared_api: Api, fields: Any, problems: dict[str, str]) -> None:
    given = {"channels": ["manual"], **fields}
    assert wrong(await upsert(shared_api, given.pop("slug", "wrong"), **given)) == problems
    found = await shared_api.data('{ priceList(slug: "wrong") { slug } }')
    assert found["priceList"] is None


async def test_every_wrong_price_is_named_and_none_is_written(api: Api) -> None:
    async with api.database.begin() as session:
        await make_variant(session, "A", price="100")
    await upsert(api, "ours", channels=["manual"])
    bad = [("A", -1, "1"), ("A", "0.0001", "1"), ("A", 1, "-1"), ("A", 2, "0.0000001"), ("A", 3, 1), ("A", 3, 2)]
    assert wrong(await put(api, "ours", *bad)) == {
        "items.0.minQuantity": "OUT_OF_RANGE",
        "items.1.minQuantity": "OUT_OF_RANGE",
        "items.2.unitPrice": "OUT_OF_RANGE",
        "items.3.unitPrice": "OUT_OF_RANGE",
        "items.5": "TWICE",
    }
    assert wrong(await put(api, "ours", ("A", 0, 1), ("NONE", 0, 1))) == {"items.1.sku": "UNKNOWN_SKU"}
    assert wrong(await put(api, "ours", *[("A", n, 1) for n in range(5001)])) == {"items": "TOO_MANY"}
    assert len((await put(api, "ours", *[(f"N{n}", 0, 1) for n in range(150)]))["problems"]) == 100
    await put(api, "ours", ("A", 0, 1))
    assert wrong(await upsert(api, "ours", currency="EUR", channels=["manual"])) == {"currency": "IN_USE"}
    found = await api.data('{ priceList(slug: "ours") { itemCount currency } }')
    assert found["priceList"] == {"itemCount": 1, "currency": "RON"}


async def test_prices_come_in_as_a_file(api: Api) -> None:
    async with api.database.begin() as session:
        for sku in ("A", "B"):
            await make_variant(session, sku, price="100")
    await upsert(api, "ours", channels=["manual"])
    query = """mutation ($i: PriceListItemsImportInput!) { priceListItemsImport(input: $i) { __typename
        ... on PriceListItemsSet { written removed } ... on Invalid { problems { path code } } } }"""

    async def send(text: str, **fields: Any) -> Any:
        answer = await api.data(query, {"i": {"priceList": "ours", "csv": text, **fields}})
        return answer["priceListItemsImport"]

    text = "\ufeffSKU;Unit_price;min_quantity\nA;9,50;\n\nA;8;10\nB;7;0\n"
    assert (await send(text))["written"] == 3
    assert (await send(text))["written"] == 0
    taken = await send("sku,unit_price\nB,\n", expectedVersion=2)
    assert (taken["written"], taken["removed"]) == (0, 1)
    assert (await send("sku,unit_price\nA,9.50\n", replace=True))["removed"] == 1
    assert wrong(await send("sku,unit_price\nA,x\nB,1,2\n")) == {"csv.2.unit_price": "NOT_A_NUMBER", "csv.3": "NOT_CSV"}
    assert wrong(await send("sku,unit_price\nA,1\n\nNONE,2\n")) == {"csv.4.sku": "UNKNOWN_SKU"}
    assert wrong(await send("sku,unit_price\nA,-1\nA,2\n")) == {"csv.2.unit_price": "OUT_OF_RANGE", "csv.3": "TWICE"}
    assert wrong(await send("sku\nA\n")) == {"csv.1": "NOT_CSV"}
    assert wrong(await send('sku,unit_price\nA,"1\n')) == {"csv.2": "NOT_CSV"}
    assert (await explain(api, sku="A", quantity=1, channel="manual"))["winner"]["unitPrice"]["amount"] == "9.50"


async def test_what_cannot_be_asked_is_named(shared_api: Api) -> None:
    asked = {"sku": "NONE", "quantity": -1, "customer": "x", "channel": "none", "currency": "LEU"}
    assert wrong(await explain(shared_api, **asked)) == {
        "sku": "UNKNOWN_SKU",
        "quantity": "OUT_OF_RANGE",
        "customer": "UNKNOWN_CUSTOMER",
        "channel": "UNKNOWN_CHANNEL",
        "currency": "BAD_CURRENCY",
    }
