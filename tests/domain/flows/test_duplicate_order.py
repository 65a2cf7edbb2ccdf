"""An order entered again: what is taken over, at which prices, and what is not."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import PaymentKind
from domain.flows.buyers import OrderCustomer
from domain.flows.duplicate_order import DuplicateOrder, Prices, duplicate_order
from domain.flows.place import NewCharge, NewPayment
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, NotFound, StaleVersion
from domain.orders.models import ChargeKind, Order, PaymentState
from domain.orders.status import Status
from tests.domain.flows.moving import history, proven
from tests.support.builders import ADDRESS, OPERATOR, load_order, make_channel, make_customer, make_order, make_variant

pytestmark = pytest.mark.spec("ORD-7")


async def copy_of(session: AsyncSession, order: Order, **fields: Any) -> Order:
    made = await duplicate_order(session, OPERATOR, DuplicateOrder(order_id=order.id, **fields))
    return await proven(session, made)


async def stores_order(session: AsyncSession, **fields: Any) -> Order:
    """Three mugs at 10.00 less 1.00, shipping, a rounding, paid, and delivered."""
    mug = await make_variant(session, "MUG", price="12.00", vat_rate="21", stock=50)
    order = await make_order(
        session,
        [(mug, 3)],
        status=Status.DELIVERED,
        external_id="W-1",
        external_number="1001",
        payment_method="card",
        payment_kind=PaymentKind.PREPAID,
        charges=[
            NewCharge(kind=ChargeKind.SHIPPING, title="Courier", amount=Decimal(15), tax=Decimal("3.15")),
            NewCharge(kind=ChargeKind.ROUNDING, title="Rounding", amount=Decimal("0.01")),
        ],
        payments=[NewPayment(amount=Decimal("60.00"))],
        seller="eva",
        ticket="T-1",
        note="Ring twice",
        **fields,
    )
    line = order.lines[0]
    line.unit_price, line.subtotal, line.discount = Decimal(10), Decimal(30), Decimal(1)
    line.tax, line.total = Decimal("6.09"), Decimal("35.09")
    await session.flush()
    return order


@pytest.mark.spec("ORD-8")
async def test_a_stores_order_becomes_a_draft_of_the_staff_at_what_was_paid(session: AsyncSession) -> None:
    order = await stores_order(session, test=True)
    made = await copy_of(session, order)
    channel = await make_channel(session)
    assert made.channel_id not in (order.channel_id, channel.id)
    assert (made.status, made.payment_state, made.version) == (Status.DRAFT, PaymentState.UNPAID, 1)
    assert [(line.sku, line.quantity, line.unit_price, line.total) for line in made.lines] == [
        ("MUG", 3, Decimal("9.666667"), Decimal("35.09"))
    ]
    assert [(charge.kind, charge.amount, charge.tax) for charge in made.charges] == [
        (ChargeKind.SHIPPING, Decimal("15.00"), Decimal("3.15"))
    ]
    assert (made.customer_id, made.shipping, made.billing) == (order.customer_id, ADDRESS, ADDRESS)
    assert (made.payment_method, made.payment_kind) == ("card", PaymentKind.PREPAID)
    assert (made.seller, made.note, made.test) == ("eva", "Ring twice", True)
    assert (made.external_id, made.external_number, made.ticket, made.vouchers) == (None, None, None, None)
    [created] = await history(session, made)
    assert created.data["duplicated_from"] == {"id": str(order.id), "number": str(order.number)}


async def test_todays_prices_another_buyer_and_a_channel_that_confirms_by_itself(session: AsyncSession) -> None:
    order = await stores_order(session, buyer_tax_id="RO1")
    channel = await make_channel(session, connector="portal", auto_confirm=True)
    buyer = await make_customer(session, name="Dan")
    made = await copy_of(
        session, order, prices=Prices.CURRENT, channel=channel.slug, customer=OrderCustomer(id=buyer.id)
    )
    assert (made.status, made.channel_id, made.customer_id) == (Status.DRAFT, channel.id, buyer.id)
    assert (made.lines[0].unit_price, made.buyer_tax_id) == (Decimal("12.00"), None)
    assert made.vouchers == []
    again = await copy_of(session, made)
    assert again.channel_id == channel.id


async def test_a_line_of_no_product_is_copied_as_it_is(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", price="10.00", vat_rate=None)
    order = await make_order(session, [(mug, 1)])
    order.lines[0].variant_id, order.lines[0].name = None, "Engraving"
    await session.flush()
    made = await copy_of(session, order, prices=Prices.CURRENT)
    assert [(line.variant_id, line.name, line.total) for line in made.lines] == [(None, "Engraving", Decimal("10.00"))]


@pytest.mark.spec("PRE-1")
async def test_a_pre_order_needs_a_new_promise_when_the_old_one_has_passed(session: AsyncSession) -> None:
    today = utc_now().date()
    channel = await make_channel(session, connector="pre_order")
    order = await make_order(session, channel=channel, promised_on=today)
    with pytest.raises(Invalid) as refusal:
        await copy_of(session, order)
    assert [(one.path, one.code) for one in refusal.value.problems] == [(("promisedOn",), "MISSING")]
    later = today + timedelta(days=9)
    assert (await copy_of(session, order, promised_on=later)).promised_on == later


async def test_what_cannot_be_copied(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG")
    order = await make_order(session, [(mug, 1)])
    with pytest.raises(StaleVersion):
        await copy_of(session, order, expected_version=7)
    with pytest.raises(NotFound):
        await copy_of(session, order, channel="nowhere")
    with pytest.raises(NotFound):
        await duplicate_order(session, OPERATOR, DuplicateOrder(order_id=new_id()))
    mug.active = False
    await session.flush()
    with pytest.raises(Invalid) as refusal:
        await copy_of(session, order, customer=OrderCustomer(id=new_id()))
    assert [(".".join(one.path), one.code) for one in refusal.value.problems] == [
        ("lines.0.sku", "INACTIVE"),
        ("customer.id", "UNKNOWN_CUSTOMER"),
    ]
    assert (await load_order(session, order.id)).version == 1
