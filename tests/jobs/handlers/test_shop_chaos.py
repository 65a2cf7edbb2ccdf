"""Workers that die between any two durable statements of intake, polls and pushes: each order once, each push once."""

import asyncio
import json
import signal
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from domain.channels.models import Channel
from domain.flows.move import MoveOrder, move_order
from domain.kernel.clock import utc_now
from domain.kernel.crash import POINTS
from domain.kernel.outbox import OutboxRow
from domain.orders.models import Order
from domain.orders.status import Status
from domain.reads.audit import audit_import
from jobs.consumers import CONSUMERS
from jobs.runtime import Runtime
from tests.jobs.engine_room import eventually, process, running
from tests.jobs.shops import Shop, ask_to_fetch, deliver, diary, orders
from tests.support.builders import OPERATOR

FLOWS = ("intake", "import", "fetch_order", "fetch_orders", "push")
SHOP_POINTS = sorted(name for name in POINTS if name.split(".")[0] in FLOWS)


def test_the_points_are_those_between_durable_statements() -> None:
    of_jobs = [name for name in SHOP_POINTS if not name.startswith("import.")]
    assert of_jobs == [
        "fetch_order.before_commit",
        "fetch_order.fetched",
        "fetch_orders.before_commit",
        "fetch_orders.fetched",
        "fetch_orders.stored",
        "intake.before_commit",
        "intake.committed",
        "intake.read",
        "push.before_commit",
        "push.journalled",
        "push.sent",
    ]


async def a_bit_of_everything(runtime: Runtime, shop: Shop) -> list[str]:
    """Webhooks (one of them twice), a hint, a poll, and a change of status that the store is to be told."""
    numbers = await shop.place(count=4)
    body = await shop.body_of(numbers[0])
    hint = json.dumps({"id": int(numbers[1])}).encode()
    await deliver(runtime, shop.channel_id, body, body, hint, await shop.body_of(numbers[2]))
    await ask_to_fetch(runtime, shop.channel_id)
    async with runtime.database.begin() as session:
        processing = select(Order.id).where(Order.status == Status.PROCESSING).limit(1)
        order_id = await session.scalar(processing)
        if order_id is not None:
            await move_order(session, OPERATOR, MoveOrder(order_id=order_id, to=Status.CANCELLED, reason="chaos"))
    return numbers


@pytest.mark.chaos
@pytest.mark.spec("SYN-3", "SYN-4", "SYN-5")
async def test_a_worker_that_dies_anywhere_loses_nothing_and_doubles_nothing(shop_runtime: Runtime, shop: Shop) -> None:
    runtime, began = shop_runtime, utc_now()
    async with runtime.database.begin() as session:
        channel = await session.get_one(Channel, shop.channel_id)
        since = (datetime.now(UTC) - timedelta(days=1)).isoformat()
        channel.settings = {**channel.settings, "import_since": since}
    placed: list[str] = []
    async with running(runtime, CONSUMERS, sweep_after=0.5, works=False):
        for point in SHOP_POINTS:
            placed += await a_bit_of_everything(runtime, shop)
            with process("house_worker", runtime, OMNISALES_CRASH_AT=point) as child:
                assert await asyncio.to_thread(child.wait, 30) == -signal.SIGKILL, point
        placed += await a_bit_of_everything(runtime, shop)
        with process("house_worker", runtime):
            await eventually(lambda: _nothing_left(runtime), seconds=60)

    found = await orders(runtime)
    assert sorted(order.external_id or "" for order in found) == sorted(placed)
    for order in found:
        assert order.external_id is not None
        there = await shop.order(order.external_id)
        cancelled = order.status is Status.CANCELLED
        assert there["status"] == ("cancelled" if cancelled else "processing")
        assert there["status_changes"] == int(cancelled)
    async with runtime.database.read() as connection:
        audit = await audit_import(connection, began - timedelta(minutes=1), utc_now() + timedelta(minutes=1))
    assert audit.balanced
    assert await diary(runtime) == []


async def _nothing_left(runtime: Runtime) -> bool:
    async with runtime.database.read() as connection:
        return (await connection.execute(select(OutboxRow.id).limit(1))).first() is None
