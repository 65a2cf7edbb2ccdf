"""Who has a limited view is told of what is in it alone, though one reads the feed for all."""

import pytest
from sqlalchemy import delete, update

from domain.access.models import ApiKey
from domain.kernel.actor import Permission
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.secrets import digest
from domain.teams.models import Team, TeamChannel
from tests.api.live.conftest import Shop
from tests.api.live.serving import Running, stream, talk
from tests.support.builders import make_order

pytestmark = [pytest.mark.spec("SEC-1"), pytest.mark.spec("ORD-9")]

CHANGED = "subscription ($c: [String!]) { orderChanged(filter: {channel: $c}) { kind order { id seller } } }"
COUNTS = "subscription { orderCountsChanged { status count } }"


async def test_events_and_counts_of_a_seller_are_their_own(running: Running, shop: Shop) -> None:
    seller, secret = f"seller-{new_id()}", f"key-{new_id()}"
    async with shop.database.begin() as session:
        session.add(
            ApiKey(
                name=secret,
                key_hash=digest(secret),
                permissions=[Permission.ORDERS_VIEW],
                created_at=utc_now(),
                seller=seller,
                own_orders_only=True,
            )
        )
    async with talk(running) as events, talk(running) as counts:
        for one in (events, counts):
            await one.begin(authorization=f"Bearer {secret}")
        await counts.subscribe(COUNTS)
        assert {one["count"] for one in (await counts.next())["orderCountsChanged"]} == {0}
        await events.subscribe(CHANGED, c=[shop.channel.slug])
        await events.subscribe(COUNTS, name="2")
        await events.next("2")  # both are followed from here on
        for whose in ("somebody", seller):
            async with shop.database.begin() as session:
                order = await make_order(session, channel=shop.channel, seller=whose)
        heard = await events.hear()
        while heard["id"] != "1":
            heard = await events.hear()
        changed = heard["payload"]["data"]["orderChanged"]
        assert changed["order"] == {"id": str(order.id), "seller": seller}
        told = {one["status"]: one["count"] for one in (await counts.next())["orderCountsChanged"]}
        assert told["DRAFT"] == 1


@pytest.mark.parametrize("limit", ["seller", "channels"])
async def test_who_sees_less_now_follows_no_more_with_the_old_view(running: Running, shop: Shop, limit: str) -> None:
    """Nothing is told that is out of the new view, though nothing but the view has changed."""
    secret = f"key-{new_id()}"
    async with shop.database.begin() as session:
        now = utc_now()
        team = Team(slug=secret, title="Team", version=1, created_at=now, updated_at=now)
        session.add(team)
        await session.flush()
        session.add(TeamChannel(team_id=team.id, channel_id=shop.channel.id))
        key = ApiKey(name=secret, key_hash=digest(secret), permissions=[Permission.ORDERS_VIEW], created_at=now)
        key.team_id = team.id if limit == "channels" else None
        session.add(key)
    async with (
        talk(running) as counts,
        talk(running) as events,
        stream(running, COUNTS, Authorization=f"Bearer {secret}") as sent,
    ):
        for one in (counts, events):
            await one.begin(authorization=f"Bearer {secret}")
        await counts.subscribe(COUNTS)
        await counts.next()
        await events.subscribe(CHANGED, c=[shop.channel.slug])
        assert "data" in (await anext(sent)).data
        async with shop.database.begin() as session:
            if limit == "channels":
                await session.execute(delete(TeamChannel).where(TeamChannel.team_id == team.id))
            else:
                narrower = update(ApiKey).where(ApiKey.id == key.id)
                await session.execute(narrower.values(seller=secret, own_orders_only=True))
        for one in (counts, events):
            message = await one.hear()
            assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", "VIEW_CHANGED")
        left = [event.data async for event in sent if event.data]
        assert [one["errors"][0]["extensions"]["code"] for one in left] == ["VIEW_CHANGED"]
        await counts.subscribe("{ orderCounts { count } }", name="2")
        assert {one["count"] for one in (await counts.next("2"))["orderCounts"]} == {0}
