"""Orders that are new here: what is written, and what stands in the way."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.models import Listing
from domain.channels.models import ChannelMapping, MappingKind, PaymentKind
from domain.customers.models import Customer, CustomerRef
from domain.intake.models import ExternalOrder, InboxCause, InboxState, Source
from domain.intake.types import (
    IncomingCharge,
    IncomingCustomer,
    IncomingDiscount,
    IncomingPayment,
    IncomingRefund,
)
from domain.invoicing.models import Invoice
from domain.orders.models import ChargeKind, HistoryEntry, Order, OrderDiscount, PaymentState
from domain.orders.rebuild import rebuild
from domain.orders.status import Status
from domain.push.models import StatusPush
from domain.stock.models import Reservation
from tests.support.builders import load_order, make_channel, make_customer, make_order, make_variant
from tests.support.incoming import bring, bring_one, incoming, item, line, map_cod
from tests.support.statements import counting


@pytest.fixture
async def shop(session: AsyncSession):
    channel = await make_channel(session)
    await map_cod(session, channel)
    return channel


@pytest.mark.spec("SYN-4")
@pytest.mark.spec("ORD-1")
@pytest.mark.spec("ORD-10")
async def test_an_order_is_written_with_all_its_parts(session, shop):
    cup = await make_variant(session, "CUP-1", stock=5)
    told = incoming(
        line("CUP-1", 2, "45.50", total=Decimal("81.00"), tax=Decimal("17.01")),
        charges=(IncomingCharge(kind="shipping", title="Courier", amount=Decimal("15.00"), tax=Decimal("3.15")),),
        discounts=(IncomingDiscount(code="SUMMER", amount=Decimal("10.00")),),
        note="Ring twice",
    )
    outcome = await bring_one(session, shop, told)
    assert outcome.state is InboxState.IMPORTED
    order = await load_order(session, outcome.order_id)
    assert (order.status, order.external_id, order.external_number) == (
        Status.PROCESSING,
        told.external_id,
        told.number,
    )
    assert (order.subtotal, order.discount_total, order.shipping_total, order.tax_total, order.total) == (
        Decimal("91.00"),
        Decimal("10.00"),
        Decimal("15.00"),
        Decimal("20.16"),
        Decimal("116.16"),
    )
    [written] = order.lines
    assert (written.variant_id, written.sku, written.unit_price) == (cup.id, "CUP-1", Decimal("45.50"))
    assert (written.subtotal, written.discount, written.tax, written.total) == (
        Decimal("91.00"),
        Decimal("10.00"),
        Decimal("17.01"),
        Decimal("98.01"),
    )
    assert [charge.kind for charge in order.charges] == [ChargeKind.SHIPPING]
    assert order.payment_kind is PaymentKind.ON_DELIVERY
    assert order.note == "Ring twice"
    assert order.shipping["city"] == "Brașov" and "email" not in order.shipping
    assert await session.scalar(select(OrderDiscount.code).where(OrderDiscount.order_id == order.id)) == "SUMMER"
    stored = await item(session, outcome.item_id)
    assert (stored.external_id, stored.version, stored.order_id) == (told.external_id, told.version, order.id)
    assert stored.settled_at is not None


@pytest.mark.spec("ORD-10")
@pytest.mark.parametrize("difference", ["0.01", "-0.02", "12.00"])
async def test_a_difference_to_the_total_is_booked_as_rounding(session, shop, difference):
    await make_variant(session, "CUP-2")
    told = incoming(line("CUP-2", 3, "33.33"))
    order_id = (await bring_one(session, shop, replace(told, total=told.total + Decimal(difference)))).order_id
    order = await load_order(session, order_id)
    assert order.total == told.total + Decimal(difference)
    assert [(charge.kind, charge.amount) for charge in order.charges] == [(ChargeKind.ROUNDING, Decimal(difference))]
    assert order.fee_total == Decimal(difference)


@pytest.mark.spec("ORD-8")
async def test_status_and_totals_follow_from_history_alone(session, shop):
    await make_variant(session, "CUP-3")
    order = await load_order(session, (await bring_one(session, shop, incoming(line("CUP-3", 2)))).order_id)
    entries = (await session.scalars(select(HistoryEntry).where(HistoryEntry.order_id == order.id))).all()
    built = rebuild(entries)
    assert (built.status, built.totals.total, built.summed) == (order.status, order.total, built.totals)
    assert entries[0].data["channel_status"] == "processing"


@pytest.mark.spec("SYN-6")
async def test_a_listing_is_learnt_by_sku_once_and_rules_from_then_on(session, shop):
    cup = await make_variant(session, "CUP-4")
    await make_variant(session, "OTHER-4")
    await bring_one(session, shop, incoming(line("CUP-4", variant="77")))
    listing = (await session.scalars(select(Listing).where(Listing.channel_id == shop.id))).one()
    assert (listing.external_variant_id, listing.variant_id) == ("77", cup.id)
    renamed = await bring_one(session, shop, incoming(line("OTHER-4", variant="77")))
    assert (await load_order(session, renamed.order_id)).lines[0].variant_id == cup.id


@pytest.mark.spec("SYN-2")
@pytest.mark.spec("SYN-3")
async def test_all_causes_of_an_order_are_named_at_once(session, shop):
    told = incoming(
        line("NO-1"),
        line("NO-2"),
        line(None, variant="88", name="Mug without SKU"),
        status="packed",
        payment_method="crypto",
    )
    outcome = await bring_one(session, shop, told)
    assert outcome.state is InboxState.WAITING
    assert set(outcome.causes) == {"sku:NO-1", "sku:NO-2", "variant:88", "status:packed", "payment_method:crypto"}
    waiting = (await session.scalars(select(InboxCause.cause).where(InboxCause.item_id == outcome.item_id))).all()
    assert set(waiting) == set(outcome.causes)
    assert await session.scalar(select(func.count()).select_from(Order).where(Order.channel_id == shop.id)) == 0
    assert (await item(session, outcome.item_id)).external_id == told.external_id


async def test_a_line_whose_product_is_gone_there_is_kept_by_its_name(session, shop):
    outcome = await bring_one(session, shop, incoming(line(None, name="Deleted mug", variant=None)))
    order = await load_order(session, outcome.order_id)
    assert [(one.variant_id, one.name) for one in order.lines] == [(None, "Deleted mug")]
    created = await session.scalar(select(HistoryEntry.data).where(HistoryEntry.order_id == order.id))
    assert created["without_product"] == ["Deleted mug"]


async def test_no_payment_method_is_nothing_to_map(session, shop):
    await make_variant(session, "CUP-5")
    outcome = await bring_one(session, shop, incoming(line("CUP-5"), payment_method="", payment_title=""))
    order = await load_order(session, outcome.order_id)
    assert (order.payment_method, order.payment_kind) == (None, None)


async def test_a_draft_is_ignored_with_its_reason_and_is_no_error(session, shop):
    outcome = await bring_one(session, shop, incoming(line("NO-3"), status="checkout-draft"))
    assert (outcome.state, outcome.reason) == (InboxState.IGNORED, "a checkout that was not finished")
    finished = await bring_one(
        session,
        shop,
        incoming(line(None, variant=None), external_id=(await item(session, outcome.item_id)).external_id),
    )
    assert finished.state is InboxState.IMPORTED


@pytest.mark.spec("SYN-6")
async def test_a_buyer_is_matched_by_the_channels_id_then_by_email(session, shop):
    known = await make_customer(session, email="ana@example.com")
    first = await bring_one(
        session,
        shop,
        incoming(
            line(None, variant=None), customer=IncomingCustomer(external_id="5", name="A", email="Ana@Example.com ")
        ),
    )
    assert (await load_order(session, first.order_id)).customer_id == known.id
    assert await session.scalar(select(CustomerRef.customer_id).where(CustomerRef.external_id == "5")) == known.id
    moved = await bring_one(
        session,
        shop,
        incoming(line(None, variant=None), customer=IncomingCustomer(external_id="5", email="new@example.com")),
    )
    assert (await load_order(session, moved.order_id)).customer_id == known.id


@pytest.mark.spec("SYN-6")
async def test_several_customers_with_one_email_make_the_order_wait(session, shop):
    for name in ("Ana", "Dan"):
        await make_customer(session, name=name, email="both@example.com")
    outcome = await bring_one(
        session, shop, incoming(line(None, variant=None), customer=IncomingCustomer(email="both@example.com"))
    )
    assert (outcome.state, outcome.causes) == (InboxState.WAITING, ("customer:both@example.com",))


async def test_a_new_buyer_of_two_orders_in_one_batch_is_made_once(session, shop):
    buyer = IncomingCustomer(external_id="9", name="Ana Pop", email="ana.pop@example.com")
    guest = IncomingCustomer(name="Ana Pop", email="ANA.POP@example.com")
    outcomes = await bring(
        session,
        shop,
        incoming(line(None, variant=None), customer=buyer),
        incoming(line(None, variant=None), customer=guest),
    )
    customers = {(await load_order(session, outcome.order_id)).customer_id for outcome in outcomes}
    assert len(customers) == 1
    assert await session.scalar(select(func.count()).where(Customer.email == "ana.pop@example.com")) == 1


async def test_buyers_without_email_are_each_their_own(session, shop):
    nobody = IncomingCustomer(name="", phone="0733")
    outcomes = await bring(
        session, shop, *(incoming(line(None, variant=None), customer=nobody, billing=None, shipping=None) for _ in "ab")
    )
    customers = [await session.get(Customer, (await load_order(session, one.order_id)).customer_id) for one in outcomes]
    assert [customer.name for customer in customers] == ["0733", "0733"]
    assert customers[0].id != customers[1].id


async def test_an_empty_shipping_address_is_that_of_the_bill(session, shop):
    order = await load_order(
        session, (await bring_one(session, shop, incoming(line(None, variant=None), shipping=None))).order_id
    )
    assert order.shipping == order.billing


async def test_money_told_with_the_order_is_booked(session, shop):
    told = incoming(line(None, variant=None, price="100.00"), status="pending", payment_method="")
    paid = IncomingPayment(external_id="p1", amount=told.total, method="card")
    back = IncomingRefund(external_id="r1", amount=Decimal("21.00"), reason="late")
    order = await load_order(
        session, (await bring_one(session, shop, replace(told, payments=(paid,), refunds=(back,)))).order_id
    )
    assert (order.status, order.payment_state) == (Status.PENDING_PAYMENT, PaymentState.PARTLY_REFUNDED)


@pytest.mark.spec("SYN-6")
@pytest.mark.parametrize("word", ["completed", "cancelled", "refunded"])
async def test_a_first_import_of_an_ended_order_has_no_effects(session, word):
    channel = await make_channel(session, auto_confirm=True, auto_delivery_note=True)
    await map_cod(session, channel)
    await make_variant(session, f"CUP-{word}", stock=5)
    order = await load_order(
        session, (await bring_one(session, channel, incoming(line(f"CUP-{word}"), status=word))).order_id
    )
    assert order.status in (Status.DELIVERED, Status.CANCELLED, Status.REFUND)
    for table in (Reservation, Invoice):
        assert await session.scalar(select(func.count()).where(table.order_id == order.id)) == 0


@pytest.mark.spec("CHN-4")
async def test_auto_confirm_replaces_the_click(session):
    channel = await make_channel(session, auto_confirm=True)
    await map_cod(session, channel)
    await make_variant(session, "CUP-6", stock=5)
    confirmed = await bring_one(session, channel, incoming(line("CUP-6", 2)))
    order = await load_order(session, confirmed.order_id)
    assert (order.status, order.confirmed_at is not None) == (Status.CONFIRMED, True)
    assert await session.scalar(select(Reservation.quantity).where(Reservation.order_id == order.id)) == Decimal(2)
    short = await bring_one(session, channel, incoming(line("CUP-6", 9)))
    assert (await load_order(session, short.order_id)).status is Status.STOCK_UNAVAILABLE


@pytest.mark.spec("CHN-4")
async def test_a_polled_order_from_before_the_connection_is_confirmed_by_a_person(session):
    channel = await make_channel(session, auto_confirm=True)
    await map_cod(session, channel)
    await make_variant(session, "CUP-8", stock=5)
    old = await bring_one(session, channel, incoming(line("CUP-8")), source=Source.POLL)
    assert (await load_order(session, old.order_id)).status is Status.PROCESSING
    new = replace(incoming(line("CUP-8")), placed_at=channel.created_at)
    fresh = await bring_one(session, channel, new, source=Source.POLL)
    assert (await load_order(session, fresh.order_id)).status is Status.CONFIRMED


async def test_a_status_that_is_entered_by_a_move_has_its_effects(session, shop):
    await make_variant(session, "CUP-7", stock=5)
    session.add(ChannelMapping(channel_id=shop.id, kind=MappingKind.STATUS_IN, source="ready", target="READY"))
    await session.flush()
    order = await load_order(
        session, (await bring_one(session, shop, incoming(line("CUP-7"), status="ready"))).order_id
    )
    assert order.status is Status.READY
    assert await session.scalar(select(func.count()).where(Reservation.order_id == order.id)) == 1


@pytest.mark.spec("SYN-5")
async def test_what_the_store_said_is_known_and_not_pushed_back(session, shop):
    outcome = await bring_one(session, shop, incoming(line(None, variant=None)))
    push = await session.get(StatusPush, outcome.order_id)
    assert (push.known, push.known_version, push.wanted) == ("processing", "2026-07-01T12:00:00", None)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"currency": "euro"}, "'EURO' is no currency"),
        ({"total": Decimal("NaN")}, "the total is NaN"),
        ({"total": Decimal("1e17")}, "the total is 1E+17"),
        ({"external_id": " "}, "no id"),
        ({"number": "9" * 501}, "the number has more than 500 characters"),
        ({"placed_at": datetime(2026, 7, 1)}, "no zone"),  # noqa: DTZ001
        ({"lines": (line("A", external_id="1"), line("B", external_id="1"))}, "two lines have one id"),
    ],
)
async def test_what_cannot_be_kept_is_refused_alone(session, shop, fields, reason):
    bad, good = await bring(
        session, shop, replace(incoming(line(None, variant=None)), **fields), incoming(line(None, variant=None))
    )
    assert good.state is InboxState.IMPORTED
    assert bad.state is InboxState.REFUSED
    assert reason in bad.reason


async def test_texts_that_the_database_cannot_hold_are_repaired(session, shop):
    outcome = await bring_one(session, shop, incoming(line(None, variant=None), note="a\x00b\ud800c"))
    assert (await load_order(session, outcome.order_id)).note == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"


async def test_an_order_that_a_program_entered_with_this_id_is_adopted_not_doubled(session, shop):
    told = incoming(line(None, variant=None))
    ours = await make_order(session, channel=shop, external_id=told.external_id)
    session.add(ExternalOrder(channel_id=shop.id, external_id=told.external_id, order_id=ours.id))
    await session.flush()
    outcome = await bring_one(session, shop, told)
    assert (outcome.state, outcome.order_id) == (InboxState.DUPLICATE, ours.id)
    assert (await load_order(session, ours.id)).total == ours.total


async def test_a_batch_costs_few_statements_whatever_its_size(session, shop):
    await make_variant(session, "CUP-8", stock=5)
    counts = []
    for size in (1, 20):
        with counting(session) as seen:
            outcomes = await bring(
                session, shop, *(incoming(line("CUP-8", variant="8"), line("CUP-8")) for _ in range(size))
            )
        assert {outcome.state for outcome in outcomes} == {InboxState.IMPORTED}
        counts.append(len(seen))
    assert counts[1] <= counts[0] <= 20, counts
