"""Every route beside GraphQL's fields, and who may use it: one that is new stands in `DOORS`, or this fails."""

from dataclasses import dataclass

import httpx
import pytest
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from domain.kernel.actor import Permission
from domain.kernel.clock import utc_now
from domain.kernel.database import Database
from domain.shipping.models import ShipmentLabel
from tests.api.conftest import Api, running
from tests.api.graphql.scenes import make_account, make_shipment
from tests.api.graphql.walk.callers import Callers
from tests.api.graphql.walk.test_limited_view import seller
from tests.api.graphql.walk.world import ADMIN, World
from tests.support.builders import make_customer, make_order
from tests.support.snapshot import snapshot

pytestmark = pytest.mark.spec("SEC-1")


@dataclass(frozen=True)
class Door:
    """`permission` None: open to everybody, for the reason that `open_for` gives. `body` is what is sent."""

    method: str
    permission: Permission | None = None
    open_for: str = ""
    body: bytes = b""
    works: int = 200


DOORS = {
    "/": Door("GET", open_for="leads to the console", works=307),
    "/labels/{shipment}.pdf": Door("GET", Permission.ORDERS_VIEW),
    # The run of this test printed nothing.
    "/labels/bulk/{run}.pdf": Door("GET", Permission.ORDERS_VIEW, works=409),
    "/exports/products.csv": Door("GET", Permission.CATALOG_VIEW),
    "/exports/personal/{customer}.json": Door("GET", Permission.PRIVACY_EDIT),
    "/imports/products.csv": Door("POST", Permission.CATALOG_EDIT, body=b"sku,name\nDOOR-1,Mug\n"),
    "/health/live": Door("GET", open_for="says that the process runs"),
    "/health/ready": Door("GET", open_for="says what is not ready, and nothing of the business"),
    "/metrics": Door("GET", open_for="numbers that name no customer and no secret"),
    "/graphiql": Door("GET", open_for="an empty page; it asks /graphql with the reader's own key"),
    "/graphiql/static": Door("GET", open_for="the files of that page", works=307),
}
ELSEWHERE = {
    "/graphql": "walked field by field",
    "/graphql/stream": "walked field by field",
}


def paths(routes: list[BaseRoute]) -> list[str]:
    return [one.path for one in routes if isinstance(one, (Route, Mount, WebSocketRoute))]


async def test_every_route_is_a_door_that_somebody_thought_of(shared_api: Api) -> None:
    routes = shared_api.app.routes
    assert len(paths(routes)) == len(routes), "a kind of route that this does not know"
    assert {*paths(routes)} == {*DOORS, *ELSEWHERE}, "say in DOORS who may use the new route"


async def test_every_door_is_for_those_who_may(database: Database) -> None:
    async with running(database) as api:
        callers, named = Callers(api), await things(api)
        await callers.prepare()
        guarded = {path: door for path, door in DOORS.items() if door.permission is not None}
        for door in guarded.values():
            assert door.permission is not None
            await callers.without(door.permission)
            await callers.having({door.permission})
        async with database.read() as connection:
            before = await snapshot(connection)
        for path, door in guarded.items():
            assert door.permission is not None
            for caller in ({}, {"Authorization": "Bearer omni_none"}, {"Authorization": "Basic YTpi"}):
                answer = await use(api, path.format(**named), door, caller)
                assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHENTICATED"), path
            answer = await use(api, path.format(**named), door, await callers.without(door.permission))
            assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN"), path
            assert str(door.permission) in answer.json()["message"]
        async with database.read() as connection:
            assert await snapshot(connection) == before
        for path, door in guarded.items():
            assert door.permission is not None
            for headers in (await callers.having({door.permission}), dict(ADMIN)):
                answer = await use(api, path.format(**named), door, headers)
                assert answer.status_code == door.works, (path, answer.text)


async def test_who_has_a_limited_view_finds_nothing_behind_a_door_that_is_not_theirs(database: Database) -> None:
    """Whoever may everything, but sees only their own orders, of which there are none."""
    async with running(database) as api:
        named, caller = await things(api), await seller(api)
        async with database.read() as connection:
            before = await snapshot(connection)
        for path in ("/labels/{shipment}.pdf", "/labels/bulk/{run}.pdf", "/exports/personal/{customer}.json"):
            answer = await use(api, path.format(**named), DOORS[path], caller)
            assert answer.status_code in (403, 404), path
            assert "AWB" not in answer.text
        answer = await use(api, "/imports/products.csv", DOORS["/imports/products.csv"], caller)
        assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN"), answer.text
        async with database.read() as connection:
            assert await snapshot(connection) == before


async def test_an_open_door_shows_nothing_of_the_house(database: Database) -> None:
    async with running(database) as api:
        order = await World(api).order()
        for path, door in DOORS.items():
            if door.permission is None:
                assert door.open_for
                answer = await use(api, path, door, {})
                assert answer.status_code == door.works, path
                assert str(order.id) not in answer.text and "Ion Popescu" not in answer.text


async def things(api: Api) -> dict[str, str]:
    """A shipment with its label, a run, and a customer."""
    world = World(api)
    async with world.session() as session:
        shipment = await make_shipment(session, await make_order(session), await make_account(session))
        label = {"format": "A6", "media_type": "application/pdf", "content": b"%PDF-1.4", "fetched_at": utc_now()}
        session.add(ShipmentLabel(shipment_id=shipment.id, **label))
        customer = await make_customer(session, name="Ion Popescu")
    run = await world.do("ordersBulk", input={"action": "PRINT_LABELS", "ids": [str((await world.order()).id)]})
    return {"shipment": str(shipment.id), "run": run["id"], "customer": str(customer.id)}


async def use(api: Api, path: str, door: Door, headers: dict[str, str]) -> httpx.Response:
    return await api.http.request(door.method, path, content=door.body, headers=headers)
