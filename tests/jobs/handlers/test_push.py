"""From what happens to an order to what its store says: wished, told once, recognised."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from domain.flows.move import MoveOrder, move_order
from domain.kernel.attempts import Attempt, AttemptState
from domain.kernel.clock import utc_now
from domain.kernel.outbox import OutboxRow, enqueue
from domain.orders.models import Order
from domain.orders.status import Status
from domain.push.models import StatusPush
from jobs.consumers import CONSUMERS
from jobs.frame import carry_out
from jobs.runtime import Runtime
from omnisales_sdk.testing.sandbox import Fault
from tests.jobs.engine_room import work_it
from tests.jobs.shops import Shop, deliver, diary, orders
from tests.support.builders import OPERATOR, make_channel, make_order


async def imported(runtime: Runtime, shop: Shop, template: str = "guest-cod") -> Order:
    [number] = await shop.place(template)
    await deliver(runtime, shop.channel_id, await shop.body_of(number))
    await work_it(runtime, "intake")
    await work_it(runtime, "react")
    [order] = [order for order in await orders(runtime) if order.external_id == number]
    return order


async def move(runtime: Runtime, order: Order, to: Status) -> None:
    async with runtime.database.begin() as session:
        await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=to, reason="test"))


async def cancelled(runtime: Runtime, shop: Shop) -> Order:
    """An order that was cancelled here, and whose store is to be told."""
    order = await imported(runtime, shop)
    await move(runtime, order, Status.CANCELLED)
    await work_it(runtime, "react")
    return order


async def pushes(runtime: Runtime) -> list[OutboxRow]:
    async with runtime.database.begin() as session:
        return list(await session.scalars(select(OutboxRow).where(OutboxRow.consumer == "push_status")))


async def wish(runtime: Runtime, order: Order) -> StatusPush:
    async with runtime.database.begin() as session:
        return await session.get_one(StatusPush, order.id)


async def attempts(runtime: Runtime) -> list[AttemptState]:
    async with runtime.database.begin() as session:
        return list(await session.scalars(select(Attempt.state).order_by(Attempt.started_at)))


def number_of(order: Order) -> str:
    assert order.external_id is not None
    return order.external_id


@pytest.mark.spec("SYN-1")
async def test_a_change_of_status_is_told_to_the_store_once(shop_runtime: Runtime, shop: Shop) -> None:
    order = await cancelled(shop_runtime, shop)
    await work_it(shop_runtime, "push_status")
    there = await shop.order(number_of(order))
    assert (there["status"], there["status_changes"]) == ("cancelled", 1)
    kept = await wish(shop_runtime, order)
    assert (kept.wanted, kept.known) == ("cancelled", "cancelled")
    assert await attempts(shop_runtime) == [AttemptState.DONE]
    assert await pushes(shop_runtime) == []


@pytest.mark.spec("SYN-5")
async def test_what_came_from_the_store_is_not_pushed_back(shop_runtime: Runtime, shop: Shop) -> None:
    await imported(shop_runtime, shop)
    assert await pushes(shop_runtime) == []


@pytest.mark.spec("SYN-5")
async def test_the_echo_of_our_push_changes_nothing(shop_runtime: Runtime, shop: Shop) -> None:
    order = await cancelled(shop_runtime, shop)
    await work_it(shop_runtime, "push_status")
    await deliver(shop_runtime, shop.channel_id, await shop.body_of(number_of(order)))
    await work_it(shop_runtime, "intake")
    await work_it(shop_runtime, "react", empty=True)
    [now] = await orders(shop_runtime)
    assert now.status is Status.CANCELLED
    assert await pushes(shop_runtime) == []
    assert (await shop.order(number_of(order)))["writes"] == 1


async def test_doubled_messages_write_once(shop_runtime: Runtime, shop: Shop) -> None:
    order = await cancelled(shop_runtime, shop)
    [row] = await pushes(shop_runtime)
    shop.faults.add(Fault(kind="slow", match="GET /wp-json/wc/v3/orders", seconds=0.3))
    await asyncio.gather(
        *(asyncio.to_thread(carry_out, shop_runtime, CONSUMERS, "push_status", [row.id]) for _ in range(5))
    )
    assert (await shop.order(number_of(order)))["writes"] == 1
    assert await pushes(shop_runtime) == []


async def test_wishes_of_one_order_coalesce(shop_runtime: Runtime, shop: Shop) -> None:
    order = await imported(shop_runtime, shop)
    await move(shop_runtime, order, Status.ON_HOLD)
    await move(shop_runtime, order, Status.CANCELLED)
    await work_it(shop_runtime, "react")
    assert len(await pushes(shop_runtime)) == 1
    await work_it(shop_runtime, "push_status")
    assert (await shop.order(number_of(order)))["status"] == "cancelled"


@pytest.mark.spec("SYN-5")
async def test_a_push_whose_answer_was_lost_is_found_done(shop_runtime: Runtime, shop: Shop) -> None:
    order = await cancelled(shop_runtime, shop)
    shop.faults.add(Fault(kind="lost_answer", match="POST /wp-json/wc/v3/orders"))
    await work_it(shop_runtime, "push_status")
    [row] = await pushes(shop_runtime)
    assert row.attempts == 1
    await work_it(shop_runtime, "push_status")
    assert (await shop.order(number_of(order)))["writes"] == 1
    assert (await wish(shop_runtime, order)).known == "cancelled"
    assert await attempts(shop_runtime) == [AttemptState.FAILED, AttemptState.DONE]


@pytest.mark.spec("SYN-5")
async def test_our_own_lost_write_is_no_conflict_for_the_next_wish(shop_runtime: Runtime, shop: Shop) -> None:
    """The write went out and its answer was lost; meanwhile something else is wanted."""
    order = await cancelled(shop_runtime, shop)
    shop.faults.add(Fault(kind="lost_answer", match="POST /wp-json/wc/v3/orders"))
    await work_it(shop_runtime, "push_status")
    async with shop_runtime.database.begin() as session:
        await session.execute(update(StatusPush).values(wanted="completed"))
    await work_it(shop_runtime, "push_status")
    assert (await shop.order(number_of(order)))["status"] == "completed"
    assert (await wish(shop_runtime, order)).known == "completed"
    assert await diary(shop_runtime) == []


@pytest.mark.spec("SYN-5")
async def test_a_store_that_changed_the_order_meanwhile_is_not_overwritten(shop_runtime: Runtime, shop: Shop) -> None:
    order = await cancelled(shop_runtime, shop)
    await shop.change(number_of(order), status="on-hold")
    await work_it(shop_runtime, "push_status")
    there = await shop.order(number_of(order))
    assert (there["status"], there["writes"]) == ("on-hold", 0)
    assert await diary(shop_runtime) == [("push:conflict", "OPEN")]
    assert await pushes(shop_runtime) == []


@pytest.mark.spec("SYN-5")
async def test_after_the_last_try_a_person_is_told_and_a_later_success_takes_it_back(
    shop_runtime: Runtime, shop: Shop
) -> None:
    order = await cancelled(shop_runtime, shop)
    shop.faults.add(Fault(kind="status", status=503, times=None))
    await work_it(shop_runtime, "push_status")
    assert await diary(shop_runtime) == []
    async with shop_runtime.database.begin() as session:
        await session.execute(update(OutboxRow).values(attempts=CONSUMERS["push_status"].attempts - 1))
    await work_it(shop_runtime, "push_status")
    assert await diary(shop_runtime) == [("push:status", "OPEN")]
    assert await pushes(shop_runtime) == []
    shop.faults.clear()
    async with shop_runtime.database.begin() as session:
        await enqueue(session, "push_status", f"order:{order.id}", {"order_id": str(order.id)}, coalesce=True)
    await work_it(shop_runtime, "push_status")
    assert await diary(shop_runtime) == [("push:status", "RESOLVED")]


async def test_what_the_store_knows_already_is_no_call(shop_runtime: Runtime, shop: Shop) -> None:
    order = await cancelled(shop_runtime, shop)
    await work_it(shop_runtime, "push_status")
    shop.faults.add(Fault(kind="status", status=503, times=None))
    async with shop_runtime.database.begin() as session:
        await enqueue(session, "push_status", f"order:{order.id}", {"order_id": str(order.id)}, coalesce=True)
    await work_it(shop_runtime, "push_status")
    assert await pushes(shop_runtime) == []


async def test_another_workers_live_lease_is_left_alone_and_a_dead_ones_taken_over(
    shop_runtime: Runtime, shop: Shop
) -> None:
    order = await cancelled(shop_runtime, shop)
    now = utc_now()
    async with shop_runtime.database.begin() as session:
        session.add(
            Attempt(
                key=f"push:{order.id}",
                kind="push_status",
                subject_id=order.id,
                state=AttemptState.TRYING,
                owner="another worker",
                started_at=now,
                lease_until=now + timedelta(minutes=1),
                outcome={"status": "cancelled"},
            )
        )
    await work_it(shop_runtime, "push_status")
    assert (await shop.order(number_of(order)))["writes"] == 0
    assert len(await pushes(shop_runtime)) == 1
    async with shop_runtime.database.begin() as session:
        await session.execute(update(Attempt).values(lease_until=now))
    await work_it(shop_runtime, "push_status")
    assert (await shop.order(number_of(order)))["writes"] == 1
    assert await attempts(shop_runtime) == [AttemptState.FAILED, AttemptState.DONE]


async def test_several_events_of_one_order_are_reacted_to_in_one_go(shop_runtime: Runtime, shop: Shop) -> None:
    order = await imported(shop_runtime, shop)
    await move(shop_runtime, order, Status.ON_HOLD)
    await move(shop_runtime, order, Status.CANCELLED)
    async with shop_runtime.database.begin() as session:
        ids = list(
            await session.scalars(select(OutboxRow.id).where(OutboxRow.consumer == "react").order_by(OutboxRow.id))
        )
    assert len(ids) > 1
    await asyncio.to_thread(carry_out, shop_runtime, CONSUMERS, "react", ids[:1])
    async with shop_runtime.database.begin() as session:
        assert list(await session.scalars(select(OutboxRow.consumer))) == ["push_status"]


async def test_orders_of_the_house_are_pushed_nowhere(shop_runtime: Runtime) -> None:
    async with shop_runtime.database.begin() as session:
        order = await make_order(session, channel=await make_channel(session, connector="manual"))
        await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.CANCELLED, reason="test"))
    await work_it(shop_runtime, "react")
    assert await pushes(shop_runtime) == []
