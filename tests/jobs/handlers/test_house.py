"""The house's upkeep, as the worker does it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from domain.audit.models import AuditEntry
from domain.audit.record import record
from domain.flows.move import MoveOrder, move_order
from domain.kernel import idempotency
from domain.kernel.clock import utc_now
from domain.kernel.idempotency import IdempotencyRecord
from domain.kernel.outbox import enqueue
from domain.orders.models import Order
from domain.orders.status import Status
from domain.procurement.models import ProcurementRequest, RequestState
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


@pytest.mark.spec("PRE-1")
@pytest.mark.spec("STK-3")
async def test_pre_orders_are_looked_at_and_requests_tidied(courier_runtime: Runtime) -> None:
    runtime = courier_runtime
    async with runtime.database.begin() as session:
        channel = await make_channel(session, connector="pre_order")
        mug = await make_variant(session)
        today = utc_now().date()
        order = await make_order(session, [(mug, 2)], channel=channel, promised_on=today)
        later = await make_order(session, [(mug, 2)], channel=channel, promised_on=today + timedelta(days=30))
        await enqueue(session, "check_pre_orders", "house")
    await work_it(runtime, "check_pre_orders")
    async with runtime.database.begin() as session:
        assert (await session.get_one(Order, order.id)).status is Status.STOCK_UNAVAILABLE
        assert (await session.get_one(Order, later.id)).status is Status.DRAFT
        await session.execute(update(ProcurementRequest).values(state=RequestState.RECEIVED))
        await enqueue(session, "tidy_procurement", "house")
    await work_it(runtime, "tidy_procurement")
    async with runtime.database.begin() as session:
        states = await session.scalars(select(ProcurementRequest.state).order_by(ProcurementRequest.number))
        assert list(states) == [RequestState.RECEIVED, RequestState.OPEN]


@pytest.mark.spec("SEC-1")
async def test_the_audit_log_is_kept_for_its_time(runtime: Runtime) -> None:
    async with runtime.database.begin() as session:
        for years in (2, 4):
            entry = record(session, OPERATOR, "role.create", "role", str(years))
            assert entry is not None
            entry.at = utc_now() - timedelta(days=365 * years)
        await enqueue(session, "forget_keys", "house")
    await work_it(runtime, "forget_keys")
    async with runtime.database.begin() as session:
        assert (await session.scalars(select(AuditEntry.subject_id))).all() == ["2"]


async def test_outcomes_of_old_requests_go_a_batch_at_a_time(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "BATCH", 2)
    async with runtime.database.begin() as session:
        for number in range(6):
            age = timedelta(days=8 if number < 5 else 6)
            session.add(
                IdempotencyRecord(caller="a", key=str(number), fingerprint="f", outcome={}, created_at=utc_now() - age)
            )
        await enqueue(session, "forget_keys", "house")
    async with runtime.database.begin() as one, runtime.database.begin() as other:
        end = utc_now() - timedelta(days=7)
        assert await idempotency.forget_outcomes(one, end) == 2
        assert await idempotency.forget_outcomes(other, end) == 2  # another two, and nobody waits
    await work_it(runtime, "forget_keys")
    async with runtime.database.begin() as session:
        assert (await session.scalars(select(IdempotencyRecord.key))).all() == ["5"]
