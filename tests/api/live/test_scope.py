"""Who has a limited view is told of what is in it alone, though one reads the feed for all."""

import pytest

from domain.access.models import ApiKey
from domain.kernel.actor import Permission
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.secrets import digest
from tests.api.live.conftest import Shop
from tests.api.live.serving import Running, talk
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
