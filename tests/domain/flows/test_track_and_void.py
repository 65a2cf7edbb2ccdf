"""Scans move the order to Delivered; a voided AWB undoes its start."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.diary.models import DiaryEntry, DiaryState
from domain.flows.move import MoveOrder, move_order
from domain.flows.ship import awb_succeeded
from domain.flows.track import apply_tracking
from domain.flows.void import awb_voided, request_void, void_refused
from domain.fulfilment.models import DeliveryNoteState
from domain.kernel.outbox import OutboxRow
from domain.kernel.refusals import Invalid, Problem
from domain.orders.models import FulfilmentState, Order
from domain.orders.queries import order_for_update
from domain.orders.status import Status
from domain.shipping.models import Shipment, ShipmentStatus, ShippingStarts, TrackingEvent
from domain.shipping.rules import Scan
from domain.stock.models import Reservation, StockLevel, StockMove
from tests.support.builders import OPERATOR, make_variant
from tests.support.shipping import make_account, make_confirmed_order, make_packed, make_shipment, notes_of

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def scan(minutes: int, status: ShipmentStatus | None, code: str | None = None, **fields: object) -> Scan:
    code = code or (status.value if status else "?")
    return Scan(at=NOON + timedelta(minutes=minutes), code=code, text=code, status=status, **fields)  # type: ignore[arg-type]


async def shipped(session: AsyncSession, starts: ShippingStarts = ShippingStarts.AWB) -> tuple[Order, Shipment]:
    variant = await make_variant(session, stock=10)
    order = await make_confirmed_order(session, lines=[(variant, 2)])
    shipment = await make_shipment(
        session, await make_packed(session, order), await make_account(session, starts=starts)
    )
    return await order_for_update(session, order.id, lines=True), shipment


@pytest.mark.spec("FUL-5")
async def test_the_order_is_delivered_with_its_last_parcel(session: AsyncSession) -> None:
    variant = await make_variant(session, stock=10)
    order = await make_confirmed_order(session, lines=[(variant, 4)])
    account = await make_account(session)
    line = order.lines[0].id
    first = await make_shipment(session, await make_packed(session, order, lines={line: Decimal(1)}), account, "A")
    await apply_tracking(session, first.id, [scan(0, ShipmentStatus.DELIVERED, final=True)])
    order = await order_for_update(session, order.id, lines=True)
    assert (order.status, order.fulfilment_state) == (Status.SHIPPING, FulfilmentState.PARTIAL)
    second = await make_shipment(session, await make_packed(session, order), account, "B")
    order = await order_for_update(session, order.id)
    assert order.fulfilment_state is FulfilmentState.FULL
    version = order.version
    await apply_tracking(session, second.id, [scan(5, ShipmentStatus.OUT_FOR_DELIVERY)])
    assert order.version == version
    await apply_tracking(session, second.id, [scan(9, ShipmentStatus.DELIVERED, final=True)])
    order = await order_for_update(session, order.id)
    assert order.status is Status.DELIVERED
    assert second.delivered_at == NOON + timedelta(minutes=9)


@pytest.mark.spec("FUL-5")
async def test_scans_told_twice_and_late_change_nothing(session: AsyncSession) -> None:
    _, shipment = await shipped(session)
    scans = [scan(0, ShipmentStatus.PICKED_UP), scan(30, ShipmentStatus.OUT_FOR_DELIVERY)]
    assert await apply_tracking(session, shipment.id, scans) == 2
    assert await apply_tracking(session, shipment.id, scans) == 0
    assert await apply_tracking(session, shipment.id, [scan(10, ShipmentStatus.IN_TRANSIT)]) == 1
    assert shipment.status is ShipmentStatus.OUT_FOR_DELIVERY
    count = await session.scalar(select(func.count()).select_from(TrackingEvent))
    assert count == 3


@pytest.mark.spec("FUL-5")
async def test_an_unknown_code_changes_nothing_and_is_shown(session: AsyncSession) -> None:
    _, shipment = await shipped(session)
    await apply_tracking(session, shipment.id, [scan(0, ShipmentStatus.IN_TRANSIT)])
    await apply_tracking(session, shipment.id, [scan(5, None, "777", known=False)])
    assert shipment.status is ShipmentStatus.IN_TRANSIT
    assert shipment.attention == "Courier sent codes that are not known here: 777"


@pytest.mark.spec("FUL-4")
async def test_the_first_scan_starts_shipping_where_the_account_says_so(session: AsyncSession) -> None:
    order, shipment = await shipped(session, ShippingStarts.FIRST_SCAN)
    assert order.status is Status.CONFIRMED
    await apply_tracking(session, shipment.id, [scan(0, ShipmentStatus.CREATED)])
    assert (await order_for_update(session, order.id)).status is Status.CONFIRMED
    await apply_tracking(session, shipment.id, [scan(1, ShipmentStatus.PICKED_UP)])
    assert (await order_for_update(session, order.id)).status is Status.SHIPPING


async def test_a_scan_of_an_order_on_hold_lets_it_go_on_from_shipping(session: AsyncSession) -> None:
    order, shipment = await shipped(session, ShippingStarts.FIRST_SCAN)
    await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.ON_HOLD, reason="address"))
    await apply_tracking(session, shipment.id, [scan(1, ShipmentStatus.PICKED_UP)])
    order = await order_for_update(session, order.id)
    assert (order.status, order.held_from) == (Status.ON_HOLD, Status.SHIPPING)
    await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.SHIPPING))
    assert (await order_for_update(session, order.id)).status is Status.SHIPPING


@pytest.mark.spec("FUL-5")
async def test_a_scan_that_comes_before_the_answer_of_the_courier_is_no_answer(session: AsyncSession) -> None:
    order = await make_confirmed_order(session)
    shipment = await make_shipment(session, await make_packed(session, order), await make_account(session), awb=None)
    told = [scan(0, ShipmentStatus.PICKED_UP)]
    assert await apply_tracking(session, shipment.id, told) == 0
    assert shipment.status is ShipmentStatus.REQUESTED
    await awb_succeeded(session, shipment.id, awb="A", refs={}, tracking_url=None, price=None)
    assert (shipment.awb, shipment.attention) == ("A", None)
    assert await apply_tracking(session, shipment.id, told) == 1
    assert shipment.status is ShipmentStatus.PICKED_UP


@pytest.mark.spec("FUL-3")
async def test_an_awb_that_comes_later_comes_with_tracking(session: AsyncSession) -> None:
    order = await make_confirmed_order(session)
    shipment = await make_shipment(session, await make_packed(session, order), await make_account(session), awb=None)
    await awb_succeeded(session, shipment.id, awb=None, refs={"order_id": "7"}, tracking_url=None, price=None)
    order = await order_for_update(session, order.id)
    assert (shipment.status, shipment.awb, order.status) == (ShipmentStatus.CREATED, None, Status.CONFIRMED)
    for _ in range(2):
        await apply_tracking(session, shipment.id, [], "AWB-9")
    order = await order_for_update(session, order.id)
    assert (shipment.awb, order.status) == ("AWB-9", Status.SHIPPING)
    labels = await session.scalars(select(OutboxRow.aggregate).where(OutboxRow.consumer == "fetch_label"))
    assert list(labels) == [f"shipment:{shipment.id}"]


@pytest.mark.spec("FUL-5")
async def test_parcels_that_arrive_during_a_hold_count_when_it_ends(session: AsyncSession) -> None:
    order, shipment = await shipped(session, ShippingStarts.FIRST_SCAN)
    await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.ON_HOLD, reason="address"))
    await apply_tracking(session, shipment.id, [scan(1, ShipmentStatus.DELIVERED, final=True)])
    await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.SHIPPING))
    assert (await order_for_update(session, order.id)).status is Status.DELIVERED


@pytest.mark.spec("FUL-6")
async def test_an_awb_voided_during_a_hold_leaves_a_way_on(session: AsyncSession) -> None:
    order = await make_confirmed_order(session)
    shipment = await make_shipment(session, await make_packed(session, order), await make_account(session), awb=None)
    await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.ON_HOLD, reason="address"))
    await awb_succeeded(session, shipment.id, awb="A", refs={}, tracking_url=None, price=None)
    assert (await order_for_update(session, order.id)).held_from is Status.SHIPPING
    await awb_voided(session, shipment.id)
    order = await order_for_update(session, order.id)
    assert (order.status, order.held_from) == (Status.ON_HOLD, Status.CONFIRMED)
    await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.CONFIRMED))
    assert (await order_for_update(session, order.id)).status is Status.CONFIRMED


@pytest.mark.spec("FUL-6")
async def test_voiding_the_last_awb_brings_the_goods_and_the_order_back(session: AsyncSession) -> None:
    order, shipment = await shipped(session)
    variant_id = order.lines[0].variant_id
    await request_void(session, OPERATOR, shipment.id)
    await request_void(session, OPERATOR, shipment.id)
    works = await session.scalars(select(OutboxRow.aggregate).where(OutboxRow.consumer == "awb_void"))
    assert list(works) == [f"shipment:{shipment.id}"]
    for _ in range(2):
        await awb_voided(session, shipment.id)
    order = await order_for_update(session, order.id)
    assert (order.status, order.fulfilment_state) == (Status.CONFIRMED, FulfilmentState.NONE)
    assert [note.state for note in await notes_of(session, order)] == [DeliveryNoteState.OPEN]
    level = (
        await session.execute(
            select(StockLevel.on_hand, StockLevel.reserved).where(StockLevel.variant_id == variant_id)
        )
    ).one()
    assert tuple(level) == (10, 2)
    assert await session.scalar(select(func.sum(StockMove.quantity)).where(StockMove.variant_id == variant_id)) == 10
    assert await session.scalar(select(func.sum(Reservation.quantity)).where(Reservation.order_id == order.id)) == 2


@pytest.mark.spec("FUL-6")
async def test_a_parcel_on_its_way_is_not_voided(session: AsyncSession) -> None:
    _, shipment = await shipped(session)
    await apply_tracking(session, shipment.id, [scan(0, ShipmentStatus.PICKED_UP)])
    with pytest.raises(Invalid) as refused:
        await request_void(session, OPERATOR, shipment.id)
    assert refused.value.problems[0].code == "ON_ITS_WAY"


@pytest.mark.spec("ORD-4")
async def test_a_failed_void_is_told_to_a_person(session: AsyncSession) -> None:
    order, shipment = await shipped(session)
    await request_void(session, OPERATOR, shipment.id)
    await void_refused(session, shipment.id, [Problem((), "TOO_LATE", "the parcel was scanned")])
    assert shipment.void_requested_at is None
    assert shipment.attention == "Courier did not void AWB AWB-1: the parcel was scanned"
    entry = await session.scalar(select(DiaryEntry).where(DiaryEntry.order_id == order.id))
    assert entry is not None
    assert entry.cause == "awb_void:AWB-1"


@pytest.mark.spec("ORD-4")
async def test_a_void_that_fails_again_is_one_task_and_ends_with_the_void(session: AsyncSession) -> None:
    order, shipment = await shipped(session)
    for words in ("not now", "still not"):
        await request_void(session, OPERATOR, shipment.id)
        await void_refused(session, shipment.id, [Problem((), "NO", words)])
    entries = select(DiaryEntry.message, DiaryEntry.state).where(DiaryEntry.order_id == order.id)
    message = "Courier did not void AWB AWB-1: still not"
    assert (await session.execute(entries)).all() == [(message, DiaryState.OPEN)]
    assert shipment.attention == message
    await awb_voided(session, shipment.id)
    assert (await session.execute(entries)).all() == [(message, DiaryState.RESOLVED)]
    assert shipment.attention is None


@pytest.mark.spec("FUL-6")
async def test_a_void_leaves_what_else_a_person_has_to_look_at(session: AsyncSession) -> None:
    _, shipment = await shipped(session)
    await apply_tracking(session, shipment.id, [scan(0, ShipmentStatus.CREATED), scan(1, None, "777", known=False)])
    await awb_voided(session, shipment.id)
    assert shipment.attention == "Courier sent codes that are not known here: 777"


@pytest.mark.spec("FUL-5", "FUL-6")
async def test_a_voided_awb_that_is_scanned_stays_void_and_is_told(session: AsyncSession) -> None:
    order, shipment = await shipped(session)
    await awb_voided(session, shipment.id)
    assert await apply_tracking(session, shipment.id, [scan(0, ShipmentStatus.CREATED)]) == 1
    assert shipment.attention is None
    assert await apply_tracking(session, shipment.id, [scan(5, ShipmentStatus.PICKED_UP)]) == 1
    assert (shipment.status, shipment.final) == (ShipmentStatus.VOIDED, True)
    assert shipment.attention == "AWB AWB-1 was voided, and the courier scans it. Call it back."
    events = await session.scalars(select(TrackingEvent.code).order_by(TrackingEvent.at))
    assert list(events) == ["CREATED", "PICKED_UP"]
    assert (await order_for_update(session, order.id)).status is Status.CONFIRMED


@pytest.mark.spec("FUL-6")
async def test_a_void_that_the_courier_confirms_of_a_parcel_on_its_way_undoes_nothing(session: AsyncSession) -> None:
    order, shipment = await shipped(session)
    await request_void(session, OPERATOR, shipment.id)
    await apply_tracking(session, shipment.id, [scan(0, ShipmentStatus.PICKED_UP)])
    for _ in range(2):
        await awb_voided(session, shipment.id)
    assert (shipment.status, shipment.final, shipment.void_requested_at) == (ShipmentStatus.PICKED_UP, False, None)
    message = "Courier did not void AWB AWB-1: the parcel is PICKED_UP, though Courier says that it is void"
    assert shipment.attention == message
    entries = select(DiaryEntry.cause, DiaryEntry.message, DiaryEntry.state).where(DiaryEntry.order_id == order.id)
    assert (await session.execute(entries)).all() == [("awb_void:AWB-1", message, DiaryState.OPEN)]
    order = await order_for_update(session, order.id, lines=True)
    assert (order.status, order.fulfilment_state) == (Status.SHIPPING, FulfilmentState.FULL)
    levels = select(StockLevel.on_hand, StockLevel.reserved).where(StockLevel.variant_id == order.lines[0].variant_id)
    assert tuple((await session.execute(levels)).one()) == (8, 0)


@pytest.mark.spec("FUL-5", "FUL-6")
async def test_an_awb_that_the_courier_voids_by_itself_brings_goods_and_order_back(session: AsyncSession) -> None:
    order, shipment = await shipped(session)
    variant_id = order.lines[0].variant_id
    told = [scan(0, ShipmentStatus.VOIDED, final=True)]
    assert [await apply_tracking(session, shipment.id, told) for _ in range(2)] == [1, 0]
    order = await order_for_update(session, order.id)
    assert (shipment.status, shipment.final) == (ShipmentStatus.VOIDED, True)
    assert (order.status, order.fulfilment_state) == (Status.CONFIRMED, FulfilmentState.NONE)
    levels = select(StockLevel.on_hand, StockLevel.reserved).where(StockLevel.variant_id == variant_id)
    assert tuple((await session.execute(levels)).one()) == (10, 2)


@pytest.mark.spec("FUL-5", "FUL-6")
async def test_a_parcel_on_its_way_that_the_courier_calls_void_undoes_nothing(session: AsyncSession) -> None:
    order, shipment = await shipped(session)
    await apply_tracking(session, shipment.id, [scan(0, ShipmentStatus.PICKED_UP)])
    await apply_tracking(session, shipment.id, [scan(1, ShipmentStatus.VOIDED)])
    assert shipment.status is ShipmentStatus.PICKED_UP
    assert shipment.attention == (
        "Courier did not void AWB AWB-1: the parcel is PICKED_UP, though Courier says that it is void"
    )
    order = await order_for_update(session, order.id, lines=True)
    levels = select(StockLevel.on_hand, StockLevel.reserved).where(StockLevel.variant_id == order.lines[0].variant_id)
    assert (order.status, tuple((await session.execute(levels)).one())) == (Status.SHIPPING, (8, 0))
