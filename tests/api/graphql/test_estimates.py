"""Estimates on the API, from the offer to the order."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from domain.estimates.models import Estimate
from domain.kernel.clock import utc_now
from tests.api.conftest import Api
from tests.support.builders import make_variant

pytestmark = pytest.mark.spec("ORD-11")

FIELDS = """id number state version validUntil total { amount currency } seller author
    customer { name } channel { slug } lines { sku quantity unitPrice { amount } }
    charges { kind title } order { id }"""
CREATE = f"""mutation ($input: EstimateCreateInput!) {{ estimateCreate(input: $input) {{
    ... on Estimate {{ {FIELDS} }} ... on Invalid {{ problems {{ path code }} }} ... on Refusal {{ code }} }} }}"""
UPDATE = f"""mutation ($input: EstimateUpdateInput!) {{ estimateUpdate(input: $input) {{
    ... on Estimate {{ {FIELDS} }} ... on Invalid {{ problems {{ path code }} }}
    ... on StaleVersion {{ currentVersion changes {{ kind }} }} ... on Refusal {{ code }} }} }}"""
CANCEL = """mutation ($input: EstimateCancelInput!) { estimateCancel(input: $input) {
    ... on Estimate { state reason } ... on Refusal { code } } }"""
ACCEPT = """mutation ($input: EstimateAcceptInput!) { estimateAccept(input: $input) {
    ... on Order { id status total { amount } seller deliveryPoint { id } }
    ... on Invalid { problems { path code } } ... on Refusal { code } } }"""
LIST = f"""query ($filter: EstimateFilter, $first: Int, $after: String) {{
    estimates(filter: $filter, first: $first, after: $after) {{
        edges {{ node {{ {FIELDS} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"""


async def new(api: Api, **fields: Any) -> Any:
    given = {"customer": {"name": "Ana Pop"}, "lines": [{"sku": "MUG", "quantity": "2"}], **fields}
    return (await api.data(CREATE, {"input": given}))["estimateCreate"]


async def mug(api: Api) -> None:
    async with api.database.begin() as session:
        await make_variant(session, "MUG", price="10.00", vat_rate=None)


async def test_the_life_of_an_estimate(api: Api) -> None:
    await mug(api)
    made = await new(api, seller="eva", shippingFee={"amount": "15"}, fees=[{"title": "Gift", "amount": 1}])
    assert made["number"].startswith("EST-")
    assert (made["state"], made["version"], made["total"]) == ("OPEN", 1, {"amount": "36.00", "currency": "RON"})
    assert (made["customer"], made["channel"], made["author"]) == ({"name": "Ana Pop"}, {"slug": "manual"}, "admin")
    assert [charge["kind"] for charge in made["charges"]] == ["SHIPPING", "FEE"]
    edit = {"id": made["id"], "expectedVersion": 1, "lines": [{"sku": "MUG", "quantity": 1, "unitPrice": "8.50"}]}
    edited = (await api.data(UPDATE, {"input": edit}))["estimateUpdate"]
    assert (edited["version"], edited["total"]["amount"]) == (2, "24.50")
    stale = (await api.data(UPDATE, {"input": edit}))["estimateUpdate"]
    assert stale == {"currentVersion": 2, "changes": [], "code": "STALE_VERSION"}
    agree = {"id": made["id"], "expectedVersion": 2, "deliveryPoint": {"id": "7"}}
    order = (await api.data(ACCEPT, {"input": agree}, Idempotency_Key="accept-1"))["estimateAccept"]
    assert (order["status"], order["total"], order["seller"]) == ("DRAFT", {"amount": "24.50"}, "eva")
    assert order["deliveryPoint"] == {"id": "7"}
    assert (await api.data(ACCEPT, {"input": agree}, Idempotency_Key="accept-1"))["estimateAccept"] == order
    twice = (await api.data(ACCEPT, {"input": {"id": made["id"]}}))["estimateAccept"]
    assert twice["problems"] == [{"path": ["id"], "code": "NOT_OPEN"}]
    seen = (await api.data(f"query ($id: ID!) {{ estimate(id: $id) {{ {FIELDS} }} }}", {"id": made["id"]}))["estimate"]
    assert (seen["state"], seen["order"]) == ("ACCEPTED", {"id": order["id"]})
    assert (await api.data(CANCEL, {"input": {"id": made["id"]}}))["estimateCancel"] == {"code": "INVALID"}


async def test_the_list_by_state_agent_customer_and_number(api: Api) -> None:
    await mug(api)
    open_, expired, cancelled = [await new(api, seller=seller) for seller in ("eva", "eva", "dan")]
    async with api.database.begin() as session:
        day = utc_now().date() - timedelta(days=1)
        await session.execute(update(Estimate).where(Estimate.id == expired["id"]).values(valid_until=day))
    gone = (await api.data(CANCEL, {"input": {"id": cancelled["id"], "reason": "too dear"}}))["estimateCancel"]
    assert gone == {"state": "CANCELLED", "reason": "too dear"}

    async def found(**wanted: Any) -> list[str]:
        edges = (await api.data(LIST, {"filter": wanted}))["estimates"]["edges"]
        return [edge["node"]["id"] for edge in edges]

    assert await found() == [cancelled["id"], expired["id"], open_["id"]]
    assert await found(state="OPEN") == [open_["id"]]
    assert await found(state="EXPIRED") == [expired["id"]]
    assert await found(state="CANCELLED", seller="dan") == [cancelled["id"]]
    assert await found(seller="eva") == [expired["id"], open_["id"]]
    assert await found(number=open_["number"]) == await found(number=open_["number"][4:]) == [open_["id"]]
    assert await found(number="EST-x") == await found(customer="x") == []
    page = (await api.data(LIST, {"first": 2}))["estimates"]
    assert (len(page["edges"]), page["pageInfo"]["hasNextPage"]) == (2, True)
    rest = (await api.data(LIST, {"first": 2, "after": page["pageInfo"]["endCursor"]}))["estimates"]
    assert ([edge["node"]["id"] for edge in rest["edges"]], rest["pageInfo"]["hasNextPage"]) == ([open_["id"]], False)
    bad = await api.ask(LIST, {"filter": {"seller": "\a"}})
    assert bad.json()["errors"][0]["extensions"]["code"] == "INVALID"


@pytest.mark.parametrize("bad_id", ["", "x", "01930000-0000-7000-8000-000000000000"])
async def test_unknown_estimates(shared_api: Api, bad_id: str) -> None:
    for query in (UPDATE, CANCEL, ACCEPT):
        [answer] = (await shared_api.data(query, {"input": {"id": bad_id}})).values()
        assert answer["code"] == "NOT_FOUND"
    assert await shared_api.data("query ($id: ID!) { estimate(id: $id) { id } }", {"id": bad_id}) == {"estimate": None}


async def test_wrong_fields_are_named(shared_api: Api) -> None:
    refused = await new(
        shared_api, lines=[{"sku": "NONE", "quantity": "-1"}], customer={"email": "nobody"}, currency="RON"
    )
    assert refused["problems"] == [
        {"path": ["lines", "0", "sku"], "code": "UNKNOWN_SKU"},
        {"path": ["lines", "0", "quantity"], "code": "OUT_OF_RANGE"},
        {"path": ["customer", "email"], "code": "BAD_EMAIL"},
    ]
