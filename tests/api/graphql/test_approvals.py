"""Approval through the API: who sees what waits, who decides, and what a changed rule would have held."""

from typing import Any

import pytest

from domain.access.create_key import CreateKey, create_key
from domain.kernel.database import Database
from domain.orders.models import Order
from tests.api.conftest import Api
from tests.api.graphql.scenes import counted
from tests.support.approvals import make_rule, over
from tests.support.builders import OPERATOR, make_channel, make_order, make_variant

pytestmark = [pytest.mark.spec("APR-2"), pytest.mark.spec("APR-3")]

DECIDED = """{ __typename
    ... on Order { version status approveStatus
        approval { state currentStep awaitedRole steps { role approved decidedBy note } } }
    ... on RoleNeeded { code role step path }
    ... on Invalid { problems { path code } } ... on StaleVersion { code } }"""
APPROVE = f"mutation ($input: OrderApproveInput!) {{ orderApprove(input: $input) {DECIDED} }}"
REJECT = f"mutation ($input: OrderRejectInput!) {{ orderReject(input: $input) {DECIDED} }}"
AGAIN = f"mutation ($input: OrderApprovalAskAgainInput!) {{ orderApprovalAskAgain(input: $input) {DECIDED} }}"
UPSERT = """mutation ($input: ApprovalRuleUpsertInput!) { approvalRuleUpsert(input: $input) { __typename
    ... on ApprovalRule { id version channels conditions { kind amount { amount currency } percent words newCustomer } }
    ... on Invalid { problems { path code } } ... on StaleVersion { code } ... on NotFound { code } } }"""
PREVIEW = """query ($input: ApprovalRulePreviewInput!) { approvalRulePreview(input: $input) { __typename
    ... on ApprovalRulePreview { held newlyHeld noLongerHeld lookedAt complete
        rows { effect reasons order { number } } }
    ... on Invalid { problems { path code } } ... on NotFound { code } } }"""
WAITING = """query ($mine: Boolean!, $role: String, $first: Int = 50, $after: String) {
    approvals(mine: $mine, role: $role, first: $first, after: $after) {
        edges { cursor node { order { number } approval { awaitedRole rules { name reasons } } } }
        pageInfo { hasNextPage } } }"""


async def key_of(database: Database, name: str, *roles: str) -> dict[str, str]:
    async with database.begin() as session:
        made = await create_key(session, OPERATOR, CreateKey(name=name, roles=roles))
    return {"Authorization": f"Bearer {made.secret}"}


async def as_(api: Api, headers: dict[str, str], query: str, variables: dict[str, Any]) -> Any:
    answer = await api.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
    body = answer.json()
    assert "errors" not in body, body
    [value] = body["data"].values()
    return value


async def held(api: Api, *steps: str, count: int = 1) -> list[Order]:
    async with api.database.begin() as session:
        await make_rule(session, steps=list(steps))
        return [await make_order(session) for _ in range(count)]


async def test_an_order_goes_through_the_hands_of_two_roles(api: Api) -> None:
    [order] = await held(api, "sales_manager", "finance")
    mara, finn = await key_of(api.database, "mara", "sales_manager"), await key_of(api.database, "finn", "finance")
    given = {"id": str(order.id), "expectedVersion": 1}
    refused = await as_(api, finn, APPROVE, {"input": given})
    assert refused == {
        "__typename": "RoleNeeded",
        "code": "ROLE_NEEDED",
        "role": "sales_manager",
        "step": 1,
        "path": ["id"],
    }
    first = await as_(api, mara, APPROVE, {"input": {**given, "note": "known client"}})
    assert (first["approveStatus"], first["approval"]["currentStep"], first["version"]) == ("PENDING", 2, 2)
    assert first["approval"]["steps"] == [
        {"role": "sales_manager", "approved": True, "decidedBy": "mara", "note": "known client"},
        {"role": "finance", "approved": None, "decidedBy": None, "note": None},
    ]
    assert (await as_(api, finn, APPROVE, {"input": given}))["__typename"] == "StaleVersion"
    second = await as_(api, finn, APPROVE, {"input": {**given, "expectedVersion": 2}})
    assert (second["approveStatus"], second["approval"]["state"]) == ("APPROVED", "APPROVED")
    assert (second["approval"]["currentStep"], second["approval"]["awaitedRole"]) == (None, None)


async def test_a_rejected_order_is_asked_for_again(api: Api) -> None:
    [order] = await held(api, "sales_manager")
    given = {"id": str(order.id), "expectedVersion": 1}
    blank = (await api.data(REJECT, {"input": {**given, "reason": " "}}))["orderReject"]
    assert blank["problems"] == [{"path": ["reason"], "code": "MISSING"}]
    rejected = (await api.data(REJECT, {"input": {**given, "reason": "too much credit"}}))["orderReject"]
    assert (rejected["approveStatus"], rejected["approval"]["steps"][0]["note"]) == ("REJECTED", "too much credit")
    again = (await api.data(AGAIN, {"input": {"id": str(order.id)}}))["orderApprovalAskAgain"]
    assert (again["approveStatus"], again["approval"]["state"]) == ("PENDING", "PENDING")


@pytest.mark.spec("SEC-1")
async def test_who_may_not_approve_is_refused_before_anything(api: Api) -> None:
    [order] = await held(api, "warehouse")
    keeper = await key_of(api.database, "keeper", "warehouse")
    variables = {"input": {"id": str(order.id), "expectedVersion": 1}}
    answer = await api.http.post("/graphql", json={"query": APPROVE, "variables": variables}, headers=keeper)
    assert answer.json()["errors"][0]["extensions"]["permission"] == "orders.approve"


async def test_what_waits_for_me_the_longest_wait_first(api: Api) -> None:
    orders = await held(api, "sales_manager", count=3)
    mara, finn = await key_of(api.database, "mara", "sales_manager"), await key_of(api.database, "finn", "finance")
    numbers = [str(order.number) for order in orders]

    async def seen(headers: dict[str, str], **variables: Any) -> list[str]:
        page = await as_(api, headers, WAITING, {"mine": True, **variables})
        return [edge["node"]["order"]["number"] for edge in page["edges"]]

    assert await seen(mara) == numbers
    assert await seen(finn) == [] == await seen(mara, role="finance")
    assert await seen(finn, mine=False) == numbers
    first = await as_(api, mara, WAITING, {"mine": True, "first": 2})
    assert first["pageInfo"] == {"hasNextPage": True}
    assert await seen(mara, first=2, after=first["edges"][1]["cursor"]) == numbers[2:]


async def test_the_statements_do_not_grow_with_what_waits(api: Api) -> None:
    await held(api, "sales_manager", count=6)

    async def count(first: int) -> int:
        with counted(api.services.database) as statements:
            await api.data(WAITING, {"mine": True, "first": first})
            await api.data(f"{{ orders(first: {first}) {{ edges {{ node {{ approval {{ state }} }} }} }} }}")
        return len(statements)

    await api.data("{ __typename }")
    assert await count(1) == await count(6)


async def test_rules_are_written_listed_and_removed(api: Api) -> None:
    rule = {
        "name": "Big orders",
        "steps": ["sales_manager"],
        "conditions": [
            {"totalOver": {"amount": "10000", "currency": "RON"}},
            {"discountShareOver": "15"},
            {"paymentKindIn": ["ON_ACCOUNT"]},
            {"newCustomer": False},
        ],
    }
    made = (await api.data(UPSERT, {"input": {"rule": rule}}))["approvalRuleUpsert"]
    nothing = {"amount": None, "percent": None, "words": [], "newCustomer": None}
    assert made["conditions"] == [
        {**nothing, "kind": "TOTAL_OVER", "amount": {"amount": "10000", "currency": "RON"}},
        {**nothing, "kind": "DISCOUNT_SHARE_OVER", "percent": "15"},
        {**nothing, "kind": "PAYMENT_KIND_IN", "words": ["on_account"]},
        {**nothing, "kind": "NEW_CUSTOMER", "newCustomer": False},
    ]
    listed = (await api.data("{ approvalRules { id name steps priority active } }"))["approvalRules"]
    assert [(one["id"], one["steps"], one["active"]) for one in listed] == [(made["id"], ["sales_manager"], True)]
    bad = {**rule, "channels": ["nowhere"], "steps": ["nobody"], "priority": -99999999}
    refused = (await api.data(UPSERT, {"input": {"rule": bad, "id": made["id"]}}))["approvalRuleUpsert"]
    assert [one["path"] for one in refused["problems"]] == [["steps", "0"], ["channels", "0"], ["priority"]]
    stale = {"rule": {**rule, "active": False}, "id": made["id"], "expectedVersion": 9}
    assert (await api.data(UPSERT, {"input": stale}))["approvalRuleUpsert"]["__typename"] == "StaleVersion"
    remove = "mutation ($id: ID!) { approvalRuleRemove(id: $id) { __typename } }"
    for outcome in ("ApprovalRuleRemoved", "NotFound"):
        assert (await api.data(remove, {"id": made["id"]}))["approvalRuleRemove"] == {"__typename": outcome}


async def test_a_preview_tells_what_a_changed_rule_would_have_held(api: Api) -> None:
    async with api.database.begin() as session:
        rule = await make_rule(session, conditions=[over("1000")])
        portal = await make_channel(session, connector="portal")
        for price in ("500", "900", "2000"):
            variant = await make_variant(session, price=price, vat_rate=None)
            await make_order(session, [(variant, 1)], channel=portal)
    lower = {"name": "Lower", "steps": ["finance"], "orderTypes": ["portal"]}

    async def preview(amount: str, **given: Any) -> Any:
        whole = {**lower, "conditions": [{"totalOver": {"amount": amount, "currency": "RON"}}]}
        return (await api.data(PREVIEW, {"input": {"rule": whole, "days": 7, **given}}))["approvalRulePreview"]

    looser = await preview("600", id=str(rule.id))
    assert (looser["held"], looser["newlyHeld"], looser["noLongerHeld"], looser["complete"]) == (2, 1, 0, True)
    assert [(one["effect"], one["reasons"]) for one in looser["rows"]] == [
        ("HELD", ["The total 2000.00 RON is over 600.00 RON."]),
        ("NEWLY_HELD", ["The total 900.00 RON is over 600.00 RON."]),
    ]
    stricter = await preview("5000", id=str(rule.id))
    assert (stricter["held"], stricter["newlyHeld"], stricter["noLongerHeld"]) == (0, 0, 1)
    beside = await preview("600")
    assert (beside["held"], beside["newlyHeld"], beside["noLongerHeld"]) == (2, 1, 0)
    assert (await preview("600", days=93))["problems"] == [{"path": ["days"], "code": "OUT_OF_RANGE"}]
    assert (await preview("600", id="nothing"))["__typename"] == "NotFound"
    assert (await api.data("{ approvalRules { name } }"))["approvalRules"] == [{"name": "Big orders"}]
