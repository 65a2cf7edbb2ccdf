"""Runs in the background: they outlive the worker that was at them (spec ORD-7)."""

import asyncio
import signal
from uuid import UUID

import pytest
from sqlalchemy import func, select

from domain.bulk.models import BulkAction, BulkItem, BulkRun, ItemState, RunState
from domain.flows.bulk.start import Named, StartRun, start_run
from domain.kernel.database import Database
from domain.kernel.outbox import OutboxRow
from domain.orders.models import HistoryEntry
from jobs.handlers import bulk
from jobs.runtime import Runtime
from tests.jobs.engine_room import eventually, work_it
from tests.jobs.test_processes import started
from tests.support.builders import OPERATOR, make_channel, make_order, make_variant
from tests.support.valkey import Valkey

pytestmark = pytest.mark.spec("ORD-7")


async def start(database: Database, count: int) -> UUID:
    async with database.begin() as session:
        channel, variant = await make_channel(session), await make_variant(session, stock=count)
        orders = [await make_order(session, [(variant, 1)], channel=channel) for _ in range(count)]
        named = [Named(given=str(order.id)) for order in orders]
        return (await start_run(session, OPERATOR, StartRun(action=BulkAction.CONFIRM, orders=named))).id


async def state(database: Database, run_id: UUID) -> RunState:
    async with database.begin() as session:
        return (await session.get_one(BulkRun, run_id)).state


async def done(database: Database, run_id: UUID) -> int:
    async with database.begin() as session:
        count = select(func.count()).where(BulkItem.run_id == run_id, BulkItem.state == ItemState.DONE)
        return int(await session.scalar(count) or 0)


async def test_a_slice_that_does_not_suffice_is_followed_by_another(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = await start(runtime.database, 3)
    monkeypatch.setattr(bulk, "SLICE_SECONDS", 0)
    await work_it(runtime, "bulk_run")
    assert await state(runtime.database, run_id) is RunState.RUNNING
    monkeypatch.setattr(bulk, "SLICE_SECONDS", 60)
    await work_it(runtime, "bulk_run")
    assert await state(runtime.database, run_id) is RunState.DONE
    assert await done(runtime.database, run_id) == 3
    async with runtime.database.begin() as session:
        assert await session.scalar(select(func.count()).where(OutboxRow.consumer == "bulk_run")) == 0


@pytest.mark.chaos
async def test_a_worker_that_is_killed_is_followed_by_another_and_each_order_is_confirmed_once(
    database: Database, valkey: Valkey
) -> None:
    run_id = await start(database, 150)
    async with database.begin() as session:
        row = (await session.scalars(select(OutboxRow).where(OutboxRow.consumer == "bulk_run"))).one()
        row.not_before = row.created_at
    settings = {
        "DATABASE_URL": database.url,
        "REDIS_URL": valkey.url,
        "OMNISALES_SECRET_KEY": "k" * 32,
        "OMNISALES_SWEEP_SECONDS": "1",
        "OMNISALES_WORKER_THREADS": "8",
    }

    async def some_are_done() -> bool:
        return await done(database, run_id) >= 10

    async def ended() -> bool:
        return await state(database, run_id) is RunState.DONE

    with started("relay", **settings):
        with started("worker", **settings) as worker:
            await eventually(some_are_done, seconds=20)
            worker.send_signal(signal.SIGKILL)
            await asyncio.to_thread(worker.wait)
        assert await done(database, run_id) < 150
        assert not await ended()
        with started("worker", **settings):
            await eventually(ended, seconds=30)
    assert await done(database, run_id) == 150
    async with database.begin() as session:
        confirmed = select(func.count()).where(HistoryEntry.kind == "status_changed")
        assert await session.scalar(confirmed) == 150
