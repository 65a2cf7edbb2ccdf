"""A webhook secret that is changed while deliveries are under way: nothing is refused that was signed in good faith."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from domain.channels.models import Channel
from domain.channels.signatures import IN_A_ROW
from domain.diary.models import DiaryEntry
from domain.kernel.clock import utc_now
from domain.kernel.old_secrets import OldSecret, seal_old
from domain.kernel.secrets import Vault
from domain.shipping.models import CourierAccount
from tests.api.conftest import Api
from tests.api.graphql.scenes import make_account
from tests.api.webhooks.test_webhooks import SECRET, add_shop, signed, stored

pytestmark = pytest.mark.spec("SEC-3")

ROTATE = """mutation ($input: WebhookSecretRotateInput!) { webhookSecretRotate(input: $input) {
    ... on WebhookSecretRotated { version secret } ... on Invalid { problems { path message } } } }"""
NEW, NEWER = "the second secret of the shop", "the third secret of the shop"


async def rotate(api: Api, account: UUID, version: int, secret: str | None, **more: Any) -> Any:
    given = {"id": str(account), "expectedVersion": version, "secret": secret, **more}
    answer = (await api.data(ROTATE, {"input": given}))["webhookSecretRotate"]
    assert "problems" not in answer, answer
    return answer


async def deliver(api: Api, secret: str, body: bytes = b'{"id": 7}') -> int:
    return (await post(api, secret, body)).status_code


async def post(api: Api, secret: str, body: bytes = b'{"id": 7}') -> httpx.Response:
    return await api.http.post("/webhooks/shop-1", content=body, headers=signed(body, secret))


async def shop_at(api: Api) -> Channel:
    channel = await add_shop(api)
    async with api.database.begin() as session:
        row = await session.get_one(Channel, channel.id)
        row.settings = {"store_url": "https://shop.example"}
    return channel


async def end_of_old(api: Api, channel: Channel, ago: timedelta) -> None:
    async with api.database.begin() as session:
        row = await session.get_one(Channel, channel.id)
        old = [OldSecret(SECRET, utc_now() - ago)]
        row.old_secrets = seal_old(api.services.vault, old, "channel", channel.id)


async def test_old_and_new_are_accepted_at_once(api: Api) -> None:
    channel = await shop_at(api)
    assert await deliver(api, SECRET) == 200  # the door knows the first secret now

    await rotate(api, channel.id, 1, NEW)

    assert [await deliver(api, secret) for secret in (NEW, SECRET, "wrong")] == [200, 200, 401]
    assert len(await stored(api)) == 3


async def test_two_changes_in_a_row_keep_each_old_secret(api: Api) -> None:
    """Nobody knows whether the store was told of the second before the third."""
    channel = await shop_at(api)
    await rotate(api, channel.id, 1, NEW)
    await rotate(api, channel.id, 2, NEWER)

    assert [await deliver(api, secret) for secret in (SECRET, NEW, NEWER)] == [200, 200, 200]


async def test_after_its_time_the_old_secret_is_refused(api: Api) -> None:
    channel = await shop_at(api)
    await rotate(api, channel.id, 1, NEW)
    await end_of_old(api, channel, timedelta(seconds=1))

    assert [await deliver(api, secret) for secret in (SECRET, NEW)] == [401, 200]


async def test_a_known_secret_ends_on_time_without_being_read_again(api: Api) -> None:
    """The door remembers the account for a while; the end of an old secret does not wait for that."""
    channel = await shop_at(api)
    await rotate(api, channel.id, 1, NEW)
    addressees = api.app.state.door.addressees
    known = await addressees.find("channel", "shop-1")
    assert known is not None
    assert known.accepted() == (NEW, SECRET)
    await end_of_old(api, channel, timedelta(hours=1))

    seen = await addressees.find("channel", "shop-1", fresh=True)

    assert seen is not None
    assert seen.accepted() == (NEW,)


async def test_a_flood_of_bad_signatures_is_no_flood_of_reads(api: Api) -> None:
    await shop_at(api)
    addressees = api.app.state.door.addressees
    first = await addressees.find("channel", "shop-1", fresh=True)

    again = [await addressees.find("channel", "shop-1", fresh=True) for _ in range(20)]

    assert len({id(one) for one in again}) <= 2
    assert first is not None


async def test_withdrawn_at_once(api: Api) -> None:
    channel = await shop_at(api)
    await rotate(api, channel.id, 1, NEW, keepOldHours=0)

    assert [await deliver(api, secret) for secret in (SECRET, NEW)] == [401, 200]


async def test_the_secret_in_a_couriers_address(api: Api) -> None:
    async with api.database.begin() as session:
        made = await make_account(session, "inno")
        account = await session.get_one(CourierAccount, made.id)
        account.connector, account.settings = "innoship", {"external_client_location": "WH"}
        secrets = {"api_key": "key", "webhook_secret": "the-first-secret-here"}
        account.credentials = api.services.vault.seal(secrets, f"courier:{made.id}")
    rotated = await rotate(api, made.id, 1, None)

    answers = [
        (await api.http.post(f"/webhooks/couriers/inno/{secret}", content=b"{}")).status_code
        for secret in ("the-first-secret-here", rotated["secret"], "x" * 20)
    ]

    assert answers == [200, 200, 401]


@pytest.mark.parametrize("column", ["credentials", "old_secrets"])
async def test_a_secret_that_our_key_does_not_open_is_no_wrong_signature(api: Api, column: str) -> None:
    """Another process has rotated the house's keys, and this one has the old key yet: the store sends it again."""
    channel = await shop_at(api)
    other, place = Vault("n" * 32, []), f"channel:{channel.id}"
    async with api.database.begin() as session:
        row = await session.get_one(Channel, channel.id)
        row.old_secrets_until = utc_now() + timedelta(hours=1)
        if column == "credentials":
            row.credentials = other.seal({"webhook_secret": NEW}, place)
        else:
            row.old_secrets = seal_old(other, [OldSecret(NEW, row.old_secrets_until)], "channel", channel.id)

    answers = [await post(api, NEW) for _ in range(IN_A_ROW + 1)]

    assert {(one.status_code, one.json()["code"]) for one in answers} == {(503, "SECRET_UNREADABLE")}
    assert all(int(one.headers["retry-after"]) > 0 for one in answers)
    assert await stored(api) == []
    async with api.database.begin() as session:
        assert (await session.scalars(select(DiaryEntry))).all() == []
