"""Partial delivery: what there is is confirmed, the rest waits, comes, or is cancelled."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import InvoiceAt, PaymentKind
from domain.discounts.models import Formal
from domain.flows.cancel_rest import cancel_rest
from domain.flows.confirm_part import ConfirmPart, confirm_partly, confirm_rest
from domain.flows.create_order import CreateOrder, OrderCustomer, OrderedLine, create_order
from domain.flows.duplicate_order import DuplicateOrder, Prices, duplicate_order
from domain.flows.fulfil import create_delivery_note
from domain.flows.pay import RecordPayment, pay_order
from domain.flows.ship import RequestAwb, request_awb
from domain.flows.track import apply_tracking
from domain.flows.void import awb_voided
from domain.fulfilment.models import DeliveryNoteLine
from domain.invoicing.models import Invoice, InvoiceKind
from domain.kernel.money import ZERO, Money
from domain.kernel.refusals import Invalid, Refusal, StaleVersion
from domain.orders.errors import IllegalMove, NotApproved
from domain.orders.models import FulfilmentState, Order, PaymentState
from domain.orders.queries import order_for_update
from domain.orders.status import Status
from domain.procurement.models import ProcurementRequest, RequestState
from domain.shipping.models import CourierAccount, Shipment, ShipmentStatus
from domain.stock.errors import MissingStock, StockMissing
from domain.stock.models import BackOrder
from tests.domain.flows.moving import history, kinds, level, move, proven
from tests.domain.flows.test_track_and_void import scan
from tests.support.builders import OPERATOR, add_stock, make_channel, make_order, make_variant
from tests.support.discounts import accounted, log_of, make_rule
from tests.support.shipping import make_account, make_packed, make_shipment
from tests.support.snapshot import snapshot
from tests.support.statements import counting

pytestmark = pytest.mark.spec("STK-5")


def of(order: Order, reason: str | None = None, version: int | None = None) -> ConfirmPart:
    return ConfirmPart(order_id=order.id, reason=reason, expected_version=version)


async def partly(session: AsyncSession, order: Order) -> Order:
    await confirm_partly(session, OPERATOR, of(order))
    return await proven(session, order)


async def rests(session: AsyncSession) -> list[Decimal]:
    await session.flush()
    return list(await session.scalars(select(BackOrder.quantity).order_by(BackOrder.order_line_id)))


async def requests(session: AsyncSession) -> list[RequestState]:
    return list(await session.scalars(select(ProcurementRequest.state).order_by(ProcurementRequest.number)))


async def noted(session: AsyncSession) -> list[Decimal]:
    return list(await session.scalars(select(DeliveryNoteLine.quantity).order_by(DeliveryNoteLine.order_line_id)))


async def barred(session: AsyncSession, act: Any, order: Order, refusal: type[Refusal], **how: Any) -> Any:
    before = await snapshot(session)
    with pytest.raises(refusal) as raised:
        async with session.begin_nested():
            await act(session, OPERATOR, of(order, **how))
    assert await snapshot(session) == before
    return raised.value


@pytest.mark.parametrize("status", [Status.DRAFT, Status.PROCESSING, Status.PAID, Status.STOCK_UNAVAILABLE])
async def test_what_there_is_is_reserved_and_the_rest_waits(session: AsyncSession, status: Status) -> None:
    mug, cup = await make_variant(session, "MUG", stock=2), await make_variant(session, "CUP", stock=5)
    order = await make_order(session, [(mug, 3), (cup, 1), (mug, 2)], status=status)
    order = await partly(session, order)
    assert (order.status, order.confirmed_at is None, order.shortages) == (Status.CONFIRMED, False, None)
    assert (await level(session, mug.id), await level(session, cup.id)) == ((2, 2), (5, 1))
    assert await rests(session) == [1, 2]
    entries = {entry.kind: entry.data for entry in await history(session, order)}
    assert entries["stock_reserved"] == {"lines": {"MUG": "2.000", "CUP": "1.000"}, "without_stock": []}
    assert entries["back_ordered"]["lines"] == {"MUG": "3.000"}
    assert await requests(session) == [RequestState.OPEN]


async def test_the_delivery_note_is_of_what_is_reserved(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=2)
    channel = await make_channel(session, auto_delivery_note=True, invoice_at=InvoiceAt.CONFIRMATION)
    order = await partly(session, await make_order(session, [(mug, 3)], channel=channel))
    assert await noted(session) == [2]
    invoice = (await session.scalars(select(Invoice))).one()
    assert invoice.total == order.total
    with pytest.raises(Invalid) as refusal:
        await create_delivery_note(session, OPERATOR, order)
    assert refusal.value.problems[0].code == "NOTHING_LEFT"
    await add_stock(session, mug, 1)
    await confirm_rest(session, OPERATOR, of(order))
    order = await proven(session, order)
    assert sorted(await noted(session)) == [1, 2]
    assert await rests(session) == []


async def test_with_all_goods_there_it_confirms_as_usual(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=3)
    order = await partly(session, await make_order(session, [(mug, 3)]))
    assert (order.status, await rests(session), await requests(session)) == (Status.CONFIRMED, [], [])
    assert await kinds(session, order) == ["order_created", "stock_reserved", "status_changed"]


async def test_a_test_order_reserves_nothing(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG")
    order = await partly(session, await make_order(session, [(mug, 3)], test=True))
    assert (order.status, await rests(session)) == (Status.CONFIRMED, [])


async def test_who_cannot_be_confirmed_partly(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG")
    cup = await make_variant(session, "CUP", stock=1)
    nothing = await make_order(session, [(mug, 3)])
    assert (await barred(session, confirm_partly, nothing, StockMissing)).missing == (
        MissingStock("MUG", Decimal(3), Decimal(0)),
    )
    held = await make_order(session, [(cup, 3)], approve_status=0)
    await barred(session, confirm_partly, held, NotApproved)
    stale = await make_order(session, [(cup, 3)])
    await barred(session, confirm_partly, stale, StaleVersion, version=9)
    done = await partly(session, stale)
    await barred(session, confirm_partly, done, IllegalMove)


async def test_the_rest_is_reserved_as_it_comes_and_the_request_ends(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=1)
    order = await partly(session, await make_order(session, [(mug, 4)]))
    assert (await barred(session, confirm_rest, order, StockMissing)).missing == (
        MissingStock("MUG", Decimal(3), Decimal(0)),
    )
    await add_stock(session, mug, 1)
    version = order.version
    await confirm_rest(session, OPERATOR, of(order, version=version))
    order = await proven(session, order)
    assert (order.version, await rests(session), await requests(session)) == (version + 1, [2], [RequestState.OPEN])
    await add_stock(session, mug, 9)
    await confirm_rest(session, OPERATOR, of(order))
    await proven(session, order)
    assert (await level(session, mug.id), await rests(session)) == ((11, 4), [])
    assert await requests(session) == [RequestState.CANCELLED]
    assert (await barred(session, confirm_rest, order, Invalid)).problems[0].code == "NOTHING_WAITS"


async def test_cancelling_the_rest_leaves_what_is_there_with_its_amounts_and_invoice(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", price="33.33", stock=1)
    cup = await make_variant(session, "CUP", price="10", stock=1)
    channel = await make_channel(session, invoice_at=InvoiceAt.CONFIRMATION)
    order = await make_order(session, [(mug, 3), (cup, 1)], channel=channel, payment_kind=PaymentKind.ON_ACCOUNT)
    order = await partly(session, order)
    await pay_order(session, OPERATOR, RecordPayment(order_id=order.id, amount=Decimal("52.43")))
    assert (await proven(session, order)).payment_state is PaymentState.PARTLY_PAID
    assert (await barred(session, cancel_rest, order, Invalid, reason=" ")).problems[0].code == "MISSING"
    await cancel_rest(session, OPERATOR, of(order, "no longer made"))
    order = await proven(session, order)
    assert [(line.quantity, line.subtotal, line.tax, line.total) for line in order.lines] == [
        (1, Decimal("33.33"), Decimal("7.00"), Decimal("40.33")),
        (1, Decimal("10.00"), Decimal("2.10"), Decimal("12.10")),
    ]
    assert (order.total, order.payment_state) == (Decimal("52.43"), PaymentState.PAID)
    invoices = (await session.scalars(select(Invoice).order_by(Invoice.issued_at, Invoice.id))).all()
    assert [(one.kind, one.total) for one in invoices] == [
        (InvoiceKind.INVOICE, Decimal("133.09")),
        (InvoiceKind.CREDIT_NOTE, Decimal("-133.09")),
        (InvoiceKind.INVOICE, Decimal("52.43")),
    ]
    assert (await rests(session), await requests(session)) == ([], [RequestState.CANCELLED])
    assert await level(session, mug.id) == (1, 1)


@pytest.mark.spec("DSC-3")
async def test_cancelling_the_rest_takes_its_share_of_the_discounts_out_of_the_log(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", price="33.33", stock=1)
    cup = await make_variant(session, "CUP", price="10", stock=1)
    await make_rule(session, "10")
    await make_rule(session, "7.77", formal=Formal.AMOUNT)
    channel = await make_channel(session, connector="manual")
    lines = [OrderedLine("MUG", Decimal(3)), OrderedLine("CUP", Decimal(1)), OrderedLine("MUG", Decimal(3))]
    command = CreateOrder(channel=channel.slug, lines=lines, customer=OrderCustomer(name="Ana"))
    order = await partly(session, await accounted(session, (await create_order(session, OPERATOR, command)).id))
    whole = order.discount_total
    await cancel_rest(session, OPERATOR, of(order, "no longer made"))
    order = await accounted(session, order.id)
    assert [line.quantity for line in order.lines] == [1, 1, 0]
    assert ZERO < order.discount_total < whole
    for step in await log_of(session, order):
        assert step.original - step.saved == step.after
    assert {step.quantity for step in await log_of(session, order)} == {ZERO, Decimal(1)}
    assert {cup.sku, mug.sku} == {step.sku for step in await log_of(session, order)}


async def test_cancelling_or_finding_it_short_ends_the_waiting(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=2)
    for to in (Status.STOCK_UNAVAILABLE, Status.CANCELLED):
        order = await partly(session, await make_order(session, [(mug, 3)]))
        order = await move(session, order, to)
        assert (await rests(session), await level(session, mug.id)) == ([], (2, 0))
    await move(session, await _first(session), Status.CANCELLED)
    assert await requests(session) == [RequestState.CANCELLED]


async def _first(session: AsyncSession) -> Order:
    return (await session.scalars(select(Order).where(Order.status == Status.STOCK_UNAVAILABLE))).one()


async def test_on_hold_the_rest_is_left_alone(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=1)
    order = await partly(session, await make_order(session, [(mug, 3)]))
    order = await move(session, order, Status.ON_HOLD, reason="the buyer is away")
    await barred(session, confirm_rest, order, IllegalMove)
    assert (await barred(session, cancel_rest, order, IllegalMove, reason="gone")).path == ("id",)
    order = await move(session, order, Status.CONFIRMED)
    assert (await rests(session), order.fulfilment_state) == ([2], FulfilmentState.NONE)


@pytest.mark.spec("FUL-5")
@pytest.mark.parametrize("comes", [True, False])
async def test_an_order_is_delivered_when_nothing_of_it_is_back_ordered(session: AsyncSession, comes: bool) -> None:
    mug = await make_variant(session, "MUG", stock=1)
    account = await make_account(session)
    order = await partly(session, await make_order(session, [(mug, 3)]))
    await ship(session, order, account, "AWB-1")
    order = await proven(session, order)
    assert (order.status, order.fulfilment_state) == (Status.SHIPPING, FulfilmentState.PARTIAL)
    if comes:
        await add_stock(session, mug, 2)
        await confirm_rest(session, OPERATOR, of(order))
        await ship(session, order, account, "AWB-2")
    else:
        await cancel_rest(session, OPERATOR, of(order, "no longer made"))
    order = await proven(session, order)
    assert (order.status, order.fulfilment_state) == (Status.DELIVERED, FulfilmentState.FULL)
    assert await level(session, mug.id) == (0, 0)


async def ship(session: AsyncSession, order: Order, account: CourierAccount, awb: str) -> None:
    order = await order_for_update(session, order.id)
    shipment = await make_shipment(session, await make_packed(session, order), account, awb)
    await apply_tracking(session, shipment.id, [scan(1, ShipmentStatus.DELIVERED, final=True)])


async def half_shipped(session: AsyncSession) -> tuple[Order, Shipment]:
    """One of three mugs was sent, with an AWB that collects what is due of all three."""
    mug = await make_variant(session, "MUG", price="100", stock=1)
    order = await partly(session, await make_order(session, [(mug, 3)], payment_kind=PaymentKind.ON_DELIVERY))
    order = await order_for_update(session, order.id)
    shipment = await make_shipment(session, await make_packed(session, order), await make_account(session))
    assert shipment.cod_amount == order.total == Decimal("363.00")
    return order, shipment


@pytest.mark.spec("FUL-4")
async def test_the_rest_is_not_cancelled_under_an_awb_that_collects_it(session: AsyncSession) -> None:
    order, shipment = await half_shipped(session)
    problem = (await barred(session, cancel_rest, order, Invalid, reason="no longer made")).problems[0]
    assert (problem.path, problem.code) == (("id",), "HAS_AWB")
    assert "AWB-1 collects 363.00 RON, and only 121.00" in problem.message
    await awb_voided(session, shipment.id)
    await cancel_rest(session, OPERATOR, of(order, "no longer made"))
    order = await proven(session, order)
    again = await request_awb(
        session, OPERATOR, RequestAwb(packing_list_id=shipment.packing_list_id, account="courier")
    )
    assert again.cod_amount == order.total == Decimal("121.00")


@pytest.mark.spec("FUL-4")
async def test_what_a_parcel_on_its_way_collects_too_much_is_told(session: AsyncSession) -> None:
    order, shipment = await half_shipped(session)
    await apply_tracking(session, shipment.id, [scan(1, ShipmentStatus.IN_TRANSIT)])
    await cancel_rest(session, OPERATOR, of(order, "no longer made"))
    assert (await proven(session, order)).total == Decimal("121.00")
    await session.refresh(shipment)
    assert shipment.attention is not None
    assert "121.00 RON is due, and 363.00 is collected" in shipment.attention


async def test_an_awb_that_collects_no_more_than_is_left_is_no_hindrance(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", price="100", stock=1)
    order = await partly(session, await make_order(session, [(mug, 3)], payment_kind=PaymentKind.ON_DELIVERY))
    order = await order_for_update(session, order.id)
    packed, account = await make_packed(session, order), await make_account(session)
    shipment = await make_shipment(session, packed, account, cash_on_delivery=Money(Decimal(121), "RON"))
    await cancel_rest(session, OPERATOR, of(order, "no longer made"))
    assert shipment.attention is None


@pytest.mark.parametrize(
    ("unit_price", "discount", "tax", "left"),
    [
        ("0.03", "0", "0.02", ("0.03", "0.00", "0.01")),  # price and rate as before
        ("0.13", "0.09", "0.06", ("0.13", "0.03", "0.02")),
        ("0.13", "0.39", "0.00", ("0.13", "0.13", "0.00")),
        ("10", "0", "0", ("10.00", "0.00", "0.00")),  # a store that asks no tax: its share
    ],
)
async def test_what_is_left_of_a_line_is_taxed_at_its_rate(
    session: AsyncSession, unit_price: str, discount: str, tax: str, left: tuple[str, str, str]
) -> None:
    mug = await make_variant(session, "MUG", price=unit_price, stock=1)
    order = await make_order(session, [(mug, 3)])
    line = order.lines[0]
    line.discount, line.tax = Decimal(discount), Decimal(tax)
    line.total = line.subtotal - line.discount + line.tax
    order.discount_total, order.tax_total, order.total = line.discount, line.tax, line.total
    await session.flush()
    await confirm_partly(session, OPERATOR, of(order))
    await cancel_rest(session, OPERATOR, of(order, "no longer made"))
    line = (await order_for_update(session, order.id, lines=True)).lines[0]
    assert (line.subtotal, line.discount, line.tax) == tuple(map(Decimal, left))
    assert line.total == line.subtotal - line.discount + line.tax


@pytest.mark.parametrize("prices", list(Prices))
async def test_a_line_that_was_cancelled_whole_is_on_no_invoice_and_in_no_copy(
    session: AsyncSession, prices: Prices
) -> None:
    mug, cup = await make_variant(session, "MUG"), await make_variant(session, "CUP", stock=1)
    channel = await make_channel(session, connector="manual", invoice_at=InvoiceAt.CONFIRMATION)
    order = await partly(session, await make_order(session, [(mug, 3), (cup, 1)], channel=channel))
    await cancel_rest(session, OPERATOR, of(order, "no longer made"))
    order = await proven(session, order)
    assert [line.quantity for line in order.lines] == [0, 1]
    invoice = (
        await session.scalars(select(Invoice).where(Invoice.kind == InvoiceKind.INVOICE, Invoice.credited.is_(False)))
    ).one()
    assert [line["sku"] for line in invoice.lines] == ["CUP"]
    copy = await duplicate_order(session, OPERATOR, DuplicateOrder(order_id=order.id, prices=prices))
    copy = await order_for_update(session, copy.id, lines=True)
    assert [(line.sku, line.quantity) for line in copy.lines] == [("CUP", 1)]


async def test_reserving_in_parts_takes_as_many_statements_for_many_lines(session: AsyncSession) -> None:
    counts = []
    for size in (3, 24):
        variants = [await make_variant(session, stock=1) for _ in range(size)]
        order = await make_order(session, [(variant, 3) for variant in variants])
        session.expunge_all()
        with counting(session) as first:
            await confirm_partly(session, OPERATOR, of(order))
            await session.flush()
        for place, variant in enumerate(variants):
            await add_stock(session, variant, 1 + place % 2)
        session.expunge_all()
        with counting(session) as second:
            await confirm_rest(session, OPERATOR, of(order))
            await session.flush()
        counts.append((len(first), len(second)))
        await proven(session, order)
    assert counts[0] == counts[1]
    assert sorted({rest.normalize() for rest in await rests(session)}) == [1]
