"""Cancelling takes back what confirming did, and is refused once something was handed over."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import InvoiceAt
from domain.flows.deliver import start_shipping
from domain.flows.void import awb_voided
from domain.fulfilment.models import DeliveryNoteState, PackingList, PackingState
from domain.invoicing.models import Invoice, InvoiceKind
from domain.kernel.outbox import OutboxRow
from domain.orders.counts import shown_counts, true_counts
from domain.orders.errors import IllegalMove
from domain.orders.queries import order_for_update
from domain.orders.status import Status
from domain.shipping.models import ShippingStarts
from domain.stock.models import Reservation
from tests.domain.flows.moving import history, kinds, level, move, proven, refused
from tests.support.builders import OPERATOR, make_channel, make_order, make_variant
from tests.support.shipping import make_account, make_confirmed_order, make_packed, make_shipment, notes_of


@pytest.mark.spec("ORD-4")
@pytest.mark.parametrize(
    "status", [Status.DRAFT, Status.PROCESSING, Status.PENDING_PAYMENT, Status.PAID, Status.FAILED]
)
async def test_an_unconfirmed_order_is_only_cancelled(session: AsyncSession, status: Status) -> None:
    order = await move(session, await make_order(session, status=status), Status.CANCELLED, reason="asked to")
    assert order.status is Status.CANCELLED
    assert await kinds(session, order) == ["order_created", "status_changed"]
    assert await shown_counts(session) == await true_counts(session)


@pytest.mark.spec("ORD-4")
@pytest.mark.spec("STK-2")
@pytest.mark.spec("INV-1")
async def test_stock_is_let_go_notes_are_void_and_the_invoice_is_credited(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=5, price="10.00", vat_rate="21")
    channel = await make_channel(session, invoice_at=InvoiceAt.CONFIRMATION, auto_delivery_note=True)
    order = await move(session, await make_order(session, [(mug, 3)], channel=channel), Status.CONFIRMED)
    order = await move(session, order, Status.CANCELLED, reason="changed their mind")
    assert await level(session, mug.id) == (5, 0)
    assert (await session.scalars(select(Reservation))).all() == []
    assert [note.state for note in await notes_of(session, order)] == [DeliveryNoteState.VOIDED]
    invoice, credit = (await session.scalars(select(Invoice).order_by(Invoice.issued_at))).all()
    assert (invoice.display_number, invoice.kind, invoice.credited) == ("INV-1", InvoiceKind.INVOICE, True)
    assert (credit.display_number, credit.kind, credit.credits_id) == ("CN-1", InvoiceKind.CREDIT_NOTE, invoice.id)
    assert (credit.net, credit.tax, credit.total) == (-invoice.net, -invoice.tax, -invoice.total)
    assert [line["total"] for line in credit.lines] == ["-36.30"]
    told = await history(session, order)
    assert [entry.kind for entry in told[5:]] == [
        "stock_released",
        "delivery_note_voided",
        "status_changed",
        "credit_note_issued",
    ]
    assert told[5].data == {"lines": {"MUG": "3.000"}}
    assert told[7].reason == "changed their mind"


@pytest.mark.spec("ORD-4")
async def test_the_packing_list_stays_with_its_void_note(session: AsyncSession) -> None:
    order = await make_confirmed_order(session)
    packed = await make_packed(session, order)
    await move(session, order, Status.CANCELLED)
    assert (await session.get_one(PackingList, packed.id, populate_existing=True)).state is PackingState.APPROVED


@pytest.mark.spec("ORD-4")
@pytest.mark.spec("FUL-6")
async def test_the_courier_is_asked_to_void_an_awb_that_did_not_start(session: AsyncSession) -> None:
    order = await make_confirmed_order(session)
    account = await make_account(session, starts=ShippingStarts.FIRST_SCAN)
    shipment = await make_shipment(session, await make_packed(session, order), account)
    order = await move(session, order, Status.CANCELLED)
    assert order.status is Status.CANCELLED
    works = await session.scalars(select(OutboxRow.aggregate).where(OutboxRow.consumer == "awb_void"))
    assert list(works) == [f"shipment:{shipment.id}"]
    await awb_voided(session, shipment.id)
    assert (await proven(session, order)).status is Status.CANCELLED


@pytest.mark.spec("ORD-4")
async def test_after_hand_over_it_is_refused_until_the_awb_is_void(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=1)
    order = await make_confirmed_order(session, lines=[(mug, 1)])
    shipment = await make_shipment(session, await make_packed(session, order), await make_account(session))
    assert await level(session, mug.id) == (0, 0)
    refusal = await refused(session, order, Status.CANCELLED, IllegalMove)
    assert refusal.from_ is Status.SHIPPING
    await awb_voided(session, shipment.id)
    order = await move(session, order, Status.CANCELLED)
    assert (order.status, await level(session, mug.id)) == (Status.CANCELLED, (1, 0))


@pytest.mark.spec("ORD-4")
async def test_a_held_order_whose_parcel_left_meanwhile_is_not_cancelled(session: AsyncSession) -> None:
    order = await make_confirmed_order(session)
    account = await make_account(session, starts=ShippingStarts.FIRST_SCAN)
    shipment = await make_shipment(session, await make_packed(session, order), account)
    order = await move(session, order, Status.ON_HOLD)
    await start_shipping(session, OPERATOR, await order_for_update(session, order.id), shipment)
    await session.flush()
    refusal = await refused(session, order, Status.CANCELLED, IllegalMove)
    assert refusal.legal_moves == (Status.SHIPPING,)
    order = await move(session, order, Status.SHIPPING)
    assert (order.status, order.held_from) == (Status.SHIPPING, None)
