"""Every root field for somebody with a limited view, in which nothing of the house is: they may everything, and see and
change nothing of it. A field that does not say that it keeps to the view is refused to them.
"""

import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from api.graphql.fields import Open, Rows
from api.graphql.mutations.shipping import awb_create
from domain.access.models import UserSession
from domain.channels.models import Channel
from domain.customers.models import Customer
from domain.estimates.models import Estimate
from domain.kernel.clock import utc_now
from domain.kernel.database import Database
from domain.models import Base
from domain.orders.models import Order
from domain.teams.models import Team, TeamChannel
from tests.api.conftest import Api, running
from tests.api.graphql.walk.callers import Callers
from tests.api.people.browser import person, token_of
from tests.support.builders import make_channel
from tests.support.snapshot import snapshot

from .arguments import arguments_of
from .documents import Root, roots
from .test_open import OPEN
from .world import World, ask

pytestmark = [pytest.mark.spec("SEC-1"), pytest.mark.spec("SEC-2")]

OF_THEIR_OWN = {"ordersBulk": {"bulk_runs", "bulk_items", "changes", "outbox"}}
"""What leaves something of the caller's own, in these tables, also where all that they named is out of view: a run."""
QUIET = "quiet-shop"
BUYER = "Ion Popescu"
"""Whom every order of the walk is for."""
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def seller(api: Api) -> dict[str, str]:
    """Somebody who may everything, with orders of their own, of which there are none."""
    email = await person(api, roles=["administrator"], seller="Nobody's agent", own_orders_only=True)
    return {"Authorization": f"Bearer {await token_of(api, email)}"}


async def member(api: Api) -> dict[str, str]:
    """Somebody who may everything, of a team with a channel in which nothing is."""
    async with api.database.begin() as session:
        now = utc_now()
        team = Team(slug="quiet", title="Quiet", version=1, created_at=now, updated_at=now)
        session.add(team)
        await session.flush()
        session.add(TeamChannel(team_id=team.id, channel_id=(await make_channel(session, slug=QUIET)).id))
    email = await person(api, roles=["administrator"], team="quiet")
    return {"Authorization": f"Bearer {await token_of(api, email)}"}


@pytest.mark.parametrize("make_caller", [seller, member])
async def test_the_walk_with_a_limited_view(
    database: Database, monkeypatch: pytest.MonkeyPatch, make_caller: Callable[[Api], Awaitable[dict[str, str]]]
) -> None:
    monkeypatch.setattr(awb_create, "WAIT", 0.0)  # no worker asks a courier here
    async with running(database) as api:
        await Callers(api).prepare()
        walked = [root for root in roots("query", "mutation") if root.notes.open is None]
        given = {root: await arguments_of(root, World(api)) for root in walked}
        somebody = await person(api)
        for root in roots("query", "mutation"):
            if root.notes.open is Open.KNOWN:
                given[root] = await OPEN[root.name][1](api, somebody)
        caller, foreign = await make_caller(api), await ids_of_others(api)
        walked += [root for root in given if root.notes.open is not None and foreign & ids_in(given[root])]
        refused = {Rows.WHOLE, Rows.CHANNELS}
        if make_caller is member:
            foreign |= await channels_of_others(api)
            refused = {Rows.WHOLE}
        aimed = [
            root
            for root in walked
            if root.name not in OF_THEIR_OWN and (root.notes.rows in refused or foreign & ids_in(given[root]))
        ]
        before = await digest(api)
        for root in aimed:
            await as_limited(api, root, given[root], caller, foreign, refused)
        assert await digest(api) == before, "something out of view was changed"
        for root in walked:
            if root.name in OF_THEIR_OWN:
                await as_limited(api, root, given[root], caller, foreign, refused)
                after = await digest(api)
                assert {table for table in after if after[table] != before[table]} <= OF_THEIR_OWN[root.name]
                before = after
        for root in walked:
            if root not in aimed and root.name not in OF_THEIR_OWN:
                await as_limited(api, root, given[root], caller, foreign, refused)


async def as_limited(
    api: Api,
    root: Root,
    given: Mapping[str, Any],
    caller: Mapping[str, str],
    foreign: set[str],
    refused_rows: Collection[Rows],
) -> None:
    body = await ask(api, root, given, caller)
    if root.notes.rows in refused_rows:
        [refused] = [one["extensions"] for one in body["errors"]]
        assert (refused["code"], refused["field"], refused["limitedView"]) == ("FORBIDDEN", root.path, True)
        assert "data" not in body
        return
    assert "INTERNAL" not in str(body), root.path
    told = (ids_in(body) - ids_in(given)) & foreign
    assert not told, f"{root.path} tells of what is out of view: {body}"
    assert BUYER not in str(body), f"{root.path} tells of a customer who is out of view: {body}"


async def channels_of_others(api: Api) -> set[str]:
    async with api.database.read() as connection:
        return {str(key) for key in await connection.scalars(select(Channel.id).where(Channel.slug != QUIET))}


async def ids_of_others(api: Api) -> set[str]:
    """The ids of everything that hangs from an order, of customers, estimates and sessions."""
    models = [mapper.class_ for mapper in Base.registry.mappers if hasattr(mapper.class_, "order_id")]
    found: set[UUID] = set()
    async with api.database.read() as connection:
        for model in (Order, Customer, Estimate, UserSession, *models):
            if hasattr(model, "id"):
                found |= {key for key in await connection.scalars(select(model.id)) if isinstance(key, UUID)}
    assert len(found) > 100
    return {str(key) for key in found}


def ids_in(value: Any) -> set[str]:
    return set(_ID.findall(str(value)))


async def digest(api: Api) -> dict[str, str]:
    async with api.database.read() as connection:
        return await snapshot(connection)
