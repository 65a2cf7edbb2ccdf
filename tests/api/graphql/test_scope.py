"""Callers with a limited view see what is in it, and cannot tell that there is more."""

import json
import os
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass

import pytest

from api.graphql.fields import Rows, notes_of
from api.graphql.schema import executable
from domain.kernel.clock import utc_now
from domain.kernel.database import Database
from domain.orders.status import Status
from tests.api.conftest import Api, running
from tests.support import databases
from tests.support.selections import everything

from .worlds import MARK, NOBODY_KEY, SELLER_KEY, TEAM_KEY, World, Worlds, ask_as, make_worlds

pytestmark = pytest.mark.spec("SEC-1")

_QUERIES = executable.query_type.fields if executable.query_type else {}
SCOPED = sorted(name for name, field in _QUERIES.items() if notes_of(field).rows is Rows.SCOPED)
OF_CHANNELS = sorted(name for name, field in _QUERIES.items() if notes_of(field).rows is Rows.CHANNELS)
ROUTE_KEYS = [SELLER_KEY, TEAM_KEY]
ASKED = [(name, key) for key in ROUTE_KEYS for name in SCOPED] + [(name, TEAM_KEY) for name in OF_CHANNELS]

Arguments = Callable[[World], str]

ABOUT: Mapping[str, Arguments] = {
    "bulkRun": lambda w: f'(id: "{w.order.id}")',
    "customer": lambda w: f'(id: "{w.customer_id}")',
    "customers": lambda w: f'(email: "{w.email}")',
    "customerList": lambda w: f'(first: 20, filter: {{search: "{w.email}"}})',
    "order": lambda w: f'(by: {{number: "{w.order.number}"}})',
    "orderAt": lambda w: f'(id: "{w.order.id}", at: "{utc_now().isoformat()}")',
    "estimate": lambda w: f'(id: "{w.estimate.id}")',
    "orders": lambda w: f'(first: 20, filter: {{channel: ["{w.channel.slug}"]}})',
    "orderCounts": lambda w: f'(channel: ["{w.channel.slug}"])',
    "changes": lambda w: f'(first: 20, channel: ["{w.channel.slug}"])',
    "approvals": lambda _: "(first: 20, mine: false)",
    "preOrdersDue": lambda _: "(first: 5)",
    "channelHealth": lambda w: f'(id: "{w.channel.id}")',
    "legalEntities": lambda _: "",
}
"""How a field is asked about a world; the others list what there is."""
UNASKED = {"warehouses": "", "channels": "", "customerGroups": "", "orderViews": ""}
DEPTHS = {
    "estimate": 2,
    "order": 3,
    "orders": 4,
    "approvals": 3,
    "backOrders": 3,
    "confirmableOrders": 3,
    "preOrdersDue": 3,
}


@dataclass(frozen=True, slots=True)
class Scene:
    api: Api
    worlds: Worlds


@pytest.fixture(scope="module")
async def scene() -> AsyncIterator[Scene]:
    """Only read by the tests of this module."""
    name = f"scope_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    database = Database(await databases.clone(name))
    async with running(database) as api:
        yield Scene(api, await make_worlds(api))
    await database.close()
    await databases.admin(f"drop database if exists {name} with (force)")


def _document(name: str, arguments: str) -> str:
    return f"{{ {name}{arguments} {everything(_QUERIES[name], DEPTHS.get(name, 3))} }}"


async def _said(scene: Scene, key: str, name: str, arguments: str) -> str:
    answer = await ask_as(scene.api, key, _document(name, arguments))
    body = answer.json()
    assert "data" in body, f"{name}: {body}"
    assert not [e for e in body.get("errors", ()) if e.get("extensions", {}).get("code") == "INTERNAL"], body
    return json.dumps(body, ensure_ascii=False)


@pytest.mark.parametrize(("name", "key"), ASKED)
async def test_nothing_foreign_is_shown(scene: Scene, name: str, key: str) -> None:
    foreign = scene.worlds.foreign
    about = ABOUT.get(name)
    for arguments in {about(foreign), about(scene.worlds.own)} if about else {UNASKED.get(name, "(first: 20)")}:
        said = await _said(scene, key, name, arguments)
        hidden = foreign.texts() | {MARK}
        if key == SELLER_KEY:
            hidden -= {str(foreign.channel.id)}
            said = said.replace(foreign.channel.title, "")
        assert not [text for text in hidden if text in said], f"{name}{arguments}: {said[:2000]}"


SHOWN: Mapping[str, Callable[[World], str]] = {
    "approvals": lambda w: str(w.order.id),
    "backOrders": lambda w: str(w.orders[Status.CONFIRMED].id),
    "changes": lambda w: str(w.order.id),
    "channels": lambda w: w.channel.slug,
    "customer": lambda w: w.email,
    "customerList": lambda w: w.email,
    "customers": lambda w: w.email,
    "diary": lambda w: w.entry.message,
    "estimate": lambda w: str(w.estimate.id),
    "estimates": lambda w: str(w.estimate.id),
    "order": lambda w: f"AWB-{w.order.number}",
    "orderAt": lambda w: str(w.order.id),
    "orderCounts": lambda _: '"count": 1',
    "orders": lambda w: w.external_id,
    "warehouses": lambda w: w.channel.slug,
}


@pytest.mark.parametrize("key", ROUTE_KEYS)
@pytest.mark.parametrize("name", sorted(SHOWN))
async def test_what_is_in_view_is_shown(scene: Scene, name: str, key: str) -> None:
    own, about = scene.worlds.own, ABOUT.get(name)
    said = await _said(scene, key, name, about(own) if about else UNASKED.get(name, "(first: 20)"))
    assert SHOWN[name](own) in said, said[:2000]


@pytest.mark.parametrize("name", sorted({*SCOPED} & {*SHOWN}))
async def test_a_team_without_channels_sees_nothing(scene: Scene, name: str) -> None:
    own, about = scene.worlds.own, ABOUT.get(name)
    said = await _said(scene, NOBODY_KEY, name, about(own) if about else UNASKED.get(name, "(first: 20)"))
    assert SHOWN[name](own) not in said


async def test_a_team_sees_how_its_channels_do_and_no_others(scene: Scene) -> None:
    worlds = scene.worlds
    query = "query ($id: ID!) { channelHealth(id: $id) { openErrors } }"
    for channel, seen in ((worlds.own.channel, {"openErrors": 1}), (worlds.foreign.channel, None)):
        answer = await ask_as(scene.api, TEAM_KEY, query, {"id": str(channel.id)})
        assert answer.json()["data"]["channelHealth"] == seen
    none = await ask_as(scene.api, NOBODY_KEY, query, {"id": str(worlds.own.channel.id)})
    assert none.json()["data"]["channelHealth"] is None


async def test_what_is_about_whole_channels_is_refused_to_a_seller(scene: Scene) -> None:
    query = "query ($id: ID!) { channelHealth(id: $id) { openErrors } }"
    answer = await ask_as(scene.api, SELLER_KEY, query, {"id": str(scene.worlds.own.channel.id)})
    assert answer.status_code == 403
    [error] = answer.json()["errors"]
    assert error["extensions"] == {"code": "FORBIDDEN", "field": "Query.channelHealth", "limitedView": True}


async def test_counts_are_those_of_the_view(scene: Scene) -> None:
    for key in ROUTE_KEYS:
        answer = await ask_as(scene.api, key, "{ orderCounts { status count } }")
        counts = {one["status"]: one["count"] for one in answer.json()["data"]["orderCounts"] if one["count"]}
        assert counts == {status.name: 1 for status in scene.worlds.own.orders}


async def test_what_looks_at_the_whole_house_is_refused(scene: Scene) -> None:
    answer = await ask_as(scene.api, TEAM_KEY, "{ apiKeys { name } }")
    assert answer.status_code == 403
    [error] = answer.json()["errors"]
    assert error["extensions"] == {"code": "FORBIDDEN", "field": "Query.apiKeys", "limitedView": True}


async def test_a_label_of_another_world_is_not_there(scene: Scene) -> None:
    path = f"/labels/{scene.worlds.foreign.shipment.id}.pdf"
    for key in ROUTE_KEYS:
        answer = await scene.api.http.get(path, headers={"Authorization": f"Bearer {key}"})
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    own = f"/labels/{scene.worlds.own.shipment.id}.pdf"
    answer = await scene.api.http.get(own, headers={"Authorization": f"Bearer {SELLER_KEY}"})
    assert answer.json()["code"] == "NO_LABELS"
