"""On hold: where it came from, why, and back there only; the reservation is kept."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar.rules import USUAL
from domain.catalog.models import Variant
from domain.channels.models import Channel, InvoiceAt
from domain.flows.edit_lines import EditedContents, EditedLine
from domain.flows.edit_order import EditOrder, edit_order
from domain.flows.expire_holds import expire_hold, expired_holds
from domain.flows.move import MoveOrder, move_order
from domain.kernel.clock import utc_now
from domain.orders.errors import IllegalMove
from domain.orders.models import Order
from domain.orders.status import Status
from domain.procurement.models import ProcurementRequest, RequestState
from domain.reads.aging import OrderAging, aging
from domain.reads.back_orders import BackOrderFilter, back_orders_page
from domain.reads.keyset import Window
from domain.shipping.models import ShippingStarts
from tests.domain.flows.moving import history, kinds, level, move, proven, refused
from tests.support.builders import OPERATOR, add_stock, make_channel, make_order, make_variant
from tests.support.shipping import make_account, make_confirmed_order, make_packed, make_shipment


@pytest.mark.spec("ORD-3")
@pytest.mark.spec("ORD-4")
@pytest.mark.parametrize(
    "status", [Status.DRAFT, Status.PROCESSING, Status.PENDING_PAYMENT, Status.PAID, Status.STOCK_UNAVAILABLE]
)
async def test_a_hold_resumes_where_it_came_from_and_nowhere_else(session: AsyncSession, status: Status) -> None:
    order = await make_order(session, status=status)
    order = await move(session, order, Status.ON_HOLD, reason="address unclear")
    assert (order.status, order.held_from) == (Status.ON_HOLD, status)
    assert (await history(session, order))[-1].reason == "address unclear"
    elsewhere = Status.PROCESSING if status is not Status.PROCESSING else Status.DRAFT
    refusal = await refused(session, order, elsewhere, IllegalMove)
    assert set(refusal.legal_moves) == {status, Status.CANCELLED}
    order = await move(session, order, status)
    assert (order.status, order.held_from) == (status, None)


@pytest.mark.spec("ORD-4")
async def test_a_held_order_keeps_its_reservation_and_resuming_confirms_nothing_again(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=3)
    channel = await make_channel(session, invoice_at=InvoiceAt.CONFIRMATION, auto_delivery_note=True)
    order = await move(session, await make_order(session, [(mug, 2)], channel=channel), Status.CONFIRMED)
    before = len(await history(session, order))
    order = await move(session, order, Status.ON_HOLD)
    assert await level(session, mug.id) == (3, 2)
    order = await move(session, order, Status.CONFIRMED)
    assert await level(session, mug.id) == (3, 2)
    assert [entry.kind for entry in (await history(session, order))[before:]] == ["status_changed", "status_changed"]


@pytest.mark.spec("ORD-4")
async def test_a_held_order_is_cancelled_with_all_that_it_kept(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=3)
    order = await move(session, await make_order(session, [(mug, 2)]), Status.CONFIRMED)
    order = await move(session, order, Status.ON_HOLD)
    order = await move(session, order, Status.CANCELLED)
    assert (order.status, order.held_from, await level(session, mug.id)) == (Status.CANCELLED, None, (3, 0))


async def held(session: AsyncSession, channel: Channel, *, hours: float, quantity: int = 2, stock: int = 3) -> Order:
    """An order with goods of its own variant, confirmed, and on hold for so many hours."""
    mug = await make_variant(session, stock=stock)
    order = await move(session, await make_order(session, [(mug, quantity)], channel=channel), Status.CONFIRMED)
    order = await move(session, order, Status.ON_HOLD, reason="address unclear")
    order.status_since = utc_now() - timedelta(hours=hours)
    await session.flush()
    return order


async def variant_of(session: AsyncSession, order: Order) -> object:
    return (await proven(session, order)).lines[0].variant_id


@pytest.mark.spec("ORD-4")
async def test_a_hold_that_lasts_too_long_loses_its_reservation_and_nothing_else(session: AsyncSession) -> None:
    channel = await make_channel(session, hold_expiry_hours=48, auto_delivery_note=True)
    old = await held(session, channel, hours=48.1)
    young = await held(session, channel, hours=47.9)
    forever = await held(session, await make_channel(session), hours=10_000)
    version, before = old.version, len(await history(session, old))
    assert await expired_holds(session) == [old.id]
    for order in (old, young, forever):
        assert await expire_hold(session, order.id) is (order is old)
    assert await expired_holds(session) == []
    assert await expire_hold(session, old.id) is False
    for order, reserved in ((old, 0), (young, 2), (forever, 2)):
        assert await level(session, await variant_of(session, order)) == (3, reserved)
    old = await proven(session, old)
    assert (old.status, old.held_from, old.version) == (Status.ON_HOLD, Status.CONFIRMED, version)
    entries = (await history(session, old))[before:]
    assert [entry.kind for entry in entries] == ["reservation_expired", "delivery_note_voided"]
    assert (entries[0].actor, entries[0].reason) == ("system", "on hold for more than 48 hours")
    assert list(entries[0].data["lines"].values()) == ["2.000"]


@pytest.mark.spec("ORD-4")
@pytest.mark.parametrize("status", [Status.CONFIRMED, Status.READY])
async def test_resumed_after_its_reservation_expired_it_reserves_again(session: AsyncSession, status: Status) -> None:
    channel = await make_channel(
        session, hold_expiry_hours=1, auto_delivery_note=True, invoice_at=InvoiceAt.CONFIRMATION
    )
    order = await held(session, channel, hours=2)
    order.held_from = status
    await session.flush()
    await expire_hold(session, order.id)
    before = len(await history(session, order))
    order = await move(session, order, status)
    assert (order.status, order.held_from, order.reservation_expired_at) == (status, None, None)
    assert await level(session, await variant_of(session, order)) == (3, 2)
    assert (await kinds(session, order))[before:] == ["stock_reserved", "status_changed", "delivery_note_created"]


@pytest.mark.spec("ORD-4")
@pytest.mark.spec("STK-2")
async def test_resumed_when_others_have_its_goods_it_says_what_is_missing(session: AsyncSession) -> None:
    order = await held(session, await make_channel(session, hold_expiry_hours=1), hours=2)
    await expire_hold(session, order.id)
    [line] = (await proven(session, order)).lines
    other = await make_order(session, [(await session.get_one(Variant, line.variant_id), 2)])
    await move(session, other, Status.CONFIRMED)
    order = await move(session, order, Status.CONFIRMED)
    assert (order.status, order.held_from) == (Status.STOCK_UNAVAILABLE, None)
    assert order.shortages == [{"sku": line.sku, "ordered": "2.000", "available": "1.000"}]
    await move(session, other, Status.CANCELLED)
    order = await move(session, order, Status.CONFIRMED)
    assert order.status is Status.CONFIRMED
    assert await level(session, line.variant_id) == (3, 2)


@pytest.mark.spec("ORD-4")
async def test_cancelled_after_its_reservation_expired_it_frees_nothing_twice(session: AsyncSession) -> None:
    order = await held(session, await make_channel(session, hold_expiry_hours=1), hours=2)
    await expire_hold(session, order.id)
    order = await move(session, order, Status.CANCELLED)
    assert await level(session, await variant_of(session, order)) == (3, 0)


@pytest.mark.spec("ORD-4")
async def test_goods_that_have_an_awb_are_kept_however_long_the_hold_lasts(session: AsyncSession) -> None:
    order = await make_confirmed_order(session, lines=[(await make_variant(session, stock=10), 2)])
    await make_shipment(
        session,
        await make_packed(session, order),
        await make_account(session, starts=ShippingStarts.FIRST_SCAN),
    )
    (await session.get_one(Channel, order.channel_id)).hold_expiry_hours = 1
    await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.ON_HOLD))
    order.status_since = utc_now() - timedelta(hours=2)
    await session.flush()
    assert await expired_holds(session) == []
    assert await expire_hold(session, order.id) is False


async def asked_for(session: AsyncSession) -> dict[str, RequestState]:
    rows = await session.execute(
        select(Variant.sku, ProcurementRequest.state).join(Variant, Variant.id == ProcurementRequest.variant_id)
    )
    return {row[0]: row[1] for row in rows}


@pytest.mark.spec("STK-3")
async def test_an_order_that_is_edited_while_it_is_held_lacks_what_it_is_now(session: AsyncSession) -> None:
    cup, mug = await make_variant(session, "CUP"), await make_variant(session, "MUG")
    order = await move(session, await make_order(session, [(cup, 5)]), Status.CONFIRMED)
    order = await move(session, order, Status.ON_HOLD)
    lines = [EditedLine(sku="MUG", quantity=Decimal(2))]
    await edit_order(session, OPERATOR, EditOrder(order_id=order.id, contents=EditedContents(lines=lines)))
    order = await proven(session, order)
    lacks = [{"sku": "MUG", "ordered": "2.000", "available": "0"}]
    assert (order.status, order.shortages) == (Status.ON_HOLD, lacks)
    assert await asked_for(session) == {"CUP": RequestState.CANCELLED}, "on hold it waits for nothing"
    order = await move(session, order, Status.STOCK_UNAVAILABLE)
    assert (order.status, order.shortages) == (Status.STOCK_UNAVAILABLE, lacks)
    assert await asked_for(session) == {"CUP": RequestState.CANCELLED, "MUG": RequestState.OPEN}
    order = await move(session, order, Status.ON_HOLD)
    await add_stock(session, mug, 2)
    assert (await move(session, order, Status.STOCK_UNAVAILABLE)).shortages == []


@pytest.mark.spec("STK-3")
async def test_a_hold_makes_a_back_order_no_younger(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG")
    order = await move(session, await make_order(session, [(mug, 2)]), Status.CONFIRMED)
    assert (order.status, order.short_since) == (Status.STOCK_UNAVAILABLE, order.status_since)
    old = utc_now() - timedelta(days=8)
    order.status_since = order.short_since = old
    await session.flush()
    for to in (Status.ON_HOLD, Status.STOCK_UNAVAILABLE):
        order = await move(session, order, to)
        assert (order.short_since, order.status_since > old) == (old, True)
    connection = await session.connection()
    week = utc_now() - timedelta(days=7)
    page = await back_orders_page(connection, Window(5), BackOrderFilter(since_before=week))
    assert [(row.order_id, row.since) for row in page.rows] == [(order.id, old)]
    late = aging(OrderAging.BACK_ORDER_OVER_7_DAYS, utc_now(), USUAL)
    found = await session.execute(select(Order.id).where(late.condition()), dict(late.values))
    assert found.scalars().all() == [order.id]
    await add_stock(session, mug, 2)
    order = await move(session, order, Status.CONFIRMED)
    assert order.short_since is None
