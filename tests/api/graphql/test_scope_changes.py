"""Callers with a limited view change what is in it; what is not, they do not find, and nothing of it changes."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from api.graphql.fields import Rows
from api.graphql.mutations.shipping import awb_create
from domain.access.keys import actor_of_key
from domain.access.models import ApiKey
from domain.bulk.models import BulkAction, BulkItem, BulkRun, ItemState, RunState
from domain.customers.match import Buyer, load_customers
from domain.flows.bulk.carry_out import carry_out
from domain.flows.bulk.start import Named, StartRun, start_run
from domain.kernel.database import Database
from domain.orders.models import Order
from domain.orders.status import Status
from tests.api.conftest import ADMIN_KEY, Api, running
from tests.support import databases
from tests.support.snapshot import snapshot

from .walk.arguments import arguments_of
from .walk.callers import Callers
from .walk.documents import Root, roots
from .walk.world import World as Walk
from .walk.world import ask
from .worlds import OWN, SELLER_KEY, TEAM_KEY, Worlds, ask_as, make_worlds

pytestmark = pytest.mark.spec("SEC-1")

MAKES = {"orderCreate", "estimateCreate", "orderViewSave", "ordersBulk"}
"""They begin with nothing that is there; what they may make is tested by itself."""
CHANGES = [root for root in roots("mutation") if root.notes.rows is Rows.SCOPED and root.name not in MAKES]
OF_CHANNELS = [root for root in roots("mutation") if root.notes.rows is Rows.CHANNELS]


@dataclass(frozen=True, slots=True)
class Scene:
    api: Api
    worlds: Worlds


@pytest.fixture(scope="module")
async def scene() -> AsyncIterator[Scene]:
    name = f"scope2_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    database = Database(await databases.clone(name))
    async with running(database) as api:
        await Callers(api).prepare()
        yield Scene(api, await make_worlds(api))
    await database.close()
    await databases.admin(f"drop database if exists {name} with (force)")


@pytest.mark.parametrize(
    ("root", "key"),
    [(root, key) for key in (SELLER_KEY, TEAM_KEY) for root in CHANGES] + [(root, TEAM_KEY) for root in OF_CHANNELS],
    ids=str,
)
async def test_what_is_out_of_view_is_not_found_and_stays(
    scene: Scene, root: Root, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The arguments are those with which the administrator succeeds."""
    monkeypatch.setattr(awb_create, "WAIT", 0.0)  # no worker asks a courier here
    variables = await arguments_of(root, Walk(scene.api))
    async with scene.api.database.read() as connection:
        before = await snapshot(connection)
    body = await ask(scene.api, root, variables, {"Authorization": f"Bearer {key}"})
    async with scene.api.database.read() as connection:
        assert await snapshot(connection) == before, body
    assert _missing(root, body), body


def _missing(root: Root, body: dict[str, Any]) -> bool:
    """Whether the answer is that there is no such thing, as it is for an id that nobody has."""
    codes = {one.get("extensions", {}).get("code") for one in body.get("errors", ())}
    if codes:
        return codes <= {"NOT_FOUND"}
    told = body["data"][root.name]
    if told["__typename"] in ("Replayed", "Resolved"):
        return bool(told["count"] == 0)
    problems = {problem["code"] for problem in told.get("problems", ())}
    return told["__typename"] == "NotFound" or (bool(problems) and problems <= {"UNKNOWN_CUSTOMER", "LIMITED_VIEW"})


CREATE = """mutation ($input: OrderCreateInput!) { orderCreate(input: $input) { __typename
    ... on Order { id number seller customer { id name } }
    ... on Invalid { problems { path code message } } ... on NotFound { message path } } }"""


def _basket(scene: Scene, **more: Any) -> dict[str, Any]:
    own = scene.worlds.own
    return {
        "channel": own.channel.slug,
        "customer": {"id": str(own.customer_id)},
        "lines": [{"sku": scene.worlds.variant.sku, "quantity": "1"}],
        **more,
    }


async def _create(scene: Scene, key: str, **more: Any) -> dict[str, Any]:
    body = (await ask_as(scene.api, key, CREATE, {"input": _basket(scene, **more)})).json()
    assert "errors" not in body, body
    created: dict[str, Any] = body["data"]["orderCreate"]
    return created


async def test_what_a_seller_enters_is_theirs(scene: Scene) -> None:
    assert (await _create(scene, SELLER_KEY))["seller"] == OWN
    assert (await _create(scene, SELLER_KEY, seller=OWN))["seller"] == OWN
    other = await _create(scene, SELLER_KEY, seller="bogdan")
    assert [(one["path"], one["code"]) for one in other["problems"]] == [(["seller"], "NOT_YOURS")]


async def test_a_team_enters_orders_of_its_channels_for_any_seller(scene: Scene) -> None:
    assert (await _create(scene, TEAM_KEY, seller="carmen"))["seller"] == "carmen"
    foreign = await _create(scene, TEAM_KEY, channel=scene.worlds.foreign.channel.slug)
    assert (foreign["__typename"], foreign["path"]) == ("NotFound", ["channel"])
    none = await _create(scene, TEAM_KEY, channel="no-such-channel")
    assert none["message"].replace("no-such-channel", scene.worlds.foreign.channel.slug) == foreign["message"]


@pytest.mark.parametrize("key", [SELLER_KEY, TEAM_KEY])
async def test_a_customer_out_of_view_is_not_met(scene: Scene, key: str) -> None:
    by_id = await _create(scene, key, customer={"id": str(scene.worlds.foreign.customer_id)})
    assert [one["code"] for one in by_id["problems"]] == ["UNKNOWN_CUSTOMER"]
    by_mail = await _create(scene, key, customer={"name": "Somebody", "email": scene.worlds.foreign.email})
    assert by_mail["customer"]["name"] == "Somebody"
    assert by_mail["customer"]["id"] != str(scene.worlds.foreign.customer_id)


async def test_an_external_id_that_is_taken_out_of_view_does_not_tell_by_whom(scene: Scene) -> None:
    theirs = await _create(scene, ADMIN_KEY, seller="bogdan", externalId="taken-1")
    told = await _create(scene, SELLER_KEY, externalId="taken-1")
    [problem] = told["problems"]
    assert (problem["code"], problem["path"]) == ("DUPLICATE", ["externalId"])
    assert theirs["number"] not in problem["message"]
    assert theirs["number"] in (await _create(scene, TEAM_KEY, externalId="taken-1"))["problems"][0]["message"]


EDIT = """mutation ($input: OrderEditInput!) { orderEdit(input: $input) { __typename
    ... on Order { seller note } ... on Invalid { problems { path code } } } }"""


async def test_nobody_moves_an_order_out_of_their_view(scene: Scene) -> None:
    made = await _create(scene, SELLER_KEY)
    for given in ({"seller": "bogdan"}, {"clear": ["SELLER"]}):
        body = (await ask_as(scene.api, SELLER_KEY, EDIT, {"input": {"id": made["id"], **given}})).json()
        assert body["data"]["orderEdit"]["problems"] == [{"path": ["seller"], "code": "NOT_YOURS"}], body
    kept = {"id": made["id"], "seller": OWN, "note": "kept"}
    body = (await ask_as(scene.api, SELLER_KEY, EDIT, {"input": kept})).json()
    assert body["data"]["orderEdit"] == {"__typename": "Order", "seller": OWN, "note": "kept"}


async def test_an_estimate_of_a_seller_is_theirs(scene: Scene) -> None:
    query = """mutation ($input: EstimateCreateInput!) { estimateCreate(input: $input) { __typename
        ... on Estimate { id seller } ... on Invalid { problems { code } } } }"""
    body = (await ask_as(scene.api, SELLER_KEY, query, {"input": _basket(scene)})).json()
    assert body["data"]["estimateCreate"]["seller"] == OWN, body
    body = (await ask_as(scene.api, SELLER_KEY, query, {"input": _basket(scene, seller="bogdan")})).json()
    assert body["data"]["estimateCreate"]["problems"] == [{"code": "NOT_YOURS"}]


BULK = """mutation ($ids: [ID!]) { ordersBulk(input: {action: HOLD, ids: $ids}) { __typename
    ... on BulkRun { id done refused } } }"""


@pytest.mark.parametrize("key", [SELLER_KEY, TEAM_KEY])
async def test_a_run_acts_on_what_is_in_view(scene: Scene, key: str) -> None:
    mine, theirs = await _create(scene, key, seller=OWN), scene.worlds.foreign.order
    body = (await ask_as(scene.api, key, BULK, {"ids": [mine["id"], str(theirs.id)]})).json()
    run = body["data"]["ordersBulk"]
    assert (run["done"], run["refused"]) == (2, 1) or (run["done"], run["refused"]) == (1, 1), body
    async with scene.api.database.begin() as session:
        assert (await session.get_one(Order, theirs.id)).status is Status.DRAFT
        assert (await session.get_one(Order, UUID(mine["id"]))).status is Status.ON_HOLD
        items = await session.scalars(select(BulkItem).where(BulkItem.order_id == theirs.id))
        assert {(item.state, (item.refusal or {})["code"]) for item in items} == {(ItemState.REFUSED, "NOT_FOUND")}
    seen = "query ($id: ID!) { bulkRun(id: $id) { id } }"
    other = TEAM_KEY if key == SELLER_KEY else SELLER_KEY
    assert (await ask_as(scene.api, key, seen, {"id": run["id"]})).json()["data"]["bulkRun"] == {"id": run["id"]}
    assert (await ask_as(scene.api, other, seen, {"id": run["id"]})).json()["data"]["bulkRun"] is None


async def test_workers_keep_to_the_view_of_who_asked(scene: Scene) -> None:
    """A run that goes on in the background has no caller any more, and his limits still."""
    theirs = scene.worlds.foreign.order
    async with scene.api.database.begin() as session:
        key = await session.scalar(select(ApiKey).where(ApiKey.name == SELLER_KEY))
        assert key is not None
        actor = await actor_of_key(session, key.id)
        assert actor is not None
        asked = StartRun(action=BulkAction.HOLD, orders=[Named(given=str(theirs.id))])
        run = await start_run(session, actor, asked)
    assert await carry_out(scene.api.database, run.id, seconds=30)
    async with scene.api.database.begin() as session:
        assert (await session.get_one(Order, theirs.id)).status is Status.DRAFT
        assert (await session.get_one(BulkRun, run.id)).state is RunState.DONE


async def test_a_filter_of_a_run_finds_what_is_in_view(scene: Scene) -> None:
    query = """mutation { ordersBulk(input: {action: PRINT_LABELS, max: 200, filter: {search: "%s"}}) { __typename
        ... on BulkRun { total } } }"""
    foreign = query % f"N-{scene.worlds.foreign.external_id}"
    told = (await ask_as(scene.api, SELLER_KEY, foreign)).json()["data"]["ordersBulk"]
    assert told == {"__typename": "Invalid"}, "no order is found, which is no run"
    own = query % f"N-{scene.worlds.own.external_id}"
    told = (await ask_as(scene.api, SELLER_KEY, own)).json()["data"]["ordersBulk"]
    assert told == {"__typename": "BulkRun", "total": 1}


async def test_a_repeated_request_whose_order_left_the_view_is_not_found(scene: Scene) -> None:
    headers = {"Authorization": f"Bearer {SELLER_KEY}", "Idempotency-Key": "left-the-view"}
    asked = {"query": CREATE, "variables": {"input": _basket(scene)}}
    made = (await scene.api.http.post("/graphql", json=asked, headers=headers)).json()["data"]["orderCreate"]
    async with scene.api.database.begin() as session:
        (await session.get_one(Order, UUID(made["id"]))).seller = "bogdan"
    again = (await scene.api.http.post("/graphql", json=asked, headers=headers)).json()["data"]["orderCreate"]
    assert again["__typename"] == "NotFound"


@pytest.mark.parametrize("key", [SELLER_KEY, TEAM_KEY])
async def test_a_customer_who_stands_apart_is_in_nobodys_way(scene: Scene, key: str) -> None:
    """By the e-mail of both, whoever sees both means the one whom the house had, and so do imports."""
    foreign = scene.worlds.foreign
    made = [await _create(scene, key, customer={"name": "Somebody", "email": foreign.email}) for _ in range(2)]
    assert made[0]["customer"] == made[1]["customer"], "their own is found again"
    assert made[0]["customer"]["id"] != str(foreign.customer_id)
    whole = await _create(scene, ADMIN_KEY, channel=foreign.channel.slug, customer={"email": foreign.email})
    assert whole["customer"]["id"] == str(foreign.customer_id)
    buyer = Buyer(external_id=None, name="", email=foreign.email, phone="", company="", tax_id="")
    async with scene.api.database.begin() as session:
        known = await load_customers(session, foreign.channel.id, [buyer])
    assert known.find(buyer) == foreign.customer_id
