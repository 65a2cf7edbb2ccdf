"""The house's upkeep, as the worker does it."""

from datetime import timedelta

import pytest

from domain.flows.move import MoveOrder, move_order
from domain.kernel.clock import utc_now
from domain.kernel.outbox import enqueue
from domain.orders.models import Order
from domain.orders.status import Status
from domain.stock.prove import prove_stock
from jobs.runtime import Runtime
from tests.jobs.engine_room import work_it
from tests.support.builders import OPERATOR, make_channel, make_order, make_variant


@pytest.mark.spec("ORD-4")
async def test_reservations_of_long_holds_are_let_go(courier_runtime: Runtime) -> None:
    runtime = courier_runtime
    async with runtime.database.begin() as session:
        channel = await make_channel(session, hold_expiry_hours=1)
        mug = await make_variant(session, stock=10)
        orders = [await make_order(session, [(mug, 2)], channel=channel) for _ in range(3)]
        for order in orders:
            await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.CONFIRMED))
            await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.ON_HOLD))
        for order in orders[:2]:
            order.status_since = utc_now() - timedelta(hours=2)
        await enqueue(session, "expire_holds", "house")
    await work_it(runtime, "expire_holds")
    async with runtime.database.begin() as session:
        found = [await session.get_one(Order, order.id) for order in orders]
        assert [order.reservation_expired_at is None for order in found] == [False, False, True]
        assert await prove_stock(session) == []
