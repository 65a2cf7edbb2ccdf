"""From what arrived to orders: webhooks, polls and hints end on one path."""

import asyncio
import json
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from hmac import new as hmac
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, text

from connectors.woocommerce.sandbox import create_app
from domain.catalog.models import Variant
from domain.channels.models import Channel
from domain.channels.settings import Settings
from domain.flows.accounts import Locked
from domain.flows.release_account import release_account
from domain.flows.replay import Replay, replay
from domain.flows.update_channel import UpdateChannel, update_channel
from domain.flows.upsert_product import UpsertProduct, upsert_product
from domain.intake.models import InboxItem, InboxState
from domain.kernel.clock import utc_now
from domain.kernel.old_secrets import OldSecret, seal_old
from domain.kernel.outbox import OutboxRow
from domain.orders.models import OrderLine
from domain.orders.status import Status
from domain.reads.audit import audit_import
from jobs.consumers import CONSUMERS
from jobs.frame import carry_out
from jobs.runtime import Runtime
from omnisales_sdk.testing.sandbox import Fault, Faults, serve
from plugins.host import load_connectors
from tests.jobs.engine_room import work_it
from tests.jobs.shops import WEBHOOK_SECRET, Shop, deliver, diary, items, open_shop, orders
from tests.support.builders import OPERATOR, add_stock


async def states(runtime: Runtime) -> list[InboxState]:
    return [item.state for item in await items(runtime)]


async def is_balanced(runtime: Runtime) -> bool:
    """Whether every item is accounted for."""
    now = utc_now()
    async with runtime.database.read() as connection:
        audit = await audit_import(connection, now - timedelta(hours=1), now + timedelta(hours=1))
    return audit.balanced


@pytest.mark.spec("SYN-1", "SYN-4")
async def test_a_webhook_becomes_an_order(shop_runtime: Runtime, shop: Shop) -> None:
    [number] = await shop.place()
    await deliver(shop_runtime, shop.channel_id, await shop.body_of(number))
    await work_it(shop_runtime, "intake")
    [order] = await orders(shop_runtime)
    assert (order.external_id, order.status) == (number, Status.PROCESSING)
    [item] = await items(shop_runtime)
    assert (item.state, item.order_id, item.external_id) == (InboxState.IMPORTED, order.id, number)


@pytest.mark.spec("SYN-4")
async def test_the_same_delivery_ten_times_in_parallel_is_one_order(shop_runtime: Runtime, shop: Shop) -> None:
    [number] = await shop.place()
    body = await shop.body_of(number)
    await deliver(shop_runtime, shop.channel_id, *[body] * 10)
    async with shop_runtime.database.begin() as session:
        ids = list(await session.scalars(select(OutboxRow.id).where(OutboxRow.consumer == "intake")))
    await asyncio.gather(
        *(asyncio.to_thread(carry_out, shop_runtime, CONSUMERS, "intake", [one]) for one in ids),
    )
    assert len(await orders(shop_runtime)) == 1
    assert sorted(state.value for state in await states(shop_runtime)) == ["duplicate"] * 9 + ["imported"]


@pytest.mark.spec("SYN-4")
async def test_a_batch_with_doubles_and_versions_out_of_order_ends_at_the_latest(
    shop_runtime: Runtime, shop: Shop
) -> None:
    numbers = await shop.place(count=3)
    early = [await shop.body_of(number) for number in numbers]
    await asyncio.sleep(1.1)
    await shop.change(numbers[0], customer_note="leave it at the door")
    late = await shop.body_of(numbers[0])
    await deliver(shop_runtime, shop.channel_id, late, *early, late, early[0])
    await work_it(shop_runtime, "intake")
    found = await orders(shop_runtime)
    assert sorted(order.external_id or "" for order in found) == sorted(numbers)
    assert next(order.note for order in found if order.external_id == numbers[0]) == "leave it at the door"
    assert [state.value for state in await states(shop_runtime)] == [
        "imported",
        "superseded",
        "imported",
        "imported",
        "duplicate",
        "superseded",
    ]


@pytest.mark.spec("SYN-2", "SYN-3")
async def test_one_bad_order_never_stops_the_others_and_waits_under_its_causes(shop_runtime: Runtime) -> None:
    with serve(create_app(assume_tls=True)) as running:
        channel = await open_shop(shop_runtime, running.url, products=False, methods={})
        shop = Shop(running.url, Faults(), channel.id)
        [good] = await shop.place("line-without-product")
        [bad] = await shop.place("guest-cod")
        await deliver(shop_runtime, channel.id, await shop.body_of(bad), b"{", await shop.body_of(good))
        await work_it(shop_runtime, "intake")
        assert [order.external_id for order in await orders(shop_runtime)] == [good]
        assert await diary(shop_runtime) == [
            ("payload", "OPEN"),
            ("payment_method:cod", "WAITING"),
            ("sku:CANA-300", "WAITING"),
            ("sku:TRIC-RO", "WAITING"),
        ]


async def transactions(runtime: Runtime) -> list[int]:
    """How many orders each transaction wrote, as PostgreSQL stamped their lines."""
    stamp = text("order_lines.xmin::text")
    wrote = select(func.count(func.distinct(OrderLine.order_id))).group_by(stamp)
    async with runtime.database.read() as connection:
        return sorted(await connection.scalars(wrote))


@pytest.mark.spec("SYN-4", "CHN-4")
async def test_orders_that_take_goods_have_a_transaction_each(shop_runtime: Runtime) -> None:
    with serve(create_app(assume_tls=True)) as running:
        channel = await open_shop(shop_runtime, running.url, auto_confirm=True)
        shop = Shop(running.url, Faults(), channel.id)
        async with shop_runtime.database.begin() as session:
            for variant in await session.scalars(select(Variant)):
                await add_stock(session, variant, 100)
        numbers = await shop.place(count=3)
        numbers += await shop.place(count=2, status="completed")
        await deliver(shop_runtime, channel.id, *[await shop.body_of(number) for number in numbers])
        await work_it(shop_runtime, "intake")
        found = {order.external_id: order.status for order in await orders(shop_runtime)}
        wanted = [Status.CONFIRMED] * 3 + [Status.DELIVERED] * 2
        assert found == dict(zip(numbers, wanted, strict=True))
        assert await transactions(shop_runtime) == [1, 1, 1, 2]


@pytest.mark.spec("SYN-4")
async def test_orders_that_take_nothing_share_a_transaction(shop_runtime: Runtime, shop: Shop) -> None:
    numbers = await shop.place(count=3)
    await deliver(shop_runtime, shop.channel_id, *[await shop.body_of(number) for number in numbers])
    await work_it(shop_runtime, "intake")
    assert await transactions(shop_runtime) == [3]


@pytest.mark.spec("SYN-3")
async def test_what_waited_for_a_sku_is_imported_when_it_is_made(shop_runtime: Runtime) -> None:
    with serve(create_app(assume_tls=True)) as running:
        channel = await open_shop(shop_runtime, running.url, products=False)
        shop = Shop(running.url, Faults(), channel.id)
        numbers = await shop.place("custom-price", count=3)
        await deliver(shop_runtime, channel.id, *[await shop.body_of(number) for number in numbers])
        await work_it(shop_runtime, "intake")
        assert await orders(shop_runtime) == []
        async with shop_runtime.database.begin() as session:
            await upsert_product(session, OPERATOR, UpsertProduct(sku="CANA-300", name="Cană"))
        await work_it(shop_runtime, "intake")
        assert sorted(order.external_id or "" for order in await orders(shop_runtime)) == sorted(numbers)
        assert {state for _, state in await diary(shop_runtime)} == {"RESOLVED"}


async def test_a_ping_an_error_object_and_a_draft_are_outcomes(shop_runtime: Runtime, shop: Shop) -> None:
    [number] = await shop.place()
    draft = json.loads(await shop.body_of(number)) | {"status": "checkout-draft"}
    await deliver(
        shop_runtime,
        shop.channel_id,
        b'{"code":"woocommerce_rest_shop_order_invalid_id","message":"Invalid ID.","data":{"status":404}}',
        json.dumps(draft).encode(),
    )
    await work_it(shop_runtime, "intake")
    assert await states(shop_runtime) == [InboxState.IGNORED, InboxState.IGNORED]
    assert await orders(shop_runtime) == []
    assert sorted(state for _, state in await diary(shop_runtime)) == ["IGNORED", "OPEN"]


async def test_an_order_that_went_into_the_bin_is_kept_and_told(shop_runtime: Runtime, shop: Shop) -> None:
    [number] = await shop.place()
    await deliver(shop_runtime, shop.channel_id, await shop.body_of(number))
    await work_it(shop_runtime, "intake")
    await deliver(shop_runtime, shop.channel_id, json.dumps({"id": int(number)}).encode(), topic="order.deleted")
    await work_it(shop_runtime, "intake")
    assert len(await orders(shop_runtime)) == 1
    assert (f"gone:{number}", "OPEN") in await diary(shop_runtime)


async def test_a_hint_is_fetched_and_settled_under_its_item(shop_runtime: Runtime, shop: Shop) -> None:
    [number] = await shop.place()
    await deliver(shop_runtime, shop.channel_id, json.dumps({"id": int(number), "status": "processing"}).encode())
    await work_it(shop_runtime, "intake")
    assert await states(shop_runtime) == [InboxState.RECEIVED]
    assert await is_balanced(shop_runtime)
    await work_it(shop_runtime, "fetch_order")
    [order] = await orders(shop_runtime)
    [item] = await items(shop_runtime)
    assert (item.state, item.order_id) == (InboxState.IMPORTED, order.id)


@pytest.mark.spec("CHN-2")
async def test_the_store_of_a_channel_that_is_switched_off_is_asked_for_nothing_until_it_is_on(
    shop_runtime: Runtime, shop: Shop
) -> None:
    [number] = await shop.place()
    await deliver(shop_runtime, shop.channel_id, json.dumps({"id": int(number)}).encode())
    await work_it(shop_runtime, "intake")
    await _switch(shop_runtime, shop, on=False)
    await work_it(shop_runtime, "fetch_order")
    assert await states(shop_runtime) == [InboxState.WAITING]
    assert await diary(shop_runtime) == [("channel:disabled", "WAITING")]
    await _switch(shop_runtime, shop, on=True)
    await work_it(shop_runtime, "intake")
    await work_it(shop_runtime, "fetch_order")
    assert await states(shop_runtime) == [InboxState.IMPORTED]
    assert len(await orders(shop_runtime)) == 1
    assert await is_balanced(shop_runtime)


async def _switch(runtime: Runtime, shop: Shop, *, on: bool) -> None:
    async with runtime.database.begin() as session:
        command = UpdateChannel(channel_id=shop.channel_id, settings=Settings(enabled=on))
        await update_channel(session, OPERATOR, command)


async def test_a_hint_at_an_order_that_is_gone_is_settled_too(shop_runtime: Runtime, shop: Shop) -> None:
    await deliver(shop_runtime, shop.channel_id, b'{"id": 999999, "status": "processing"}')
    await work_it(shop_runtime, "intake")
    await work_it(shop_runtime, "fetch_order")
    assert await states(shop_runtime) == [InboxState.IGNORED]
    assert await orders(shop_runtime) == []


@pytest.mark.spec("SYN-4")
async def test_two_states_of_one_version_are_settled_by_asking_the_store(shop_runtime: Runtime, shop: Shop) -> None:
    [number] = await shop.place()
    true = await shop.body_of(number)
    other = json.dumps(json.loads(true) | {"customer_note": "of a moment before"}).encode()
    await deliver(shop_runtime, shop.channel_id, other)
    await work_it(shop_runtime, "intake")
    await deliver(shop_runtime, shop.channel_id, true)
    await work_it(shop_runtime, "intake")
    await work_it(shop_runtime, "fetch_order")
    [order] = await orders(shop_runtime)
    assert order.note != "of a moment before"
    assert InboxState.RECEIVED not in await states(shop_runtime)


async def test_a_store_that_stays_away_leaves_the_hint_waiting_and_replay_gets_it(
    shop_runtime: Runtime, shop: Shop
) -> None:
    [number] = await shop.place()
    await deliver(shop_runtime, shop.channel_id, json.dumps({"id": int(number)}).encode())
    await work_it(shop_runtime, "intake")
    shop.faults.add(Fault(kind="status", status=503, times=None))
    async with shop_runtime.database.begin() as session:
        [row] = await session.scalars(select(OutboxRow).where(OutboxRow.consumer == "fetch_order"))
        row.attempts = CONSUMERS["fetch_order"].attempts - 1
    await work_it(shop_runtime, "fetch_order")
    assert await diary(shop_runtime) == [("far_side:away", "WAITING")]
    shop.faults.clear()
    async with shop_runtime.database.begin() as session:
        assert await replay(session, OPERATOR, Replay(everything=True)) == 1
    await work_it(shop_runtime, "intake")
    await work_it(shop_runtime, "fetch_order")
    assert [order.external_id for order in await orders(shop_runtime)] == [number]
    assert await diary(shop_runtime) == [("far_side:away", "RESOLVED")]


def signed(body: bytes, secret: str = WEBHOOK_SECRET) -> dict[str, str]:
    return {"x-wc-webhook-signature": b64encode(hmac(secret.encode(), body, sha256).digest()).decode()}


@pytest.mark.spec("SEC-3")
async def test_what_was_stored_unverified_is_verified_before_it_is_read(shop_runtime: Runtime, shop: Shop) -> None:
    [number] = await shop.place()
    body = await shop.body_of(number)
    for headers in (signed(body), signed(body, "another secret"), {}):
        await deliver(shop_runtime, shop.channel_id, body, verified=False, headers=headers)
    await deliver(shop_runtime, shop.channel_id, b"webhook_id=7", verified=False)
    await work_it(shop_runtime, "intake")
    assert [state.value for state in await states(shop_runtime)] == ["imported", "refused", "refused", "ignored"]
    assert len(await orders(shop_runtime)) == 1


@pytest.mark.spec("SEC-3")
async def test_unverified_deliveries_are_checked_by_the_secret_of_their_time(shop_runtime: Runtime, shop: Shop) -> None:
    """Stored while the connector was away, signed with a secret that was changed since."""
    [number] = await shop.place()
    body = await shop.body_of(number)
    now = utc_now()
    for secret in ("in time", "too late"):
        signature = b64encode(hmac(secret.encode(), body, sha256).digest()).decode()
        headers = {"x-wc-webhook-signature": signature}
        await deliver(shop_runtime, shop.channel_id, body, verified=False, headers=headers)
    async with shop_runtime.database.begin() as session:
        channel = await session.get_one(Channel, shop.channel_id)
        old = [OldSecret("in time", now + timedelta(hours=1)), OldSecret("too late", now - timedelta(hours=1))]
        channel.old_secrets = seal_old(shop_runtime.vault, old, "channel", shop.channel_id)
    await work_it(shop_runtime, "intake")
    assert [state.value for state in await states(shop_runtime)] == ["imported", "refused"]


async def test_while_its_connector_is_not_loaded_an_item_waits_for_it(shop_runtime: Runtime, shop: Shop) -> None:
    [number] = await shop.place()
    await deliver(shop_runtime, shop.channel_id, await shop.body_of(number))
    without = replace(shop_runtime, host=load_connectors(entry_points=[], environ={}))
    await work_it(without, "intake")
    async with shop_runtime.database.begin() as session:
        [row] = await session.scalars(select(OutboxRow).where(OutboxRow.consumer == "intake"))
    assert (row.attempts, row.sent_at) == (0, None)
    await work_it(shop_runtime, "intake")
    assert len(await orders(shop_runtime)) == 1


async def test_work_waits_for_an_account_that_does_not_fit(shop_runtime: Runtime, shop: Shop) -> None:
    [number] = await shop.place()
    await deliver(shop_runtime, shop.channel_id, await shop.body_of(number))
    async with shop_runtime.database.begin() as session:
        channel = await session.get_one(Channel, shop.channel_id)
        channel.settings = {"store_url": "nonsense"}
    await work_it(shop_runtime, "intake")
    assert await states(shop_runtime) == [InboxState.RECEIVED]
    assert await diary(shop_runtime) == [("settings", "OPEN")]
    async with shop_runtime.database.begin() as session:
        [row] = await session.scalars(select(OutboxRow).where(OutboxRow.consumer == "intake"))
    assert (row.attempts, row.sent_at) == (0, None)
    await work_it(shop_runtime, "intake")
    assert await diary(shop_runtime) == [("settings", "OPEN")]
    async with shop_runtime.database.begin() as session:
        channel = await session.get_one(Channel, shop.channel_id)
        channel.settings = {"store_url": shop.url, "auth": "query"}
        await release_account(session, Locked("channel", channel))
        assert await session.scalar(select(OutboxRow.not_before).where(OutboxRow.id == row.id)) <= utc_now()
    await work_it(shop_runtime, "intake")
    assert len(await orders(shop_runtime)) == 1
    assert await diary(shop_runtime) == [("settings", "RESOLVED")]


async def test_an_item_that_is_settled_or_gone_only_ends_its_work(shop_runtime: Runtime, shop: Shop) -> None:
    [number] = await shop.place()
    ids: list[UUID] = await deliver(shop_runtime, shop.channel_id, await shop.body_of(number), b"x")
    async with shop_runtime.database.begin() as session:
        (await session.get_one(InboxItem, ids[0])).state = InboxState.DUPLICATE
        await session.execute(delete(InboxItem).where(InboxItem.id == ids[1]))
    await work_it(shop_runtime, "intake")
    assert await orders(shop_runtime) == []
    async with shop_runtime.database.begin() as session:
        assert list(await session.scalars(select(OutboxRow.consumer))) == []
