"""Saved views of the queue: one's own, and those that others share (spec ORD-6)."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from domain.access.models import ApiKey
from domain.kernel.actor import Permission
from domain.kernel.clock import utc_now
from domain.kernel.secrets import digest
from domain.metafields.models import FieldKind, MetafieldDefinition, Owner
from domain.views.screens import SCREENS
from tests.api.conftest import Api
from tests.api.graphql.scenes import counted
from tests.support.builders import make_channel, make_order

pytestmark = pytest.mark.spec("ORD-6")

SAVE = """mutation ($input: OrderViewSaveInput!) { orderViewSave(input: $input) { __typename
    ... on OrderView { id name filter sort columns shared mine owner version problem }
    ... on Invalid { problems { path code } } ... on StaleVersion { currentVersion } ... on Refusal { code } } }"""
DELETE = """mutation ($id: ID!) { orderViewDelete(id: $id) { __typename
    ... on OrderViewDeleted { id } ... on Invalid { problems { path code message } } ... on Refusal { code } } }"""
LIST = "{ orderViews { id name filter sort columns shared mine owner version problem } }"
OTHER = {"Authorization": "Bearer another-key-of-forty-characters-000000"}


@pytest.fixture
async def other(api: Api) -> dict[str, str]:
    """The header of another program, which may only look."""
    async with api.database.begin() as session:
        key = OTHER["Authorization"].removeprefix("Bearer ")
        permissions: list[str] = [Permission.ORDERS_VIEW]
        session.add(ApiKey(name="shop floor", key_hash=digest(key), permissions=permissions, created_at=utc_now()))
    return OTHER


async def save(api: Api, headers: dict[str, str] | None = None, **given: Any) -> Any:
    return (await api.data(SAVE, {"input": given}, **(headers or {})))["orderViewSave"]


async def views(api: Api, headers: dict[str, str] | None = None) -> Any:
    return (await api.data(LIST, **(headers or {})))["orderViews"]


async def test_a_view_is_saved_listed_used_changed_and_deleted(api: Api) -> None:
    async with api.database.begin() as session:
        order = await make_order(session, channel=await make_channel(session, slug="shop"))
        await make_order(session)
    asked = {
        "status": ["DRAFT", "PROCESSING"],
        "channel": ["shop"],
        "paymentKind": ["ON_DELIVERY"],
        "paymentState": ["UNPAID"],
        "createdAfter": "2026-01-01T00:00:00Z",
        "promisedTo": None,
        "totalFrom": "0.50",
        "test": False,
        "inStatusOverHours": 0,
    }
    made = await save(api, name=" Mine ", filter=asked, sort={"field": "TOTAL"}, columns=["number", "customer.name"])
    kept = {**asked, "createdAfter": "2026-01-01T00:00:00+00:00"}
    del kept["promisedTo"]
    assert made == {
        "__typename": "OrderView",
        "id": made["id"],
        "name": "Mine",
        "filter": kept,
        "columns": made["columns"],
        "sort": {"field": "TOTAL", "descending": True},
        "shared": False,
        "mine": True,
        "owner": "admin",
        "version": 1,
        "problem": None,
    }
    assert made["columns"] == ["number", "customer.name"]
    [listed] = await views(api)
    assert listed == {name: value for name, value in made.items() if name != "__typename"}
    query = "query ($f: OrderFilter, $s: OrderSort) { orders(filter: $f, sort: $s) { edges { node { number } } } }"
    found = (await api.data(query, {"f": listed["filter"], "s": listed["sort"]}))["orders"]
    assert found == {"edges": [{"node": {"number": str(order.number)}}]}

    changed = await save(api, id=made["id"], name="Ours", shared=True, expectedVersion=1)
    assert (changed["name"], changed["shared"], changed["version"], changed["filter"]) == ("Ours", True, 2, {})
    assert changed["sort"] == {"field": "CREATED_AT", "descending": True}
    stale = await save(api, id=made["id"], name="Late", expectedVersion=1)
    assert stale == {"__typename": "StaleVersion", "code": "STALE_VERSION", "currentVersion": 2}
    assert (await api.data(DELETE, {"id": made["id"]}))["orderViewDelete"]["id"] == made["id"]
    assert (await api.data(DELETE, {"id": made["id"]}))["orderViewDelete"]["code"] == "NOT_FOUND"
    assert await views(api) == []


async def test_only_the_owner_changes_a_view_and_others_see_it_when_it_is_shared(
    api: Api, other: dict[str, str]
) -> None:
    private, shared = await save(api, name="Private"), await save(api, name="Shared", shared=True)
    theirs = await save(api, other, name="Private")
    assert theirs["__typename"] == "OrderView", "names are of one owner"
    assert [(one["name"], one["mine"], one["owner"]) for one in await views(api, other)] == [
        ("Private", True, "shop floor"),
        ("Shared", False, "admin"),
    ]
    assert (await save(api, other, id=private["id"], name="x"))["code"] == "NOT_FOUND"
    refused = await save(api, other, id=shared["id"], name="x")
    assert refused["problems"] == [{"path": ["id"], "code": "NOT_YOURS"}]
    answer = (await api.data(DELETE, {"id": shared["id"]}, **other))["orderViewDelete"]
    assert answer["problems"][0]["code"] == "NOT_YOURS" and "admin" in answer["problems"][0]["message"]
    assert {one["name"] for one in await views(api)} == {"Private", "Shared"}


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"name": " "}, ["name"], "MISSING"),
        ({"name": "x" * 81}, ["name"], "NOT_A_TEXT"),
        ({"name": "x" * 900_000}, ["name"], "NOT_A_TEXT"),
        ({"name": "a\tb"}, ["name"], "NOT_A_TEXT"),
        ({"name": "a", "columns": ["a"] * 51}, ["columns"], "TOO_MANY"),
        ({"name": "a", "columns": ["a", "<b>"]}, ["columns", "1"], "NOT_A_WORD"),
        ({"name": "a", "filter": {"totalFrom": "2", "totalTo": "1"}}, ["filter", "totalFrom"], "REVERSED"),
        ({"name": "a", "filter": {"search": "x" * 201}}, ["filter", "search"], "OUT_OF_RANGE"),
    ],
)
async def test_what_cannot_be_saved(shared_api: Api, given: dict[str, Any], path: list[str], code: str) -> None:
    refused = await save(shared_api, **given)
    assert refused["problems"][0] == {"path": path, "code": code}


async def test_unknown_ids_are_not_found(shared_api: Api) -> None:
    for unknown in ("x", "01a00000-0000-7000-8000-000000000000"):
        assert (await save(shared_api, id=unknown, name="a"))["code"] == "NOT_FOUND"
        assert (await shared_api.data(DELETE, {"id": unknown}))["orderViewDelete"]["code"] == "NOT_FOUND"


async def test_two_who_save_one_name_at_once_make_one_view(api: Api) -> None:
    answers = await asyncio.gather(*(save(api, name="Same") for _ in range(4)))
    assert sorted(one["__typename"] for one in answers) == ["Invalid"] * 3 + ["OrderView"]
    assert {one["problems"][0]["code"] for one in answers if "problems" in one} == {"TAKEN"}
    other = await save(api, name="Other")
    assert (await save(api, id=other["id"], name="Same"))["problems"][0]["code"] == "TAKEN"
    assert len(await views(api)) == 2


async def test_nobody_has_more_than_a_hundred(api: Api) -> None:
    await save(api, name="v0")
    async with api.database.begin() as session:
        await session.execute(
            text(
                "insert into order_views (id, owner, owner_label, name, filter, sort, columns, shared, version, "
                "created_at, updated_at) select gen_random_uuid(), owner, owner_label, 'v' || n, filter, sort, "
                "columns, shared, 1, now(), now() from order_views, generate_series(1, 99) n"
            )
        )
    assert (await save(api, name="one more"))["problems"][0]["code"] == "TOO_MANY"
    await api.data("{ __typename }")
    with counted(api.services.database) as statements:
        assert len(await views(api)) == 100
    assert len(statements) == 2


async def test_a_view_whose_filter_is_no_longer_valid_says_so(api: Api) -> None:
    async with api.database.begin() as session:
        await make_channel(session, slug="shop")
    await save(api, name="a", filter={"channel": ["shop", "gone"], "customerGroup": ["vip"]})
    await save(api, name="b", filter={"channel": ["shop"]})
    async with api.database.begin() as session:
        await session.execute(
            text("""update order_views set filter = '{"colour": "red", "status": ["NEW"]}' where name = 'b'""")
        )
    [first, second] = await views(api)
    assert first["problem"] == ("channel: there is no gone any more; customerGroup: there is no vip any more.")
    assert "colour" in second["problem"] and "NEW" in second["problem"]
    assert second["filter"] == {"colour": "red", "status": ["NEW"]}, "it is listed as it was saved"


async def test_a_metafield_that_is_retired_is_a_problem_of_the_views_that_ask_for_it(api: Api) -> None:
    async with api.database.begin() as session:
        for key in ("gift.wrap", "gift.text"):
            session.add(
                MetafieldDefinition(
                    owner=Owner.ORDER,
                    key=key,
                    kind=FieldKind.TEXT,
                    choices=[],
                    title=key,
                    filterable=True,
                    created_at=utc_now(),
                    updated_at=utc_now(),
                )
            )
    fields = [{"key": "gift.wrap", "equals": "red"}, {"key": "gift.text", "equals": "x"}]
    saved = await save(api, name="gifts", filter={"metafields": fields})
    assert (saved["filter"], saved["problem"]) == ({"metafields": fields}, None)
    async with api.database.begin() as session:
        await session.execute(text("update metafield_definitions set retired_at = now() where key = 'gift.wrap'"))
    [listed] = await views(api)
    assert listed["problem"] == "metafields: there is no gift.wrap any more."
    refused = await save(api, name="late", filter={"metafields": [{"key": "gift.none", "equals": "x"}]})
    assert refused["problems"][0]["path"][:2] == ["filter", "metafields"]


async def test_the_screens_can_be_asked_as_they_stand(api: Api) -> None:
    screens = (await api.data("{ orderScreens { key title filter sort takes } }"))["orderScreens"]
    assert [one["key"] for one in screens] == [screen.key for screen in SCREENS]
    query = "query ($f: OrderFilter, $s: OrderSort) { orders(filter: $f, sort: $s) { edges { node { number } } } }"
    for one in screens:
        assert (await api.data(query, {"f": one["filter"], "s": one["sort"]}))["orders"] == {"edges": []}
