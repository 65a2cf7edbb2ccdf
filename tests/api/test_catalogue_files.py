"""The catalogue as a file, over HTTP and GraphQL."""

import httpx
import pytest

from domain.access.models import ApiKey
from domain.kernel.actor import Permission
from domain.kernel.clock import utc_now
from domain.kernel.secrets import digest
from tests.api.conftest import ADMIN_KEY, Api

pytestmark = pytest.mark.spec("CAT-1")

FILE = "sku,name,price\nA,Thing,1.50\nB,=Other,2\n"


async def post(api: Api, body: str | bytes, query: str = "", key: str = ADMIN_KEY) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "text/csv"}
    return await api.http.post(f"/imports/products.csv{query}", content=body, headers=headers)


async def get(api: Api, key: str = ADMIN_KEY) -> httpx.Response:
    return await api.http.get("/exports/products.csv", headers={"Authorization": f"Bearer {key}"})


async def test_a_file_goes_in_and_comes_out(api: Api) -> None:
    looked = (await post(api, FILE, "?dryRun=true")).json()
    assert looked == {
        "applied": False,
        "created": 2,
        "updated": 0,
        "unchanged": 0,
        "problemCount": 0,
        "problems": [],
    }
    assert (await post(api, FILE)).json()["created"] == 2
    again = (await post(api, FILE)).json()
    assert (again["applied"], again["unchanged"]) == (True, 2)
    found = await get(api)
    assert found.headers["content-type"] == "text/csv; charset=utf-8"
    lines = found.text.split("\r\n")
    assert lines[1].startswith("A,Thing,,,Thing,")
    assert lines[2].startswith("B,'=Other,,,'=Other,")
    assert (await post(api, found.content)).json()["unchanged"] == 2
    bad = await post(api, "sku,name,price\nC,Third,x\nD,Fourth,1\n")
    assert (bad.status_code, bad.json()["applied"]) == (422, False)
    assert bad.json()["problems"][0]["line"] == 2
    skipped = await post(api, "sku,name,price\nC,Third,x\nD,Fourth,1\n", "?mode=skip")
    assert (skipped.status_code, skipped.json()["created"], skipped.json()["problemCount"]) == (200, 1, 1)


async def test_only_who_may_does_and_only_with_what_can_be_read(api: Api) -> None:
    async with api.database.begin() as session:
        key = ApiKey(name="few", key_hash=digest("few"), permissions=[Permission.ORDERS_VIEW], created_at=utc_now())
        session.add(key)
    assert [(await get(api, key)).status_code for key in ("none", "few")] == [401, 403]
    assert [(await post(api, FILE, key=key)).status_code for key in ("none", "few")] == [401, 403]
    assert (await post(api, b"sku\n\xff\xfe")).json()["code"] == "NOT_A_TEXT"
    assert (await post(api, FILE, "?mode=some")).status_code == 400
    assert (await post(api, b"x" * 20_000_001)).status_code == 413


async def test_a_small_file_goes_in_over_graphql(api: Api) -> None:
    query = """mutation ($i: ProductsImportInput!) { productsImport(input: $i) { ... on ProductsImported {
        applied created updated unchanged problemCount problems { line column code message } } } }"""
    done = (await api.data(query, {"i": {"csv": FILE}}))["productsImport"]
    assert (done["applied"], done["created"], done["problemCount"]) == (True, 2, 0)
    given = {"csv": "sku,name,price\nC,Third,x\nD,Fourth,1\n", "mode": "SKIP_BAD", "dryRun": True}
    looked = (await api.data(query, {"i": given}))["productsImport"]
    assert (looked["applied"], looked["created"]) == (False, 1)
    assert looked["problems"] == [
        {"line": 2, "column": "price", "code": "NOT_A_NUMBER", "message": "x is no number: write it like 59.90."}
    ]
