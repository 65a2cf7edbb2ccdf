"""Labels, voids and tracking, with Innoship's sandbox as the far side."""

import asyncio
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, text, update

from domain.diary.models import DiaryEntry, DiaryState
from domain.flows.track import NOT_APPLIED
from domain.flows.void import request_void
from domain.kernel.clock import utc_now
from domain.kernel.outbox import OutboxRow, enqueue
from domain.kernel.schedule import Schedule
from domain.orders.status import Status
from domain.shipping.models import CourierAccount, Shipment, ShipmentLabel, ShipmentStatus, TrackingEvent
from jobs.consumers import CONSUMERS
from jobs.frame import carry_out
from jobs.handlers.track import apply_updates
from jobs.runtime import Runtime
from omnisales_sdk import ShipmentStatus as TheirStatus
from omnisales_sdk import TrackingEvent as TheirEvent
from omnisales_sdk import TrackingUpdate
from omnisales_sdk.testing.sandbox import Fault
from tests.jobs.couriers import Courier, ask_for_awb, make_due, order_now, shipment_now, works
from tests.support.builders import OPERATOR
from tests.support.shipping import make_account, make_confirmed_order, make_packed, make_shipment


async def work_it(runtime: Runtime, consumer: str) -> None:
    ids = await make_due(runtime, consumer)
    assert ids
    await asyncio.to_thread(carry_out, runtime, CONSUMERS, consumer, ids)


async def made(runtime: Runtime, courier: Courier) -> Shipment:
    """A shipment whose AWB the courier has made."""
    asked = await ask_for_awb(runtime, courier.url)
    await work_it(runtime, "awb_create")
    return await shipment_now(runtime, asked.id)


async def labels(runtime: Runtime) -> list[ShipmentLabel]:
    async with runtime.database.begin() as session:
        return list(await session.scalars(select(ShipmentLabel)))


@pytest.mark.spec("FUL-3")
async def test_the_label_is_fetched_with_the_awb_and_kept(courier_runtime: Runtime, courier: Courier) -> None:
    shipment = await made(courier_runtime, courier)
    await work_it(courier_runtime, "fetch_label")
    [label] = await labels(courier_runtime)
    assert (label.shipment_id, label.media_type) == (shipment.id, "application/pdf")
    assert label.content.startswith(b"%PDF")
    assert await works(courier_runtime, "fetch_label") == []
    calls = sum(courier.book.calls.values())
    async with courier_runtime.database.begin() as session:
        await enqueue(session, "fetch_label", "again", {"shipment_id": str(shipment.id)})
    await work_it(courier_runtime, "fetch_label")
    assert sum(courier.book.calls.values()) == calls


async def test_an_awb_that_a_person_named_has_its_label_too(courier_runtime: Runtime, courier: Courier) -> None:
    """The courier's own references are asked for by our key: without them it gives no label."""
    shipment = await made(courier_runtime, courier)
    async with courier_runtime.database.begin() as session:
        await session.execute(update(Shipment).where(Shipment.id == shipment.id).values(refs={}))
    await work_it(courier_runtime, "fetch_label")
    assert len(await labels(courier_runtime)) == 1
    async with courier_runtime.database.begin() as session:
        kept = await session.get_one(Shipment, shipment.id)
    assert kept.refs.get("courier_id")


async def test_a_label_in_another_format_is_kept_beside_it(courier_runtime: Runtime, courier: Courier) -> None:
    shipment = await made(courier_runtime, courier)
    await work_it(courier_runtime, "fetch_label")
    async with courier_runtime.database.begin() as session:
        await enqueue(session, "fetch_label", "A4", {"shipment_id": str(shipment.id), "format": "A4"})
    await work_it(courier_runtime, "fetch_label")
    assert sorted(label.format for label in await labels(courier_runtime)) == ["100x150", "A4"]


@pytest.mark.spec("FUL-3")
async def test_tracking_asks_for_an_awb_that_is_still_to_come(courier_runtime: Runtime, courier: Courier) -> None:
    shipment = await made(courier_runtime, courier)
    async with courier_runtime.database.begin() as session:
        await session.execute(update(Shipment).values(awb=None))
    await ask_to_track(courier_runtime, shipment.courier_account_id)
    await work_it(courier_runtime, "track")
    assert shipment.awb is not None
    assert (await shipment_now(courier_runtime, shipment.id)).awb == shipment.awb


async def test_a_courier_without_labels_ends_the_work(courier_runtime: Runtime) -> None:
    await ask_for_awb(courier_runtime, "", connector="manual", awb="4711")
    await work_it(courier_runtime, "awb_create")
    await work_it(courier_runtime, "fetch_label")
    assert await labels(courier_runtime) == []
    assert await works(courier_runtime, "fetch_label") == []


async def ask_to_void(runtime: Runtime, shipment: Shipment) -> None:
    async with runtime.database.begin() as session:
        await request_void(session, OPERATOR, shipment.id)


@pytest.mark.spec("FUL-6")
async def test_a_voided_awb_is_void_there_and_here(courier_runtime: Runtime, courier: Courier) -> None:
    shipment = await made(courier_runtime, courier)
    await ask_to_void(courier_runtime, shipment)
    await work_it(courier_runtime, "awb_void")
    assert (await shipment_now(courier_runtime, shipment.id)).status is ShipmentStatus.VOIDED
    assert (await order_now(courier_runtime, shipment.order_id)).status is Status.CONFIRMED
    assert [one.cancelled for one in courier.book.under(shipment.key)] == [True]


@pytest.mark.spec("FUL-6")
async def test_a_void_whose_answer_was_lost_is_asked_again(courier_runtime: Runtime, courier: Courier) -> None:
    shipment = await made(courier_runtime, courier)
    await ask_to_void(courier_runtime, shipment)
    courier.faults.add(Fault(kind="lost_answer", match="DELETE"))
    await work_it(courier_runtime, "awb_void")
    assert (await shipment_now(courier_runtime, shipment.id)).status is ShipmentStatus.CREATED
    await work_it(courier_runtime, "awb_void")
    assert (await shipment_now(courier_runtime, shipment.id)).status is ShipmentStatus.VOIDED


@pytest.mark.spec("FUL-6")
async def test_a_courier_that_keeps_the_awb_leaves_a_task(courier_runtime: Runtime, courier: Courier) -> None:
    shipment = await made(courier_runtime, courier)
    await ask_to_void(courier_runtime, shipment)
    await advance(courier, shipment, 2)
    await work_it(courier_runtime, "awb_void")
    now = await shipment_now(courier_runtime, shipment.id)
    assert now.status is not ShipmentStatus.VOIDED
    assert now.attention is not None
    async with courier_runtime.database.begin() as session:
        [entry] = await session.scalars(select(DiaryEntry))
    assert (entry.cause, entry.state) == (f"awb_void:{shipment.awb}", DiaryState.OPEN)


async def test_a_courier_that_cannot_be_asked_to_void_leaves_a_task_in_the_end(
    courier_runtime: Runtime, courier: Courier
) -> None:
    shipment = await made(courier_runtime, courier)
    await ask_to_void(courier_runtime, shipment)
    courier.faults.add(Fault(kind="status", status=503, match="DELETE", times=None))
    async with courier_runtime.database.begin() as session:
        last = CONSUMERS["awb_void"].attempts - 1
        await session.execute(update(OutboxRow).where(OutboxRow.consumer == "awb_void").values(attempts=last))
    await work_it(courier_runtime, "awb_void")
    assert await works(courier_runtime, "awb_void") == []
    assert (await shipment_now(courier_runtime, shipment.id)).attention is not None


async def advance(courier: Courier, shipment: Shipment, status_id: int, minutes: int = 0) -> None:
    at = (utc_now() + timedelta(minutes=minutes)).isoformat()
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            f"{courier.url}/_sandbox/advance", json={"awb": shipment.awb, "status_id": status_id, "at": at}
        )
    assert answer.status_code == 200, answer.text


async def ask_to_track(runtime: Runtime, account_id: UUID) -> None:
    async with runtime.database.begin() as session:
        await enqueue(session, "track", f"courier:{account_id}", {"account_id": str(account_id)})


@pytest.mark.spec("FUL-5")
async def test_tracking_moves_the_order_to_delivered(courier_runtime: Runtime, courier: Courier) -> None:
    shipment = await made(courier_runtime, courier)
    await advance(courier, shipment, 2)
    await ask_to_track(courier_runtime, shipment.courier_account_id)
    await work_it(courier_runtime, "track")
    now = await shipment_now(courier_runtime, shipment.id)
    assert now.status is ShipmentStatus.PICKED_UP
    assert now.tracked_at is not None
    await advance(courier, shipment, 100, minutes=1)
    await ask_to_track(courier_runtime, shipment.courier_account_id)
    await work_it(courier_runtime, "track")
    assert (await shipment_now(courier_runtime, shipment.id)).status is ShipmentStatus.DELIVERED
    assert (await order_now(courier_runtime, shipment.order_id)).status is Status.DELIVERED


async def test_what_has_arrived_is_not_asked_about_any_more(courier_runtime: Runtime, courier: Courier) -> None:
    shipment = await made(courier_runtime, courier)
    await advance(courier, shipment, 100)
    await ask_to_track(courier_runtime, shipment.courier_account_id)
    await work_it(courier_runtime, "track")
    calls = sum(courier.book.calls.values())
    await ask_to_track(courier_runtime, shipment.courier_account_id)
    await work_it(courier_runtime, "track")
    assert sum(courier.book.calls.values()) == calls


async def test_a_second_run_of_an_account_leaves_the_first_alone(courier_runtime: Runtime, courier: Courier) -> None:
    shipment = await made(courier_runtime, courier)
    await ask_to_track(courier_runtime, shipment.courier_account_id)
    ids = await make_due(courier_runtime, "track")
    async with courier_runtime.locks.hold(f"track:{shipment.courier_account_id}"):
        await asyncio.to_thread(carry_out, courier_runtime, CONSUMERS, "track", ids)
    [row] = await works(courier_runtime, "track")
    assert (row.attempts, row.sent_at is None) == (0, False)


async def test_a_run_that_went_well_is_noted_on_its_schedule(courier_runtime: Runtime, courier: Courier) -> None:
    shipment = await made(courier_runtime, courier)
    async with courier_runtime.database.begin() as session:
        session.add(
            Schedule(
                kind="track",
                subject_id=shipment.courier_account_id,
                every=timedelta(minutes=15),
                next_run_at=utc_now(),
            )
        )
    await ask_to_track(courier_runtime, shipment.courier_account_id)
    await work_it(courier_runtime, "track")
    async with courier_runtime.database.begin() as session:
        [schedule] = await session.scalars(select(Schedule))
    assert schedule.last_success_at is not None


def picked_up(code: str = "2") -> TheirEvent:
    return TheirEvent(at=utc_now(), code=code, text="picked up", status=TheirStatus.PICKED_UP)


async def test_a_number_that_a_courier_used_before_means_its_newest_parcel(
    courier_runtime: Runtime, courier: Courier
) -> None:
    shipment = await made(courier_runtime, courier)
    event = picked_up()
    updates = [
        TrackingUpdate(awb="of somebody else", events=(event,)),
        TrackingUpdate(awb="unknown", key=shipment.key, events=(event,)),
    ]
    assert (await apply_updates(courier_runtime, shipment.courier_account_id, updates)).ours == 1
    async with courier_runtime.database.begin() as session:
        [kept] = await session.scalars(select(TrackingEvent))
        assert (kept.shipment_id, kept.code) == (shipment.id, "2")
        account = await session.get_one(CourierAccount, shipment.courier_account_id)
        assert account.enabled


@pytest.mark.spec("FUL-5")
async def test_one_parcels_fault_does_not_stop_the_tracking_of_the_others(courier_runtime: Runtime) -> None:
    async with courier_runtime.database.begin() as session:
        account = await make_account(session)
        bad, good = [
            await make_shipment(session, await make_packed(session, await make_confirmed_order(session)), account, awb)
            for awb in ("BAD", "GOOD")
        ]
        await session.execute(text("alter table tracking_events add constraint refuses check (code <> '666')"))
    updates = [TrackingUpdate(awb="BAD", events=(picked_up("666"),)), TrackingUpdate(awb="GOOD", events=(picked_up(),))]
    applied = await apply_updates(courier_runtime, account.id, updates)
    assert (applied.ours, [type(fault).__name__ for fault in applied.faults]) == (2, ["IntegrityError"])
    now = [await shipment_now(courier_runtime, one.id) for one in (bad, good)]
    assert [(one.status, one.attention) for one in now] == [
        (ShipmentStatus.CREATED, NOT_APPLIED),
        (ShipmentStatus.PICKED_UP, None),
    ]
    async with courier_runtime.database.begin() as session:
        await session.execute(text("alter table tracking_events drop constraint refuses"))
    assert (await apply_updates(courier_runtime, account.id, updates)).faults == []
    healed = await shipment_now(courier_runtime, bad.id)
    assert (healed.status, healed.attention) == (ShipmentStatus.PICKED_UP, None)
