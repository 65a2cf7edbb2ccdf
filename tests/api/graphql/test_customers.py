"""Customers and groups over the API."""

import pytest

from tests.api.conftest import Api
from tests.api.graphql.scenes import counted
from tests.support.builders import make_customer

GROUP = """mutation ($i: CustomerGroupInput!) { customerGroupUpsert(input: $i) {
    __typename ... on CustomerGroup { slug name version } ... on Refusal { code path } } }"""
UPSERT = """mutation ($i: CustomerUpsertInput!) { customerUpsert(input: $i) {
    __typename ... on Customer { id name email phone company taxId version groups { slug name } }
    ... on Refusal { code path } ... on StaleVersion { currentVersion } } }"""
LIST = """query ($f: CustomerFilter, $n: Int = 50, $a: String) { customerList(first: $n, after: $a, filter: $f) {
    edges { cursor node { name groups { slug } } } pageInfo { hasNextPage endCursor } } }"""
PRODUCT_GROUP = """mutation ($i: ProductGroupInput!) { productGroupUpsert(input: $i) {
    __typename ... on ProductGroup { slug parent version } ... on Refusal { code path } } }"""


async def names(api: Api, **where: str) -> list[str]:
    found = (await api.data(LIST, {"f": where}))["customerList"]
    return sorted(edge["node"]["name"] for edge in found["edges"])


async def test_customers_are_made_changed_grouped_and_found(api: Api) -> None:
    for slug in ("vip", "wholesale"):
        made = await api.data(GROUP, {"i": {"slug": slug, "name": slug.upper()}})
        assert made["customerGroupUpsert"] == {
            "__typename": "CustomerGroup",
            "slug": slug,
            "name": slug.upper(),
            "version": 1,
        }
    given = {"name": "Ana Pop", "email": "Ana@Example.com", "phone": "0722000111", "groups": ["vip"]}
    ana = (await api.data(UPSERT, {"i": given}))["customerUpsert"]
    assert ana["groups"] == [{"slug": "vip", "name": "VIP"}]
    changed = {"id": ana["id"], "company": "Cup SRL", "expectedVersion": 1}
    assert (await api.data(UPSERT, {"i": changed}))["customerUpsert"]["version"] == 2
    stale = (await api.data(UPSERT, {"i": changed}))["customerUpsert"]
    assert (stale["__typename"], stale["currentVersion"]) == ("StaleVersion", 2)
    await api.data(UPSERT, {"i": {"name": "Dan 100%_x", "email": "dan@example.com"}})
    for search in ("ana pop", "NA PO", "ANA@example.com", "0722000111", "na@exam"):
        assert await names(api, search=search) == ["Ana Pop"], search
    assert await names(api, search="100%_") == ["Dan 100%_x"]
    assert await names(api, search="%__%") == []
    assert await names(api, group="vip") == ["Ana Pop"]
    assert await names(api, group="none such") == []
    assert await names(api, search="example", group="wholesale") == []
    put = """mutation ($c: ID!, $g: [String!]!) { customerGroupSet(input: {customer: $c, groups: $g}) {
        ... on Customer { version groups { slug } } ... on Refusal { code path } } }"""
    both = (await api.data(put, {"c": ana["id"], "g": ["wholesale", "vip"]}))["customerGroupSet"]
    assert both == {"version": 3, "groups": [{"slug": "vip"}, {"slug": "wholesale"}]}
    wrong = (await api.data(put, {"c": ana["id"], "g": ["vip", "none"]}))["customerGroupSet"]
    assert wrong["path"] == ["groups", "1"]
    assert (await api.data(put, {"c": "x", "g": []}))["customerGroupSet"]["code"] == "NOT_FOUND"
    gone = """mutation { customerGroupDelete(slug: "vip") { ... on GroupDeleted { slug } ... on Refusal { code } } }"""
    assert (await api.data(gone))["customerGroupDelete"] == {"slug": "vip"}
    assert (await api.data(gone))["customerGroupDelete"] == {"code": "NOT_FOUND"}
    one = "query ($id: ID!) { customer(id: $id) { name company groups { slug } } customerGroups { slug } }"
    assert await api.data(one, {"id": ana["id"]}) == {
        "customer": {"name": "Ana Pop", "company": "Cup SRL", "groups": [{"slug": "wholesale"}]},
        "customerGroups": [{"slug": "wholesale"}],
    }
    assert (await api.data(one, {"id": "none"}))["customer"] is None


async def test_the_list_pages_newest_first_in_as_many_statements_whatever_its_length(api: Api) -> None:
    async with api.database.begin() as session:
        for number in range(5):
            await make_customer(session, name=f"Customer {number}")
    seen: list[str] = []
    after = None
    while True:
        with counted(api.services.database) as statements:
            page = (await api.data(LIST, {"n": 2, "a": after}))["customerList"]
        assert len(statements) <= 3  # the key's, the first time
        seen += [edge["node"]["name"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == [f"Customer {number}" for number in (4, 3, 2, 1, 0)]
    for bad in ({"search": "x" * 201}, {"search": "%" * 300}):
        [error] = (await api.ask(LIST, {"f": bad})).json()["errors"]
        assert error["extensions"]["code"] == "INVALID"


@pytest.mark.spec("CAT-1")
async def test_product_groups_and_subgroups(api: Api) -> None:
    for slug, parent in (("electronics", None), ("phones", "electronics")):
        made = await api.data(PRODUCT_GROUP, {"i": {"slug": slug, "name": slug, "parent": parent}})
        assert made["productGroupUpsert"] == {
            "__typename": "ProductGroup",
            "slug": slug,
            "parent": parent,
            "version": 1,
        }
    circle = await api.data(PRODUCT_GROUP, {"i": {"slug": "electronics", "name": "x", "parent": "phones"}})
    assert circle["productGroupUpsert"] == {"__typename": "Invalid", "code": "INVALID", "path": ["parent"]}
    gone = """mutation ($s: String!) { productGroupDelete(slug: $s) {
        ... on GroupDeleted { slug } ... on Invalid { problems { code } } } }"""
    used = await api.data(gone, {"s": "electronics"})
    assert used["productGroupDelete"] == {"problems": [{"code": "IN_USE"}]}
    listed = "{ productGroups { slug parent } }"
    assert (await api.data(listed))["productGroups"] == [
        {"slug": "electronics", "parent": None},
        {"slug": "phones", "parent": "electronics"},
    ]
