"""Every subscription, by WebSocket and as a stream, for anonymous, wrong role, right role and administrator, and for
somebody with a limited view.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from domain.channels.models import Channel
from domain.diary.entries import Note, open_standing
from domain.kernel.database import Database
from domain.orders.models import Order
from tests.api.conftest import Api, running
from tests.api.live.serving import WAIT, Running, serving, talk

from .arguments import arguments_of
from .callers import Callers
from .documents import Root, document, needs, roots
from .test_limited_view import QUIET, member, seller
from .world import ADMIN, World

pytestmark = [pytest.mark.spec("SEC-1"), pytest.mark.spec("ORD-9")]


async def test_the_walk_of_subscriptions(database: Database) -> None:
    async with running(database) as api:
        callers = Callers(api)
        await callers.prepare()
        with serving(database.url) as server:
            async with talk(server) as one:
                await one.send(type="connection_init", payload={})
                assert (await one.closed())[0] == 4403
            for root in roots("subscription"):
                given = await arguments_of(root, World(api))
                assert await streamed(server, root, given, {}) == (401, "UNAUTHENTICATED")
                wrong = await callers.without(root.permission)
                assert await streamed(server, root, given, wrong) == (403, "FORBIDDEN"), root.path
                [error] = await told(server, root, given, wrong)
                forbidden = {"code": "FORBIDDEN", "field": root.path, "permission": str(root.permission)}
                assert error["extensions"] == forbidden
                for caller in (await callers.having(needs(root)), ADMIN):
                    first = await told(server, root, given, caller)
                    assert "errors" not in first and first["data"][root.name], root.path
                    assert await streamed(server, root, given, caller) == (200, "next"), root.path


@pytest.mark.parametrize("make_caller", [seller, member])
async def test_a_limited_view_follows_what_is_in_it(
    database: Database, make_caller: Callable[[Api], Awaitable[dict[str, str]]]
) -> None:
    """Something out of view comes first, then something that is theirs: they are told of the second alone."""
    async with running(database) as api:
        world, caller = World(api), await make_caller(api)
        counted = 0
        with serving(database.url) as server:
            for root in roots("subscription"):
                given = await arguments_of(root, world)
                if root.name == "bulkRunChanged":
                    [refused] = await told(server, root, given, caller)
                    assert refused["extensions"]["code"] == "NOT_FOUND"
                    continue
                own = await _theirs(world, make_caller is member)
                counted += 1
                first = (await told(server, root, given, caller))["data"][root.name]
                if root.name == "orderCountsChanged":
                    assert sum(one["count"] for one in first) == counted
                else:
                    assert str(own.id) in str(first), root.path


async def _theirs(world: World, of_team: bool) -> Order:
    """An order in view, with an entry of the diary."""
    async with world.session() as session:
        channel = await session.scalar(select(Channel).where(Channel.slug == QUIET)) if of_team else None
    order = await world.order(channel=channel, seller="Nobody's agent")
    async with world.session() as session:
        note = Note(channel_id=order.channel_id, cause="walk", message=str(order.id), order_id=order.id)
        await open_standing(session, note)
    return order


async def told(server: Running, root: Root, given: Mapping[str, Any], caller: Mapping[str, str]) -> Any:
    """What the subscriber hears first."""
    async with talk(server) as one:
        await one.begin(authorization=caller["Authorization"])
        await one.subscribe(document(root), **given)
        return (await one.hear())["payload"]


async def streamed(server: Running, root: Root, given: Mapping[str, Any], caller: Mapping[str, str]) -> tuple[int, str]:
    """The status, and the code of the refusal or the name of the first event."""
    asked = {"query": document(root), "variables": dict(given)}
    headers = {"Accept": "text/event-stream", **caller}
    async with (
        httpx.AsyncClient(timeout=WAIT, trust_env=False) as client,
        client.stream("POST", f"{server.url}/graphql/stream", json=asked, headers=headers) as answer,
    ):
        if answer.status_code != 200:
            await answer.aread()
            return answer.status_code, answer.json()["errors"][0]["extensions"]["code"]
        async for line in answer.aiter_lines():
            if line.startswith("event:"):
                return 200, line.removeprefix("event:").strip()
    raise AssertionError("the stream ended without an event")
