"""AWBs: asked for once, journalled before the call, and never doubled."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import InvoiceAt, PaymentKind
from domain.flows.move import MoveOrder, move_order
from domain.flows.pay import RecordPayment, pay_order
from domain.flows.ship import (
    AwbStep,
    RequestAwb,
    about_to_send,
    awb_not_sent,
    awb_refused,
    awb_succeeded,
    awb_unknown,
    begin_awb,
    request_awb,
    resolve_awb,
)
from domain.fulfilment.errors import ParcelIncomplete
from domain.fulfilment.models import DeliveryNoteState
from domain.invoicing.models import Invoice
from domain.kernel.attempts import Attempt, AttemptState
from domain.kernel.clock import utc_now
from domain.kernel.money import Money
from domain.kernel.outbox import OutboxRow
from domain.kernel.refusals import Invalid, NotFound, Problem
from domain.orders.models import FulfilmentState, HistoryEntry, Order
from domain.orders.queries import order_for_update
from domain.orders.status import Status
from domain.shipping.models import Shipment, ShipmentStatus, ShippingStarts
from domain.stock.models import Reservation, StockLevel, StockMove
from tests.support.builders import OPERATOR, make_channel, make_variant
from tests.support.shipping import make_account, make_confirmed_order, make_packed, make_shipment, notes_of

LEASE = timedelta(minutes=3)


async def requested(session: AsyncSession, **fields: object) -> tuple[Order, Shipment]:
    order = await make_confirmed_order(session, **fields)
    packed = await make_packed(session, order)
    return order, await make_shipment(session, packed, await make_account(session), awb=None)


async def attempts(session: AsyncSession) -> list[tuple[AttemptState, str]]:
    rows = await session.execute(select(Attempt.state, Attempt.owner).order_by(Attempt.id))
    return [(row[0], row[1]) for row in rows]


@pytest.mark.spec("FUL-3")
async def test_asking_twice_gives_one_shipment_and_one_piece_of_work(session: AsyncSession) -> None:
    order, shipment = await requested(session)
    again = await request_awb(
        session, OPERATOR, RequestAwb(packing_list_id=shipment.packing_list_id, account="courier")
    )
    assert again.id == shipment.id
    works = await session.scalars(select(OutboxRow.aggregate).where(OutboxRow.consumer == "awb_create"))
    assert list(works) == [f"shipment:{shipment.id}"]
    assert (shipment.status, order.status) == (ShipmentStatus.REQUESTED, Status.CONFIRMED)


@pytest.mark.spec("FUL-3")
async def test_a_list_that_is_not_approved_has_no_awb(session: AsyncSession) -> None:
    from domain.flows.fulfil import CreatePackingList, Pack, create_delivery_note, create_packing_list, pack
    from tests.support.shipping import BOX

    order = await make_confirmed_order(session)
    note = await create_delivery_note(session, OPERATOR, order)
    created = await create_packing_list(session, OPERATOR, CreatePackingList(delivery_note_id=note.id))
    await make_account(session)
    with pytest.raises(ParcelIncomplete) as bare:
        await request_awb(session, OPERATOR, RequestAwb(packing_list_id=created.id, account="courier"))
    assert bare.value.parcels[0].missing == ("lengthCm", "widthCm", "heightCm", "weightKg")
    await pack(session, OPERATOR, Pack(packing_list_id=created.id, parcels=(BOX,)))
    with pytest.raises(Invalid) as refused:
        await request_awb(session, OPERATOR, RequestAwb(packing_list_id=created.id, account="courier"))
    assert refused.value.problems[0].code == "NOT_APPROVED"
    assert await session.scalar(select(func.count()).select_from(Shipment)) == 0


async def test_an_unknown_account_is_said(session: AsyncSession) -> None:
    order = await make_confirmed_order(session)
    packed = await make_packed(session, order)
    with pytest.raises(NotFound) as refused:
        await request_awb(session, OPERATOR, RequestAwb(packing_list_id=packed.id, account="nobody"))
    assert refused.value.path == ("account",)


@pytest.mark.spec("FUL-4")
async def test_what_is_due_on_delivery_is_collected_on_one_parcel(session: AsyncSession) -> None:
    variant = await make_variant(session, stock=4)
    order = await make_confirmed_order(session, lines=[(variant, 4)], payment_kind=PaymentKind.ON_DELIVERY)
    account = await make_account(session)
    line = order.lines[0].id
    first = await make_shipment(session, await make_packed(session, order, lines={line: Decimal(1)}), account, "A")
    second = await make_shipment(session, await make_packed(session, order, lines={line: Decimal(3)}), account, "B")
    assert (first.cod_amount, second.cod_amount) == (order.total, None)


@pytest.mark.spec("FUL-4")
async def test_named_amounts_never_collect_more_than_is_due(session: AsyncSession) -> None:
    variant = await make_variant(session, price="100", stock=4)
    order = await make_confirmed_order(session, lines=[(variant, 4)], payment_kind=PaymentKind.ON_DELIVERY)
    account, line = await make_account(session), order.lines[0].id
    await pay_order(session, OPERATOR, RecordPayment(order_id=order.id, amount=Decimal(84)))

    async def collect(amount: int, awb: str) -> Shipment:
        locked = await order_for_update(session, order.id)
        packed = await make_packed(session, locked, lines={line: Decimal(1)})
        return await make_shipment(session, packed, account, awb, cash_on_delivery=Money(Decimal(amount), "RON"))

    first = await collect(200, "A")
    with pytest.raises(Invalid) as refused:
        await collect(201, "B")
    assert (refused.value.problems[0].path, refused.value.problems[0].code) == (
        ("cashOnDelivery", "amount"),
        "OUT_OF_RANGE",
    )
    assert (await collect(150, "C")).cod_amount == 150
    first.status = ShipmentStatus.DELIVERED  # collected, and recorded afterwards: it counts once
    await pay_order(session, OPERATOR, RecordPayment(order_id=order.id, amount=Decimal(200)))
    assert (await collect(50, "D")).cod_amount == 50


@pytest.mark.parametrize(
    ("money", "path"),
    [
        (Money(Decimal(10), "EUR"), ("cashOnDelivery", "currency")),
        (Money(Decimal(-1), "RON"), ("cashOnDelivery", "amount")),
        (Money(Decimal(100000), "RON"), ("cashOnDelivery", "amount")),
    ],
)
async def test_cash_that_cannot_be_collected_is_refused(
    session: AsyncSession, money: Money, path: tuple[str, ...]
) -> None:
    packed = await make_packed(session, await make_confirmed_order(session))
    await make_account(session)
    command = RequestAwb(packing_list_id=packed.id, account="courier", cash_on_delivery=money)
    with pytest.raises(Invalid) as refused:
        await request_awb(session, OPERATOR, command)
    assert refused.value.problems[0].path == path


@pytest.mark.spec("FUL-4")
async def test_with_its_awb_the_order_is_shipping_and_its_stock_is_taken(session: AsyncSession) -> None:
    channel = await make_channel(session, invoice_at=InvoiceAt.DISPATCH)
    variant = await make_variant(session, stock=10)
    order = await make_confirmed_order(session, channel=channel, lines=[(variant, 3)])
    version = order.version
    shipment = await make_shipment(session, await make_packed(session, order), await make_account(session))
    order = await order_for_update(session, order.id)
    assert (order.status, order.fulfilment_state) == (Status.SHIPPING, FulfilmentState.FULL)
    assert order.version == version + 1
    level = await session.scalar(select(StockLevel).where(StockLevel.variant_id == variant.id))
    assert level is not None
    await session.refresh(level)
    assert (level.on_hand, level.reserved) == (7, 0)
    assert await session.scalar(select(func.count()).select_from(Reservation)) == 0
    assert await session.scalar(select(func.sum(StockMove.quantity)).where(StockMove.variant_id == variant.id)) == 7
    assert [note.state for note in await notes_of(session, order)] == [DeliveryNoteState.HANDED_OVER]
    assert shipment.started_at is not None
    invoice = await session.scalar(select(Invoice).where(Invoice.order_id == order.id))
    assert invoice is not None
    assert invoice.total == order.total


async def test_a_courier_that_starts_with_the_first_scan_does_not_ship_with_the_awb(session: AsyncSession) -> None:
    order = await make_confirmed_order(session)
    account = await make_account(session, starts=ShippingStarts.FIRST_SCAN)
    shipment = await make_shipment(session, await make_packed(session, order), account)
    order = await order_for_update(session, order.id)
    assert (order.status, shipment.started_at) == (Status.CONFIRMED, None)


@pytest.mark.spec("FUL-3")
async def test_the_first_worker_creates_and_a_second_waits(session: AsyncSession) -> None:
    _, shipment = await requested(session)
    first = await begin_awb(session, shipment.id, "worker-1", LEASE)
    second = await begin_awb(session, shipment.id, "worker-2", LEASE)
    assert (first.step, second.step) == (AwbStep.CREATE, AwbStep.WAIT)
    assert second.until is not None
    assert second.until > utc_now()
    assert await attempts(session) == [(AttemptState.TRYING, "worker-1")]


@pytest.mark.spec("FUL-3")
async def test_when_the_lease_is_gone_after_sending_the_courier_is_asked(session: AsyncSession) -> None:
    _, shipment = await requested(session)
    first = await begin_awb(session, shipment.id, "worker-1", LEASE)
    assert first.attempt_id is not None
    assert await about_to_send(session, first.attempt_id, "worker-1", timedelta(0))
    second = await begin_awb(session, shipment.id, "worker-2", LEASE)
    assert second.step is AwbStep.ASK
    assert second.sent_at is not None
    assert shipment.status is ShipmentStatus.UNKNOWN
    assert not await about_to_send(session, first.attempt_id, "worker-1", LEASE)
    assert await attempts(session) == [(AttemptState.TRYING, "worker-2")]


async def test_when_the_lease_is_gone_before_sending_it_is_simply_created(session: AsyncSession) -> None:
    _, shipment = await requested(session)
    await begin_awb(session, shipment.id, "worker-1", timedelta(0))
    second = await begin_awb(session, shipment.id, "worker-2", LEASE)
    assert second.step is AwbStep.CREATE


async def test_an_attempt_that_was_not_sent_makes_room_for_a_new_one(session: AsyncSession) -> None:
    _, shipment = await requested(session)
    first = await begin_awb(session, shipment.id, "worker-1", LEASE)
    assert first.attempt_id is not None
    await awb_not_sent(session, first.attempt_id, "the courier is away")
    second = await begin_awb(session, shipment.id, "worker-2", LEASE)
    assert second.step is AwbStep.CREATE
    assert await attempts(session) == [(AttemptState.FAILED, "worker-1"), (AttemptState.TRYING, "worker-2")]


async def test_an_outcome_told_twice_changes_nothing(session: AsyncSession) -> None:
    order, shipment = await requested(session)
    await begin_awb(session, shipment.id, "worker-1", LEASE)
    for _ in range(2):
        await awb_succeeded(session, shipment.id, awb="AWB-9", refs={}, tracking_url=None, price=None)
    assert (shipment.awb, shipment.attention) == ("AWB-9", None)
    kinds = await session.scalars(select(HistoryEntry.kind).where(HistoryEntry.order_id == order.id))
    assert list(kinds).count("awb_created") == 1
    assert await attempts(session) == [(AttemptState.DONE, "worker-1")]
    step = await begin_awb(session, shipment.id, "worker-2", LEASE)
    assert step.step is AwbStep.NOTHING


async def test_a_second_awb_at_the_courier_is_for_a_person(session: AsyncSession) -> None:
    _, shipment = await requested(session)
    await awb_succeeded(session, shipment.id, awb="AWB-1", refs={}, tracking_url=None, price=None)
    await awb_succeeded(session, shipment.id, awb="AWB-2", refs={}, tracking_url=None, price=None)
    assert shipment.awb == "AWB-1"
    assert shipment.attention == "The courier also has AWB AWB-2 for this parcel. Void it there."


async def test_a_refusal_keeps_its_reasons_and_makes_room(session: AsyncSession) -> None:
    order, shipment = await requested(session)
    await begin_awb(session, shipment.id, "worker-1", LEASE)
    await awb_refused(session, shipment.id, [Problem(("recipient", "phone"), "REQUIRED", "The phone is missing.")])
    assert shipment.status is ShipmentStatus.VOIDED
    assert shipment.refused == [
        {"path": ["recipient", "phone"], "code": "REQUIRED", "message": "The phone is missing."}
    ]
    again = await request_awb(
        session, OPERATOR, RequestAwb(packing_list_id=shipment.packing_list_id, account="courier")
    )
    assert again.id != shipment.id
    order = await order_for_update(session, order.id)
    assert order.status is Status.CONFIRMED


async def test_an_unknown_outcome_is_settled_by_a_person(session: AsyncSession) -> None:
    _, shipment = await requested(session)
    await begin_awb(session, shipment.id, "worker-1", LEASE)
    await awb_unknown(session, shipment.id, "timed out", needs_person=True)
    assert shipment.status is ShipmentStatus.UNKNOWN
    assert shipment.attention is not None
    await resolve_awb(session, OPERATOR, shipment.id, "AWB-7")
    assert (shipment.status, shipment.awb, shipment.attention) == (ShipmentStatus.CREATED, "AWB-7", None)
    with pytest.raises(Invalid):
        await resolve_awb(session, OPERATOR, shipment.id, None)


@pytest.mark.spec("FUL-3")
async def test_the_list_of_a_void_note_has_no_awb(session: AsyncSession) -> None:
    order = await make_confirmed_order(session)
    packed = await make_packed(session, order)
    await make_account(session)
    for to in (Status.STOCK_UNAVAILABLE, Status.CONFIRMED):
        await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=to))
    with pytest.raises(Invalid) as refused:
        await request_awb(session, OPERATOR, RequestAwb(packing_list_id=packed.id, account="courier"))
    assert refused.value.problems[0].code == "VOIDED"
    assert await session.scalar(select(func.count()).select_from(Shipment)) == 0
