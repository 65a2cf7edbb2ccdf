"""Confirming: stock is reserved or its lack is said; the delivery note and the invoice follow, once."""

from decimal import Decimal

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import InvoiceAt, PaymentKind
from domain.flows.move import MoveOrder, move_order
from domain.flows.pay import RecordPayment, pay_order
from domain.flows.place import NewLine, NewOrder, place_orders
from domain.fulfilment.models import DeliveryNote, DeliveryNoteLine
from domain.invoicing.models import Invoice
from domain.kernel.money import Money
from domain.kernel.outbox import OutboxRow
from domain.kernel.refusals import StaleVersion
from domain.orders.counts import shown_counts, true_counts
from domain.orders.errors import IllegalMove, NotApproved, PaymentMissing
from domain.orders.models import Order, PaymentState
from domain.orders.status import Status
from domain.stock.errors import MissingStock, StockMissing
from domain.stock.models import Reservation
from tests.domain.flows.moving import history, kinds, level, move, proven, refused
from tests.support.builders import OPERATOR, add_stock, make_channel, make_order, make_variant, new_line


@pytest.mark.spec("ORD-4")
@pytest.mark.spec("STK-2")
async def test_confirming_reserves_every_line_and_says_so(session: AsyncSession) -> None:
    mug, cup = await make_variant(session, "MUG", stock=5), await make_variant(session, "CUP", stock=2)
    order = await make_order(session, [(mug, 2), (cup, 2), (mug, 1)])
    order = await move(session, order, Status.CONFIRMED, reason="checked")
    assert (order.status, order.version) == (Status.CONFIRMED, 2)
    assert order.confirmed_at is not None
    assert (await level(session, mug.id), await level(session, cup.id)) == ((5, 3), (2, 2))
    reserved = await session.scalars(select(Reservation.quantity).where(Reservation.order_id == order.id))
    assert sorted(reserved) == [1, 2, 2]
    _, stock, status = await history(session, order)
    assert (stock.kind, stock.data["without_stock"]) == ("stock_reserved", [])
    assert (status.kind, status.actor, status.reason) == ("status_changed", OPERATOR.label, "checked")
    assert status.data == {"from": 0, "to": 3}
    events = await session.scalars(
        select(OutboxRow.payload).where(OutboxRow.aggregate == f"order:{order.id}").order_by(OutboxRow.id)
    )
    assert [(event["event"], event["seq"]) for event in events] == [
        ("order_created", 1),
        ("stock_reserved", 2),
        ("status_changed", 3),
    ]
    assert await shown_counts(session) == await true_counts(session)
    assert (await session.scalars(select(Invoice))).all() == []
    assert (await session.scalars(select(DeliveryNote))).all() == []


@pytest.mark.spec("STK-2")
@pytest.mark.spec("STK-3")
@pytest.mark.parametrize("status", [Status.DRAFT, Status.PROCESSING, Status.PAID])
async def test_without_stock_confirming_leads_to_stock_unavailable_and_names_what_is_missing(
    session: AsyncSession, status: Status
) -> None:
    mug, cup = await make_variant(session, "MUG", stock=5), await make_variant(session, "CUP", stock=1)
    channel = await make_channel(session, invoice_at=InvoiceAt.CONFIRMATION, auto_delivery_note=True)
    order = await make_order(session, [(mug, 1), (cup, 2)], channel=channel, status=status)
    order = await move(session, order, Status.CONFIRMED)
    assert (order.status, order.confirmed_at) == (Status.STOCK_UNAVAILABLE, None)
    assert order.shortages == [{"sku": "CUP", "ordered": "2.000", "available": "1.000"}]
    assert (await history(session, order))[-1].data == {
        "from": int(status),
        "to": 16,
        "wanted": 3,
        "missing": order.shortages,
    }
    assert (await level(session, mug.id), await level(session, cup.id)) == ((5, 0), (1, 0))
    assert (await session.scalars(select(Invoice))).all() == []
    assert (await session.scalars(select(DeliveryNote))).all() == []


@pytest.mark.spec("STK-3")
async def test_from_stock_unavailable_it_is_refused_until_the_goods_are_there(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=1)
    order = await make_order(session, [(mug, 2)])
    order = await move(session, order, Status.CONFIRMED)
    refusal = await refused(session, order, Status.CONFIRMED, StockMissing)
    assert refusal.missing == (MissingStock("MUG", Decimal(2), Decimal(1)),)
    assert refusal.code == "STOCK_MISSING"
    await add_stock(session, mug, 1)
    order = await move(session, order, Status.CONFIRMED)
    assert (order.status, order.shortages) == (Status.CONFIRMED, None)
    assert await level(session, mug.id) == (2, 2)


@pytest.mark.spec("STK-3")
async def test_ready_is_refused_without_stock_and_reserves_with_it(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG")
    order = await make_order(session, [(mug, 1)], status=Status.PAID)
    assert (await refused(session, order, Status.READY, StockMissing)).missing[0].sku == "MUG"
    await add_stock(session, mug, 1)
    order = await move(session, order, Status.READY)
    assert (order.status, await level(session, mug.id)) == (Status.READY, (1, 1))
    order = await move(session, order, Status.CONFIRMED)
    assert (order.status, await level(session, mug.id)) == (Status.CONFIRMED, (1, 1))


@pytest.mark.spec("ORD-4")
async def test_ready_after_confirmed_runs_no_effect_again(session: AsyncSession) -> None:
    channel = await make_channel(session, invoice_at=InvoiceAt.CONFIRMATION, auto_delivery_note=True)
    order = await make_order(session, channel=channel)
    order = await move(session, order, Status.CONFIRMED)
    confirmed_at = order.confirmed_at
    for to in (Status.READY, Status.CONFIRMED, Status.READY):
        order = await move(session, order, to)
    assert order.confirmed_at == confirmed_at
    assert await session.scalar(select(func.count()).select_from(Invoice)) == 1
    assert await session.scalar(select(func.count()).select_from(DeliveryNote)) == 1
    assert await session.scalar(select(func.count()).select_from(Reservation)) == 1


@pytest.mark.spec("APR-3")
@pytest.mark.parametrize("approve_status", [0, -1])
async def test_an_order_that_is_not_approved_is_not_confirmed(session: AsyncSession, approve_status: int) -> None:
    order = await make_order(session, approve_status=approve_status)
    refusal = await refused(session, order, Status.CONFIRMED, NotApproved)
    assert (refusal.code, "orders.approve" in refusal.message) == ("NOT_APPROVED", True)


@pytest.mark.spec("ORD-7")
async def test_a_stale_version_is_refused(session: AsyncSession) -> None:
    order = await make_order(session)
    refusal = await refused(session, order, Status.CONFIRMED, StaleVersion, expected_version=2)
    assert (refusal.expected, refusal.current_version) == (2, 1)


@pytest.mark.spec("ORD-3")
async def test_confirming_twice_is_illegal_the_second_time(session: AsyncSession) -> None:
    order = await move(session, await make_order(session), Status.CONFIRMED)
    refusal = await refused(session, order, Status.CONFIRMED, IllegalMove)
    assert (refusal.from_, refusal.to) == (Status.CONFIRMED, Status.CONFIRMED)
    assert refusal.legal_moves == (Status.CANCELLED, Status.ON_HOLD, Status.READY, Status.STOCK_UNAVAILABLE)


@pytest.mark.spec("FUL-1")
@pytest.mark.spec("INV-1")
@pytest.mark.spec("ORD-4")
async def test_the_channel_decides_on_invoice_and_delivery_note_at_confirmation(session: AsyncSession) -> None:
    channel = await make_channel(session, invoice_at=InvoiceAt.CONFIRMATION, auto_delivery_note=True)
    order = await move(session, await make_order(session, 2, channel=channel), Status.CONFIRMED)
    assert await kinds(session, order) == [
        "order_created",
        "stock_reserved",
        "status_changed",
        "delivery_note_created",
        "invoice_issued",
    ]
    quantities = await session.scalars(select(DeliveryNoteLine.quantity))
    assert list(quantities) == [1, 1]
    invoice = (await session.scalars(select(Invoice))).one()
    assert (invoice.total, invoice.display_number) == (order.total, "INV-1")


@pytest.mark.spec("ORD-4")
async def test_a_prepaid_order_is_confirmed_unpaid_and_its_automatic_delivery_note_waits_for_the_payment(
    session: AsyncSession,
) -> None:
    channel = await make_channel(session, auto_delivery_note=True)
    order = await make_order(session, channel=channel, payment_kind=PaymentKind.PREPAID)
    order = await move(session, order, Status.CONFIRMED)
    assert "delivery_note_created" not in await kinds(session, order)
    await pay_order(session, OPERATOR, RecordPayment(order_id=order.id, amount=order.total - 1))
    assert "delivery_note_created" not in await kinds(session, order)
    await pay_order(session, OPERATOR, RecordPayment(order_id=order.id, amount=Decimal(1)))
    order = await proven(session, order)
    assert order.payment_state is PaymentState.PAID
    assert (await kinds(session, order))[-2:] == ["payment_recorded", "delivery_note_created"]


@pytest.mark.spec("ORD-4")
async def test_pending_payment_ends_with_the_payment_in_full_and_not_before(session: AsyncSession) -> None:
    order = await move(session, await make_order(session), Status.PENDING_PAYMENT)
    refusal = await refused(session, order, Status.PAID, PaymentMissing)
    assert refusal.due == Money(order.total, "RON")
    await refused(session, order, Status.CONFIRMED, IllegalMove)
    await pay_order(session, OPERATOR, RecordPayment(order_id=order.id, amount=Decimal("21.00")))
    assert (await proven(session, order)).status is Status.PENDING_PAYMENT
    await pay_order(session, OPERATOR, RecordPayment(order_id=order.id, amount=order.total - 21))
    order = await proven(session, order)
    assert (order.status, order.payment_state) == (Status.PAID, PaymentState.PAID)
    moved = (await history(session, order))[-1]
    assert (moved.kind, moved.actor, moved.reason) == ("status_changed", "system", "paid in full")


@pytest.mark.spec("ORD-11")
async def test_a_test_order_reserves_and_invoices_nothing(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=0)
    channel = await make_channel(session, invoice_at=InvoiceAt.CONFIRMATION, auto_delivery_note=True)
    order = await make_order(session, [(mug, 3)], channel=channel, test=True)
    order = await move(session, order, Status.CONFIRMED)
    assert order.status is Status.CONFIRMED
    assert await kinds(session, order) == ["order_created", "stock_not_reserved", "status_changed"]
    assert (await session.scalars(select(Reservation))).all() == []
    assert (await session.scalars(select(Invoice))).all() == []


@pytest.mark.spec("STK-2")
async def test_a_line_of_no_variant_needs_no_stock_and_history_says_so(session: AsyncSession) -> None:
    channel = await make_channel(session)
    mug = await make_variant(session, "MUG", stock=1)
    service = NewLine(
        name="Engraving", quantity=Decimal(1), unit_price=Decimal(5), subtotal=Decimal(5), total=Decimal(5)
    )
    new = NewOrder(channel_id=channel.id, currency="RON", lines=[new_line(mug), service])
    [order] = await place_orders(session, OPERATOR, [new])
    order = await move(session, order, Status.CONFIRMED)
    entry = (await history(session, order))[1]
    assert entry.data == {"lines": {"MUG": "1.000"}, "without_stock": ["Engraving"]}


async def test_the_largest_order_is_confirmed_in_a_constant_number_of_statements(session: AsyncSession) -> None:
    counts = []
    engine = session.get_bind()
    for lines in (1, 30):
        order = await make_order(session, lines)
        session.expunge_all()
        seen: list[str] = []

        def note(_c: object, _cur: object, statement: str, *_: object, seen: list[str] = seen) -> None:
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.CONFIRMED))
            await session.flush()
        finally:
            event.remove(engine, "before_cursor_execute", note)
        counts.append(len(seen))
    assert counts == [10, 10]


async def test_orders_of_other_customers_are_left_alone(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=2)
    first, second = [await make_order(session, [(mug, 1)]) for _ in range(2)]
    await move(session, first, Status.CONFIRMED)
    untouched = await session.get_one(Order, second.id, populate_existing=True)
    assert (untouched.status, untouched.version, untouched.history_seq) == (Status.DRAFT, 1, 1)
    assert await level(session, mug.id) == (2, 1)
