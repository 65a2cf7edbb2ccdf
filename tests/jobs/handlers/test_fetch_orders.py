"""Polling: page after page, the cursor only with its page, one run of a channel at a time."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from domain.channels.models import Channel, SyncCursor, SyncRun
from domain.flows.accounts import lock_channel
from domain.flows.change_connection import ChangeConnection, change_connection
from domain.flows.request_sync import request_sync
from domain.kernel.clock import utc_now
from domain.kernel.outbox import OutboxRow
from domain.kernel.schedule import Schedule
from jobs.consumers import CONSUMERS
from jobs.frame import carry_out
from jobs.handlers import fetch_orders
from jobs.runtime import Runtime
from omnisales_sdk.testing.sandbox import Fault
from tests.jobs.engine_room import work_it
from tests.jobs.shops import Shop, ask_to_fetch, deliver, diary, items, orders
from tests.support.builders import OPERATOR

SINCE = (datetime.now(UTC) - timedelta(days=1)).isoformat()


async def from_the_beginning(runtime: Runtime, shop: Shop, page_size: int = 5) -> None:
    """Makes the channel fetch what was placed before it was connected, in small pages."""
    async with runtime.database.begin() as session:
        channel = await session.get_one(Channel, shop.channel_id)
        channel.settings = {**channel.settings, "import_since": SINCE, "page_size": page_size}


async def runs(runtime: Runtime) -> list[SyncRun]:
    async with runtime.database.begin() as session:
        return list(await session.scalars(select(SyncRun).order_by(SyncRun.requested_at)))


async def cursor(runtime: Runtime) -> SyncCursor | None:
    async with runtime.database.begin() as session:
        return await session.scalar(select(SyncCursor))


@pytest.mark.spec("SYN-1")
async def test_all_pages_are_stored_and_imported(shop_runtime: Runtime, shop: Shop) -> None:
    await from_the_beginning(shop_runtime, shop)
    numbers = await shop.place(count=12)
    await ask_to_fetch(shop_runtime, shop.channel_id)
    await work_it(shop_runtime, "fetch_orders")
    assert {item.external_id for item in await items(shop_runtime)} == set(numbers)
    [run] = await runs(shop_runtime)
    assert run.pages >= 3
    assert run.items == len(await items(shop_runtime))
    assert run.error is None
    assert run.finished_at is not None
    await work_it(shop_runtime, "intake")
    assert {order.external_id for order in await orders(shop_runtime)} == set(numbers)
    there = await cursor(shop_runtime)
    assert there is not None
    assert there.cursor is not None
    assert there.last_success_at is not None


async def test_a_run_that_was_asked_for_is_the_run_that_is_noted(shop_runtime: Runtime, shop: Shop) -> None:
    async with shop_runtime.database.begin() as session:
        asked = await request_sync(session, OPERATOR, shop.channel_id, "ORDERS", "fetch_orders")
    await work_it(shop_runtime, "fetch_orders")
    [run] = await runs(shop_runtime)
    assert (run.id, run.error) == (asked.id, None)
    assert run.started_at is not None
    assert run.finished_at is not None


@pytest.mark.spec("SYN-3")
async def test_a_page_that_fails_leaves_the_cursor_and_what_came_before(shop_runtime: Runtime, shop: Shop) -> None:
    await from_the_beginning(shop_runtime, shop)
    await shop.place(count=12)
    await ask_to_fetch(shop_runtime, shop.channel_id)
    shop.faults.add(Fault(kind="slow", match="GET /wp-json/wc/v3/orders", seconds=0))
    shop.faults.add(Fault(kind="status", status=503, match="GET /wp-json/wc/v3/orders", times=8))
    await work_it(shop_runtime, "fetch_orders")
    stored = [item.external_id for item in await items(shop_runtime)]
    assert len(stored) == 5
    [run] = await runs(shop_runtime)
    assert run.items == 5
    assert run.error is not None
    there = await cursor(shop_runtime)
    assert there is not None
    assert there.last_success_at is None
    shop.faults.clear()
    await work_it(shop_runtime, "fetch_orders")
    [run] = await runs(shop_runtime)
    assert run.error is None
    assert len({item.external_id for item in await items(shop_runtime)}) == 12
    assert await diary(shop_runtime) == []


@pytest.mark.spec("SYN-2")
async def test_a_store_that_stays_away_is_told_and_taken_back_when_it_answers(
    shop_runtime: Runtime, shop: Shop
) -> None:
    shop.faults.add(Fault(kind="status", status=503, times=None))
    await ask_to_fetch(shop_runtime, shop.channel_id)
    async with shop_runtime.database.begin() as session:
        await session.execute(update(OutboxRow).values(attempts=CONSUMERS["fetch_orders"].attempts - 1))
    await work_it(shop_runtime, "fetch_orders")
    assert await diary(shop_runtime) == [("sync:orders", "OPEN")]
    shop.faults.clear()
    await ask_to_fetch(shop_runtime, shop.channel_id)
    await work_it(shop_runtime, "fetch_orders")
    assert await diary(shop_runtime) == [("sync:orders", "RESOLVED")]


@pytest.mark.spec("SYN-2")
async def test_refused_credentials_are_told_at_once(shop_runtime: Runtime, shop: Shop) -> None:
    async with shop_runtime.database.begin() as session:
        channel = await session.get_one(Channel, shop.channel_id)
        credentials = {"consumer_key": "ck_wrong", "consumer_secret": "cs_wrong", "webhook_secret": "long enough"}
        channel.credentials = shop_runtime.vault.seal(credentials, f"channel:{channel.id}")
    await ask_to_fetch(shop_runtime, shop.channel_id)
    await work_it(shop_runtime, "fetch_orders")
    assert await diary(shop_runtime) == [("sync:orders", "OPEN")]
    [run] = await runs(shop_runtime)
    assert run.error


async def test_one_run_of_a_channel_at_a_time(shop_runtime: Runtime, shop: Shop) -> None:
    await ask_to_fetch(shop_runtime, shop.channel_id)
    async with shop_runtime.database.begin() as session:
        [row] = await session.scalars(select(OutboxRow).where(OutboxRow.consumer == "fetch_orders"))
        row.sent_at = utc_now()
    async with shop_runtime.locks.hold(f"fetch_orders:{shop.channel_id}"):
        await asyncio.to_thread(carry_out, shop_runtime, CONSUMERS, "fetch_orders", [row.id])
    async with shop_runtime.database.begin() as session:
        [left] = await session.scalars(select(OutboxRow).where(OutboxRow.consumer == "fetch_orders"))
    assert (left.attempts, left.sent_at) == (0, row.sent_at)
    assert await runs(shop_runtime) == []


async def test_a_channel_that_is_switched_off_is_left_in_peace(shop_runtime: Runtime, shop: Shop) -> None:
    async with shop_runtime.database.begin() as session:
        (await session.get_one(Channel, shop.channel_id)).enabled = False
    shop.faults.add(Fault(kind="status", status=500))
    await ask_to_fetch(shop_runtime, shop.channel_id)
    await work_it(shop_runtime, "fetch_orders")
    assert len(shop.faults.pending()) == 1
    assert await runs(shop_runtime) == []


async def test_a_success_is_noted_on_the_schedule(shop_runtime: Runtime, shop: Shop) -> None:
    async with shop_runtime.database.begin() as session:
        session.add(
            Schedule(kind="fetch_orders", subject_id=shop.channel_id, every=timedelta(minutes=5), next_run_at=utc_now())
        )
    await ask_to_fetch(shop_runtime, shop.channel_id)
    await work_it(shop_runtime, "fetch_orders")
    async with shop_runtime.database.begin() as session:
        [schedule] = await session.scalars(select(Schedule))
    assert schedule.last_success_at is not None


@pytest.mark.spec("SYN-1", "SYN-4")
async def test_webhook_and_poll_of_one_order_make_one_order(shop_runtime: Runtime, shop: Shop) -> None:
    await from_the_beginning(shop_runtime, shop)
    [number] = await shop.place()
    await deliver(shop_runtime, shop.channel_id, await shop.body_of(number))
    await ask_to_fetch(shop_runtime, shop.channel_id)
    await work_it(shop_runtime, "fetch_orders")
    await work_it(shop_runtime, "intake")
    assert [order.external_id for order in await orders(shop_runtime)] == [number]
    assert sorted(item.state.value for item in await items(shop_runtime)) == ["duplicate", "imported"]


@pytest.mark.spec("SYN-1")
async def test_a_page_of_another_store_is_not_kept(
    shop_runtime: Runtime, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store's address is corrected while a page of the wrong one is under way."""
    await from_the_beginning(shop_runtime, shop)
    await shop.place(count=3)
    await ask_to_fetch(shop_runtime, shop.channel_id)
    vault, moved = shop_runtime.vault, []

    async def move() -> None:
        async with shop_runtime.database.begin() as session:
            row = await session.get_one(Channel, shop.channel_id)
            locked = await lock_channel(session, shop.channel_id, row.version)
            assert row.credentials is not None
            command = ChangeConnection(
                settings={**row.settings, "store_url": "https://the-right-one.invalid"},
                settings_version=row.settings_version,
                credentials=vault.open(row.credentials, locked.place),
                moved={"store_url": shop.url},
            )
            await change_connection(session, OPERATOR, locked, command, vault)

    def between(name: str) -> None:
        if name == "fetch_orders.fetched" and not moved:
            moved.append(name)
            shop_runtime.run(move())

    monkeypatch.setattr(fetch_orders, "crash_point", between)
    row = await work_of(shop_runtime)
    await asyncio.to_thread(carry_out, shop_runtime, CONSUMERS, "fetch_orders", [row.id])

    assert moved
    assert await items(shop_runtime) == []
    assert await cursor(shop_runtime) is None
    assert (await work_of(shop_runtime)).attempts == 0
    [run] = await runs(shop_runtime)
    assert "changed" in (run.error or "")


async def work_of(runtime: Runtime) -> OutboxRow:
    async with runtime.database.begin() as session:
        return (await session.scalars(select(OutboxRow).where(OutboxRow.consumer == "fetch_orders"))).one()
