"""AWBs over real HTTP: bought once, whatever is lost on the way."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from domain.kernel.attempts import Attempt, AttemptState
from domain.kernel.clock import utc_now
from domain.orders.status import Status
from domain.shipping.models import Shipment, ShipmentStatus
from jobs.consumers import CONSUMERS
from jobs.frame import carry_out
from jobs.runtime import Runtime
from omnisales_sdk.testing.sandbox import Fault
from tests.jobs.couriers import (
    Courier,
    ask_for_awb,
    kinds,
    make_due,
    order_now,
    running_courier,
    shipment_now,
    works,
)
from tests.jobs.quick_innoship import SETTLING


async def work_it(runtime: Runtime, consumer: str = "awb_create") -> None:
    """One round of the worker, as if the pause were over."""
    ids = await make_due(runtime, consumer)
    await asyncio.to_thread(carry_out, runtime, CONSUMERS, consumer, ids)


async def attempts(runtime: Runtime) -> list[AttemptState]:
    from sqlalchemy import select

    async with runtime.database.begin() as session:
        return list(await session.scalars(select(Attempt.state).order_by(Attempt.started_at)))


async def end_leases(runtime: Runtime, *, sent: timedelta = timedelta()) -> None:
    """As if the time of all leases were over; `sent` is how much longer ago the request left."""
    now = utc_now()
    async with runtime.database.begin() as session:
        await session.execute(
            update(Attempt).values(lease_until=now - timedelta(seconds=1), sent_at=Attempt.sent_at - sent)
        )


@pytest.mark.spec("FUL-3")
async def test_an_awb_is_made_and_the_order_ships(courier_runtime: Runtime, courier: Courier) -> None:
    asked = await ask_for_awb(courier_runtime, courier.url)
    await work_it(courier_runtime)
    shipment = await shipment_now(courier_runtime, asked.id)
    assert [shipment.awb] == courier.awbs_of(shipment.key)
    assert shipment.status is ShipmentStatus.CREATED
    assert (await order_now(courier_runtime, asked.order_id)).status is Status.SHIPPING
    assert await works(courier_runtime, "awb_create") == []
    assert await attempts(courier_runtime) == [AttemptState.DONE]


@pytest.mark.spec("FUL-3")
async def test_a_doubled_message_buys_one_awb(courier_runtime: Runtime, courier: Courier) -> None:
    asked = await ask_for_awb(courier_runtime, courier.url)
    ids = await make_due(courier_runtime, "awb_create")
    courier.faults.add(Fault(kind="slow", match="POST /api/Order", seconds=0.3))
    await asyncio.gather(
        *(asyncio.to_thread(carry_out, courier_runtime, CONSUMERS, "awb_create", ids) for _ in range(5))
    )
    shipment = await shipment_now(courier_runtime, asked.id)
    assert [shipment.awb] == courier.awbs_of(shipment.key)
    assert courier.book.calls["POST /api/Order"] == 1
    assert await works(courier_runtime, "awb_create") == []


@pytest.mark.spec("FUL-3")
async def test_a_lost_answer_is_asked_about_and_not_sent_again(courier_runtime: Runtime, courier: Courier) -> None:
    asked = await ask_for_awb(courier_runtime, courier.url)
    courier.lose_answer()
    await work_it(courier_runtime)
    shipment = await shipment_now(courier_runtime, asked.id)
    assert shipment.status is ShipmentStatus.UNKNOWN
    [row] = await works(courier_runtime, "awb_create")
    assert row.attempts == 1
    await work_it(courier_runtime)
    shipment = await shipment_now(courier_runtime, asked.id)
    assert [shipment.awb] == courier.awbs_of(shipment.key)
    assert shipment.status is ShipmentStatus.CREATED
    assert courier.book.calls["POST /api/Order"] == 1
    assert await kinds(courier_runtime, asked.order_id) == [
        *(await kinds(courier_runtime, asked.order_id))[:-4],
        "awb_unknown",
        "awb_created",
        "shipment_started",
        "status_changed",
    ]


@pytest.mark.spec("FUL-3")
async def test_not_found_counts_only_after_the_settling_time(courier_runtime: Runtime) -> None:
    with running_courier(lag=timedelta(hours=1)) as courier:
        asked = await ask_for_awb(courier_runtime, courier.url)
        courier.faults.add(Fault(kind="drop", match="POST /api/Order"))
        await work_it(courier_runtime)
        await work_it(courier_runtime)
        assert (await shipment_now(courier_runtime, asked.id)).status is ShipmentStatus.UNKNOWN
        assert courier.book.shipments == []
        [row] = await works(courier_runtime, "awb_create")
        assert row.attempts == 2
        await end_leases(courier_runtime, sent=SETTLING)
        await work_it(courier_runtime)
        shipment = await shipment_now(courier_runtime, asked.id)
        assert [shipment.awb] == courier.awbs_of(shipment.key)
        assert shipment.status is ShipmentStatus.CREATED


@pytest.mark.spec("FUL-3")
async def test_an_awb_that_shows_late_is_not_made_again(courier_runtime: Runtime) -> None:
    """Lost answer, and a read side that lags: within the settling time nobody concludes that it was not made."""
    with running_courier(lag=timedelta(seconds=0.5)) as courier:
        asked = await ask_for_awb(courier_runtime, courier.url)
        courier.lose_answer()
        await work_it(courier_runtime)
        await work_it(courier_runtime)
        assert (await shipment_now(courier_runtime, asked.id)).status is ShipmentStatus.UNKNOWN
        await asyncio.sleep(0.6)
        await work_it(courier_runtime)
        shipment = await shipment_now(courier_runtime, asked.id)
        assert [shipment.awb] == courier.awbs_of(shipment.key)
        assert courier.book.calls["POST /api/Order"] == 1


async def test_a_refusal_voids_the_request_and_keeps_the_reasons(courier_runtime: Runtime, courier: Courier) -> None:
    asked = await ask_for_awb(courier_runtime, courier.url, service="999")
    await work_it(courier_runtime)
    shipment = await shipment_now(courier_runtime, asked.id)
    assert shipment.status is ShipmentStatus.VOIDED
    assert shipment.refused
    assert await attempts(courier_runtime) == [AttemptState.REFUSED]
    assert await works(courier_runtime, "awb_create") == []
    assert (await order_now(courier_runtime, asked.order_id)).status is Status.CONFIRMED


async def test_refused_credentials_end_in_a_refusal_that_says_so(courier_runtime: Runtime) -> None:
    with running_courier(api_key="another key") as courier:
        asked = await ask_for_awb(courier_runtime, courier.url)
        await work_it(courier_runtime)
    shipment = await shipment_now(courier_runtime, asked.id)
    assert shipment.status is ShipmentStatus.VOIDED
    assert [problem["code"] for problem in shipment.refused or []] == ["credentials:refused"]


async def test_a_busy_courier_is_tried_later_and_nothing_is_unknown(courier_runtime: Runtime, courier: Courier) -> None:
    asked = await ask_for_awb(courier_runtime, courier.url)
    courier.faults.add(
        Fault(kind="status", match="POST /api/Order", status=429, headers={"retry-after": "40"}),
    )
    before = utc_now()
    await work_it(courier_runtime)
    assert (await shipment_now(courier_runtime, asked.id)).status is ShipmentStatus.REQUESTED
    [row] = await works(courier_runtime, "awb_create")
    assert timedelta(seconds=39) < row.not_before - before < timedelta(seconds=45)
    assert await attempts(courier_runtime) == [AttemptState.FAILED]
    await work_it(courier_runtime)
    shipment = await shipment_now(courier_runtime, asked.id)
    assert [shipment.awb] == courier.awbs_of(shipment.key)


async def test_a_live_lease_is_left_alone_and_one_that_ended_is_asked_about(
    courier_runtime: Runtime, courier: Courier
) -> None:
    """A worker that died (or stands still) after sending: its lease decides who goes on."""
    asked = await ask_for_awb(courier_runtime, courier.url)
    courier.lose_answer()
    await work_it(courier_runtime)
    async with courier_runtime.database.begin() as session:
        await session.execute(
            update(Attempt).values(state=AttemptState.TRYING, lease_until=utc_now() + timedelta(minutes=1))
        )
    await work_it(courier_runtime)
    assert (await shipment_now(courier_runtime, asked.id)).awb is None
    assert courier.book.calls["POST /api/Order"] == 1
    await end_leases(courier_runtime)
    await work_it(courier_runtime)
    shipment = await shipment_now(courier_runtime, asked.id)
    assert [shipment.awb] == courier.awbs_of(shipment.key)
    assert courier.book.calls["POST /api/Order"] == 1


async def test_after_the_last_attempt_a_person_is_asked(courier_runtime: Runtime, courier: Courier) -> None:
    asked = await ask_for_awb(courier_runtime, courier.url)
    courier.lose_answer()
    await work_it(courier_runtime)
    await _last_attempt(courier_runtime, asked.id)
    courier.faults.add(Fault(kind="status", status=503, times=None))
    await work_it(courier_runtime)
    shipment = await shipment_now(courier_runtime, asked.id)
    assert shipment.status is ShipmentStatus.UNKNOWN
    assert shipment.attention is not None
    assert await works(courier_runtime, "awb_create") == []


async def test_what_never_left_the_house_is_refused_in_the_end(courier_runtime: Runtime, courier: Courier) -> None:
    asked = await ask_for_awb(courier_runtime, courier.url)
    await _last_attempt(courier_runtime, asked.id)
    courier.faults.add(Fault(kind="status", status=429, times=None))
    await work_it(courier_runtime)
    shipment = await shipment_now(courier_runtime, asked.id)
    assert shipment.status is ShipmentStatus.VOIDED
    assert [problem["code"] for problem in shipment.refused or []] == ["NOT_ASKED"]
    assert courier.book.shipments == []


async def _last_attempt(runtime: Runtime, shipment_id: UUID) -> None:
    from domain.kernel.outbox import OutboxRow

    async with runtime.database.begin() as session:
        await session.execute(
            update(OutboxRow)
            .where(OutboxRow.aggregate == f"shipment:{shipment_id}")
            .values(attempts=CONSUMERS["awb_create"].attempts - 1)
        )


async def test_an_awb_typed_in_by_hand_needs_no_courier(courier_runtime: Runtime) -> None:
    asked = await ask_for_awb(courier_runtime, "", connector="manual", awb=" 4711 ")
    await work_it(courier_runtime)
    shipment = await shipment_now(courier_runtime, asked.id)
    assert (shipment.awb, shipment.status) == ("4711", ShipmentStatus.CREATED)


async def test_taking_in_a_typed_awb_may_be_repeated_after_a_crash(courier_runtime: Runtime) -> None:
    asked = await ask_for_awb(courier_runtime, "", connector="manual", awb="4711")
    async with courier_runtime.database.begin() as session:
        from domain.flows.ship import about_to_send, begin_awb

        call = await begin_awb(session, asked.id, "a dead worker", timedelta(seconds=1))
        assert call.attempt_id is not None
        assert await about_to_send(session, call.attempt_id, "a dead worker", timedelta(seconds=1))
    await end_leases(courier_runtime)
    await work_it(courier_runtime)
    assert (await shipment_now(courier_runtime, asked.id)).awb == "4711"


async def test_an_outcome_that_is_told_late_is_still_heard(courier_runtime: Runtime, courier: Courier) -> None:
    """The work's row went meanwhile (a twin ended it); the AWB that was bought is kept all the same."""
    asked = await ask_for_awb(courier_runtime, courier.url)
    courier.faults.add(Fault(kind="slow", match="POST /api/Order", seconds=0.5))
    working = asyncio.create_task(work_it(courier_runtime))
    await asyncio.sleep(0.25)
    async with courier_runtime.database.begin() as session:
        from sqlalchemy import delete

        from domain.kernel.outbox import OutboxRow

        await session.execute(delete(OutboxRow).where(OutboxRow.consumer == "awb_create"))
    await working
    shipment: Shipment = await shipment_now(courier_runtime, asked.id)
    assert [shipment.awb] == courier.awbs_of(shipment.key)
    assert shipment.status is ShipmentStatus.CREATED
