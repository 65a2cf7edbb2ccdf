"""Whole products over the API, and the list of the catalogue."""

from typing import Any

import pytest

from tests.api.conftest import Api
from tests.api.graphql.scenes import counted
from tests.support.builders import make_variant

pytestmark = pytest.mark.spec("CAT-1")

SAVE = """mutation ($i: ProductSaveInput!) { productSave(input: $i) { __typename
    ... on ProductFamily { id name version group { slug } optionNames images variants { sku name active
        options { name value } price { amount currency } } }
    ... on Invalid { problems { path code } } ... on Refusal { code } } }"""
LIST = """query ($f: ProductFilter, $n: Int = 50, $a: String) { products(first: $n, after: $a, filter: $f) {
    edges { node { sku unit group { slug } options { value } } } pageInfo { hasNextPage endCursor } } }"""
SHIRT = {
    "name": "Shirt",
    "unit": "pcs",
    "group": "shirts",
    "optionNames": ["Colour"],
    "images": ["https://img.example/shirt.jpg"],
    "variants": [
        {"sku": "SHIRT-RED", "options": ["Red"], "price": {"amount": "59.90", "currency": "RON"}, "vatRate": 21},
        {"sku": "SHIRT-BLUE", "options": ["Blue"], "barcode": "4006381333931", "active": False},
    ],
}


async def save(api: Api, **fields: Any) -> Any:
    return (await api.data(SAVE, {"i": {**SHIRT, **fields}}))["productSave"]


async def skus(api: Api, **where: Any) -> list[str]:
    found = (await api.data(LIST, {"f": where}))["products"]
    return [edge["node"]["sku"] for edge in found["edges"]]


async def test_a_product_is_saved_read_and_found(api: Api) -> None:
    for slug, parent in (("clothes", None), ("shirts", "clothes")):
        given = {"slug": slug, "name": slug, "parent": parent}
        await api.data(
            "mutation ($i: ProductGroupInput!) { productGroupUpsert(input: $i) { __typename } }", {"i": given}
        )
    async with api.database.begin() as session:
        await make_variant(session, "MUG", name="Mug 100%")
    made = await save(api)
    assert made["variants"] == [
        {
            "sku": "SHIRT-RED",
            "name": "Shirt Red",
            "active": True,
            "options": [{"name": "Colour", "value": "Red"}],
            "price": {"amount": "59.90", "currency": "RON"},
        },
        {
            "sku": "SHIRT-BLUE",
            "name": "Shirt Blue",
            "active": False,
            "options": [{"name": "Colour", "value": "Blue"}],
            "price": None,
        },
    ]
    assert (made["version"], made["group"]) == (1, {"slug": "shirts"})
    changed = await save(api, id=made["id"], name="Tee", expectedVersion=1)
    assert (changed["version"], changed["variants"][0]["name"]) == (2, "Tee Red")
    assert (await save(api, id=made["id"], expectedVersion=1))["__typename"] == "StaleVersion"
    taken = await save(api)
    assert [problem["code"] for problem in taken["problems"]] == ["TAKEN", "TAKEN"]
    assert (await save(api, id="none"))["__typename"] == "NotFound"
    assert await skus(api) == ["SHIRT-BLUE", "SHIRT-RED", "MUG"]
    assert await skus(api, search="shirt-") == ["SHIRT-BLUE", "SHIRT-RED"]
    assert await skus(api, search=" tee r") == ["SHIRT-RED"]
    assert await skus(api, search="0%") == ["MUG"]
    assert await skus(api, search="4006381333931") == await skus(api, barcode="4006381333931") == ["SHIRT-BLUE"]
    assert await skus(api, sku="MUG") == ["MUG"]
    assert await skus(api, group="clothes") == await skus(api, group="shirts") == ["SHIRT-BLUE", "SHIRT-RED"]
    assert await skus(api, group="clothes", active=True) == ["SHIRT-RED"]
    assert await skus(api, group="none") == []
    by = """query ($id: ID!) { a: productFamily(by: {id: $id}) { name variants { sku family } }
        b: productFamily(by: {sku: "SHIRT-RED"}) { id } c: productFamily(by: {sku: "NONE"}) { id }
        d: productFamily(by: {id: "x"}) { id } }"""
    found = await api.data(by, {"id": made["id"]})
    assert found["a"] == {
        "name": "Tee",
        "variants": [{"sku": "SHIRT-RED", "family": made["id"]}, {"sku": "SHIRT-BLUE", "family": made["id"]}],
    }
    assert (found["b"], found["c"], found["d"]) == ({"id": made["id"]}, None, None)
    [error] = (await api.ask(LIST, {"f": {"search": "x" * 201}})).json()["errors"]
    assert error["extensions"]["code"] == "INVALID"


async def test_the_list_is_one_statement_a_page(api: Api) -> None:
    async with api.database.begin() as session:
        for number in range(5):
            await make_variant(session, f"S{number}")
    await api.data("{ __typename }")
    seen: list[str] = []
    after = None
    for _ in range(3):
        with counted(api.services.database) as statements:
            page = (await api.data(LIST, {"n": 2, "a": after}))["products"]
        assert len(statements) == 1
        seen += [edge["node"]["sku"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
    assert seen == ["S4", "S3", "S2", "S1", "S0"]
    assert not page["pageInfo"]["hasNextPage"]
