"""Accounts as connectors see them, and the calls to their far sides."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from importlib.metadata import EntryPoint
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from domain.changes.models import Change
from domain.channels.models import Channel, ChannelMapping, MappingKind
from domain.diary.models import DiaryEntry
from domain.kernel.clock import utc_now
from domain.kernel.database import Database
from domain.kernel.outbox import OutboxRow, enqueue
from domain.kernel.refusals import NotFound
from domain.kernel.secrets import Vault, WrongKeyError
from domain.shipping.models import CourierAccount
from jobs.accounts import UNREADABLE, FarSide, channel_account, courier_account, far_side
from jobs.breaker import FAILURES
from jobs.consumers import CONSUMERS
from jobs.frame import carry_out
from jobs.runtime import Runtime
from jobs.signals import NotNow
from jobs.state import DatabaseState
from omnisales_sdk import ENTRY_POINT_GROUP, TryLater
from omnisales_sdk.testing.sandbox import Fault
from plugins.host import InvalidAccount, NotLoaded
from tests.jobs.engine_room import SECRET as KEY_OF_THE_HOUSE
from tests.jobs.engine_room import runtime_for
from tests.jobs.shops import Shop
from tests.support.builders import make_channel
from tests.support.shipping import make_account
from tests.support.valkey import Valkey

ENTRY_POINTS = [EntryPoint("many_orders", "tests.jobs.many_orders", ENTRY_POINT_GROUP)]
SECRET = "a secret in the path"


@pytest.fixture
async def many(database: Database, valkey: Valkey) -> AsyncIterator[Runtime]:
    runtime = runtime_for(database, valkey.url, ENTRY_POINTS)
    runtime = replace(runtime, settings=replace(runtime.settings, public_url="https://oms.example"))
    yield runtime
    await runtime.close()


async def channel(runtime: Runtime, **fields: Any) -> UUID:
    async with runtime.database.begin() as session:
        made = await make_channel(session, slug="shop-a", **{"connector": "many_orders", **fields})
        made.credentials = runtime.vault.seal({"webhook_secret": SECRET}, f"channel:{made.id}")
        session.add(
            ChannelMapping(channel_id=made.id, kind=MappingKind.PAYMENT_METHOD, source="cod", target="on_delivery")
        )
        return made.id


async def far(runtime: Runtime, channel_id: UUID) -> FarSide:
    return far_side(runtime, await channel_account(runtime, channel_id))


@pytest.mark.spec("CHN-3")
async def test_a_hook_gets_settings_secrets_mappings_and_its_address(many: Runtime) -> None:
    one = await far(many, await channel(many))
    assert (one.ctx.connector, one.ctx.account) == ("many_orders", "shop-a")
    assert one.ctx.credentials.webhook_secret.get_secret_value() == SECRET
    assert one.ctx.mappings == {"payment_method": {"cod": "on_delivery"}}
    assert one.ctx.webhook_url == f"https://oms.example/webhooks/shop-a/{SECRET}"
    assert one.ctx.now().tzinfo is not None


async def test_a_courier_account_has_an_address_of_its_own(many: Runtime) -> None:
    async with many.database.begin() as session:
        made = await make_account(session, "dpd")
        account = await session.get_one(CourierAccount, made.id)
        account.connector = "many_orders"
        account.credentials = many.vault.seal({"webhook_secret": SECRET}, f"courier:{made.id}")
    one = far_side(many, await courier_account(many, made.id))
    assert one.ctx.webhook_url == f"https://oms.example/webhooks/couriers/dpd/{SECRET}"


async def test_without_a_public_address_or_a_secret_nothing_can_be_sent_to_us(many: Runtime) -> None:
    channel_id = await channel(many)
    private = replace(many, settings=replace(many.settings, public_url=None))
    assert (await far(private, channel_id)).ctx.webhook_url is None
    async with many.database.begin() as session:
        (await session.get_one(Channel, channel_id)).credentials = None
    assert (await far(many, channel_id)).ctx.webhook_url is None


async def test_an_account_that_is_not_there_or_cannot_be_used_is_said(many: Runtime) -> None:
    with pytest.raises(NotFound):
        await channel_account(many, uuid4())
    with pytest.raises(NotFound):
        await courier_account(many, uuid4())
    channel_id = await channel(many, settings={"colour": "blue"})
    with pytest.raises(InvalidAccount, match=r"settings\.colour"):
        await far(many, channel_id)
    async with many.database.begin() as session:
        (await session.get_one(Channel, channel_id)).connector = "not_installed"
    with pytest.raises(NotLoaded, match="not_installed is not loaded"):
        await far(many, channel_id)


async def test_secrets_of_another_row_or_key_cannot_be_used(many: Runtime) -> None:
    channel_id = await channel(many)
    async with many.database.begin() as session:
        one = await session.get_one(Channel, channel_id)
        one.credentials = many.vault.seal({"webhook_secret": SECRET}, f"channel:{uuid4()}")
    with pytest.raises(WrongKeyError):
        await channel_account(many, channel_id)


@pytest.mark.spec("CHN-3")
async def test_work_waits_for_the_key_of_its_secrets_as_often_as_it_takes(many: Runtime) -> None:
    channel_id = await channel(many)
    elsewhere = replace(many, vault=Vault("another key"))
    async with many.database.begin() as session:
        await enqueue(session, "fetch_orders", f"channel:{channel_id}", {"channel_id": str(channel_id)})
        [work] = await session.scalars(select(OutboxRow.id))
    for _ in range(2):
        await asyncio.to_thread(carry_out, elsewhere, CONSUMERS, "fetch_orders", [work])
    async with many.database.begin() as session:
        row = await session.get_one(OutboxRow, work)
        assert (row.attempts, row.not_before > utc_now() + timedelta(seconds=30)) == (0, True)
        [entry] = await session.scalars(select(DiaryEntry))
        assert (entry.cause, entry.channel_id) == (UNREADABLE, channel_id)
        assert str(channel_id) in (entry.remedy or "")
        told = await session.scalars(select(Change).where(Change.subject_id == entry.id))
        assert len(told.all()) == 1
    rotated = replace(many, vault=Vault("another key", [KEY_OF_THE_HOUSE]))
    assert (await channel_account(rotated, channel_id)).credentials == {"webhook_secret": SECRET}


async def test_a_token_under_another_key_is_no_fault_of_the_connector(many: Runtime) -> None:
    channel_id = await channel(many)
    await asyncio.to_thread(DatabaseState(many, channel_id).set, "token", "t", expected=None, secret=True)
    elsewhere = replace(many, vault=Vault("another key"))
    with pytest.raises(NotNow, match="OMNISALES_SECRET_KEY_PREVIOUS"):
        await asyncio.to_thread(DatabaseState(elsewhere, channel_id).get, "token", secret=True)


async def test_a_far_side_that_does_not_answer_is_left_in_peace_for_a_while(shop_runtime: Runtime, shop: Shop) -> None:
    one = await far(shop_runtime, shop.channel_id)
    shop.faults.add(Fault(kind="drop", times=FAILURES))

    def call() -> timedelta | None:
        with pytest.raises(TryLater) as caught:
            one.call("fetch_order", external_id="1")
        return caught.value.after

    for _ in range(FAILURES):
        await asyncio.to_thread(call)
    assert shop.faults.pending() == ()
    left = await asyncio.to_thread(call)
    assert left is not None
    assert timedelta(seconds=5) < left <= timedelta(seconds=10)


async def test_reading_is_not_stopped_by_a_far_side_that_does_not_answer(shop_runtime: Runtime, shop: Shop) -> None:
    from omnisales_sdk import Delivery

    one = await far(shop_runtime, shop.channel_id)
    for _ in range(FAILURES):
        one.breaker.failed()
    found = await asyncio.to_thread(one.call, "parse_webhook", delivery=Delivery(body=b"{}"))
    assert len(found) == 1
