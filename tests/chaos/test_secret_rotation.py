"""A webhook secret is changed, and who should tell the store dies: both secrets hold, and the store is told later."""

import pytest

from connectors.woocommerce.subscriptions import ensure_webhooks
from omnisales_sdk.testing.sandbox import Fault
from tests.chaos.house import House
from tests.chaos.shop import Letter, Sender, Shop
from tests.chaos.waiting import until_true
from tests.connectors.woocommerce.support import WEBHOOK_SECRET, signature

pytestmark = pytest.mark.chaos

NEW = "the-second-secret-of-the-shop"
ASKED = "GET /wp-json/wc/v3/webhooks"


def secrets_at(shop: Shop, address: str) -> set[str]:
    """What the store's webhooks at an address are signed with."""
    return {hook.secret for hook in list(shop.store.shop.hooks.values()) if hook.url == address}


async def both_are_taken(door: str, letter: Letter) -> None:
    for secret in (WEBHOOK_SECRET, NEW):
        headers = {**letter.headers, "x-wc-webhook-signature": signature(letter.body, secret)}
        await Sender(door).send([Letter(headers, letter.body).marked()])


@pytest.mark.spec("SEC-3")
async def test_who_should_tell_the_store_of_a_new_secret_dies(house: House, shop: Shop) -> None:
    channel = await house.channel(shop)
    door = house.door(channel)
    ensure_webhooks(shop.store.ctx(webhook_url=door))
    assert secrets_at(shop, door) == {WEBHOOK_SECRET}
    [number] = shop.place(1)
    letter = shop.letters()[0]
    [(key, version)] = await house.books.rows("select id, version from channels where slug = :slug", slug=channel)

    async with house.another_api("rotates", OMNISALES_PUBLIC_URL=house.api.url) as (process, api):
        given = {"id": str(key), "expectedVersion": version, "secret": NEW}
        rotated = await api.do("RotateSecret", input=given)
        process.kill()
    assert rotated["told"] is True
    await both_are_taken(door, letter)

    shop.store.faults.add(Fault(kind="slow", match=ASKED, seconds=5))
    with house.worker("tells", OMNISALES_PUBLIC_URL=house.api.url) as worker:
        await until_true(lambda: shop.store.faults.pending() == (), what="the worker asks the store")
        worker.kill()
    assert secrets_at(shop, door) == {WEBHOOK_SECRET}
    await both_are_taken(door, letter)

    with house.worker("tells again", OMNISALES_PUBLIC_URL=house.api.url):
        await until_true(lambda: secrets_at(shop, door) == {NEW}, what="the store is told")
        await house.settled()
    await both_are_taken(door, letter)
    with house.worker():
        await house.settled()
    stored = await house.books.rows(
        "select orders.external_id from orders join channels on channel_id = channels.id where slug = :slug",
        slug=channel,
    )
    assert stored == [(str(number),)]
    assert await house.books.faults() == []
