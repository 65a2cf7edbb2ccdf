"""What a channel's settings do to orders: how they may be paid, who may buy, what delivery and goods cost (CHN-2)."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel
from domain.channels.settings import DeliveryFee, Settings
from domain.estimates.models import EstimateState
from domain.flows.accept_estimate import AcceptEstimate, accept_estimate
from domain.flows.create_order import CreateOrder, Fee, OrderCustomer, OrderedLine, create_order
from domain.flows.duplicate_order import DuplicateOrder, duplicate_order
from domain.flows.edit_order import EditOrder, edit_order
from domain.flows.estimate import CreateEstimate, Offered, UpdateEstimate, create_estimate, update_estimate
from domain.flows.update_channel import UpdateChannel, update_channel
from domain.kernel.refusals import Invalid
from domain.orders.models import ChargeKind, Order
from domain.orders.status import Status
from domain.pricing.items import Price, SetItems, set_price_list_items
from domain.pricing.lists import UpsertPriceList, archive_price_list, upsert_price_list
from domain.stock.models import StockLevel, Warehouse
from domain.stock.warehouses import UpsertWarehouse, upsert_warehouse
from tests.domain.flows.moving import proven
from tests.support.approvals import make_rule
from tests.support.builders import OPERATOR, add_stock, load_order, make_channel, make_customer, make_variant
from tests.support.discounts import put_in_group

BUYER = OrderCustomer(name="Ion Popescu", email="ion@example.com")


async def portal(session: AsyncSession, **settings: Any) -> Channel:
    """A channel of the house's own, with these settings."""
    return await change(session, await make_channel(session, connector="portal"), **settings)


async def change(session: AsyncSession, channel: Channel, **settings: Any) -> Channel:
    command = UpdateChannel(channel_id=channel.id, expected_version=channel.version, settings=Settings(**settings))
    return await update_channel(session, OPERATOR, command)


async def enter(session: AsyncSession, channel: Channel, quantity: int = 1, **fields: Any) -> Order:
    command = CreateOrder(
        **{
            "channel": channel.slug,
            "lines": [OrderedLine("MUG", Decimal(quantity))],
            "customer": BUYER,
            **fields,
        }
    )
    return await load_order(session, (await create_order(session, OPERATOR, command)).id)


async def problems_of(session: AsyncSession, channel: Channel, **fields: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        async with session.begin_nested():
            await enter(session, channel, **fields)
    return [(".".join(one.path), one.code) for one in refusal.value.problems]


@pytest.mark.spec("CHN-2")
async def test_auto_confirm_confirms_without_a_click(session: AsyncSession) -> None:
    await make_variant(session, "MUG", stock=10)
    channel = await portal(session)
    assert (await enter(session, channel)).status is Status.DRAFT
    await change(session, channel, auto_confirm=True)
    assert (await enter(session, channel)).status is Status.CONFIRMED


@pytest.mark.spec("CHN-2")
async def test_only_allowed_ways_of_paying_are_taken(session: AsyncSession) -> None:
    await make_variant(session, "MUG", stock=10)
    channel = await portal(session, allowed_payment_methods=["cod", "Bank transfer"])
    for method in ("cod", "COD", "bank_transfer", None):
        assert (await enter(session, channel, payment_method=method)).status is Status.DRAFT
    assert await problems_of(session, channel, payment_method="card") == [("paymentMethod", "PAYMENT_NOT_ALLOWED")]
    order = await enter(session, channel, payment_method="cod")
    with pytest.raises(Invalid) as refusal:
        await edit_order(session, OPERATOR, EditOrder(order_id=order.id, payment_method="card"))
    assert [one.code for one in refusal.value.problems] == ["PAYMENT_NOT_ALLOWED"]
    edited = await edit_order(session, OPERATOR, EditOrder(order_id=order.id, payment_method="bank transfer"))
    assert edited.payment_method == "bank transfer"
    await change(session, channel, clear=["allowedPaymentMethods"])
    assert (await enter(session, channel, payment_method="card")).payment_method == "card"


@pytest.mark.spec("CHN-2")
async def test_what_an_order_has_already_stays_when_its_method_is_allowed_no_more(session: AsyncSession) -> None:
    await make_variant(session, "MUG", stock=10)
    channel = await portal(session)
    order = await enter(session, channel, payment_method="card")
    await change(session, channel, allowed_payment_methods=["cod"])
    edited = await edit_order(session, OPERATOR, EditOrder(order_id=order.id, payment_method="card", note="Ring"))
    assert (edited.payment_method, edited.note) == ("card", "Ring")
    with pytest.raises(Invalid) as refusal:
        await duplicate_order(session, OPERATOR, DuplicateOrder(order_id=order.id))
    assert [one.code for one in refusal.value.problems] == ["PAYMENT_NOT_ALLOWED"]


def fee(amount: str, free_from: str | None = None) -> DeliveryFee:
    return DeliveryFee(
        amount=Decimal(amount), tax_rate=Decimal(21), free_from=None if free_from is None else Decimal(free_from)
    )


@pytest.mark.spec("CHN-2")
@pytest.mark.spec("ORD-10")
async def test_the_delivery_fee_is_charged_where_an_order_names_none(session: AsyncSession) -> None:
    await make_variant(session, "MUG", price="100", vat_rate="21", stock=100)
    channel = await portal(session, delivery_fee=fee("20", free_from="363"))
    order = await proven(session, await enter(session, channel))
    [charge] = order.charges
    assert (charge.kind, charge.amount, charge.tax) == (ChargeKind.SHIPPING, Decimal("20.00"), Decimal("4.20"))
    assert (order.shipping_total, order.total) == (Decimal("20.00"), Decimal("145.20"))
    assert (await enter(session, channel, 2)).shipping_total == Decimal(20)
    assert (await enter(session, channel, 3)).shipping_total == 0, "363 with tax ship for nothing"
    told = await enter(session, channel, shipping_fee=Fee(Decimal("7.50")))
    assert told.shipping_total == Decimal("7.50"), "what the caller says holds"
    assert (await enter(session, channel, shipping_fee=Fee(Decimal(0)))).shipping_total == 0
    seen = await enter(session, channel, preview=True)
    assert seen.shipping_total == Decimal(20)


@pytest.mark.spec("CHN-2")
async def test_the_delivery_fee_is_not_charged_twice_nor_in_another_currency(session: AsyncSession) -> None:
    await make_variant(session, "MUG", price="100", stock=100)
    channel = await portal(session, delivery_fee=fee("20"))
    order = await enter(session, channel)
    again = await duplicate_order(session, OPERATOR, DuplicateOrder(order_id=order.id))
    assert again.shipping_total == Decimal(20)
    foreign = {"currency": "EUR", "lines": [OrderedLine("MUG", Decimal(1), Decimal(10))]}
    assert await problems_of(session, channel, **foreign) == [("shippingFee", "WRONG_CURRENCY")]
    assert (await enter(session, channel, **foreign, shipping_fee=Fee(Decimal(3)))).shipping_total == Decimal(3)
    shop = await make_channel(session, delivery_fee=Decimal(20))
    assert (await enter(session, shop)).shipping_total == 0, "a store's orders bring their own shipping"
    offered = Offered(customer=BUYER, lines=[OrderedLine("MUG", Decimal(1))])
    estimate = await create_estimate(session, OPERATOR, CreateEstimate(channel=channel.slug, offered=offered))
    ordered = await accept_estimate(session, OPERATOR, AcceptEstimate(estimate_id=estimate.id))
    assert (ordered.shipping_total, estimate.state) == (0, EstimateState.ACCEPTED), "what was agreed holds"


@pytest.mark.spec("CHN-2")
async def test_only_customers_of_the_client_groups_buy(session: AsyncSession) -> None:
    await make_variant(session, "MUG", stock=10)
    known, stranger = await make_customer(session), await make_customer(session, email="other@example.com")
    await put_in_group(session, known, "vip")
    channel = await portal(session, client_groups=["vip"])
    order = await enter(session, channel, customer=OrderCustomer(id=known.id))
    for customer in (OrderCustomer(id=stranger.id), OrderCustomer(email="other@example.com"), BUYER):
        assert await problems_of(session, channel, customer=customer) == [("customer", "NOT_A_CLIENT")]
    with pytest.raises(Invalid) as refusal:
        command = EditOrder(order_id=order.id, customer=OrderCustomer(id=stranger.id))
        await edit_order(session, OPERATOR, command)
    assert [(one.path, one.code) for one in refusal.value.problems] == [(("customer",), "NOT_A_CLIENT")]
    await change(session, channel, clear=["clientGroups"])
    assert (await enter(session, channel)).customer_id is not None


@pytest.mark.spec("CHN-2")
async def test_every_term_that_an_order_breaks_is_named_at_once(session: AsyncSession) -> None:
    await make_variant(session, "MUG", price="100", stock=10)
    await put_in_group(session, await make_customer(session), "vip")
    channel = await portal(session, client_groups=["vip"], allowed_payment_methods=["cod"], delivery_fee=fee("20"))
    found = await problems_of(session, channel, currency="EUR", payment_method="card")
    assert set(found) == {
        ("lines.0.unitPrice", "WRONG_CURRENCY"),
        ("shippingFee", "WRONG_CURRENCY"),
        ("paymentMethod", "PAYMENT_NOT_ALLOWED"),
        ("customer", "NOT_A_CLIENT"),
    }


@pytest.mark.spec("CHN-2")
@pytest.mark.spec("PRC-1")
async def test_the_channels_own_price_list_gives_its_prices(session: AsyncSession) -> None:
    await make_variant(session, "MUG", price="100", stock=10)
    other, channel = await portal(session), await portal(session)
    mine = UpsertPriceList(slug="own", name="Own", currency="RON", channels=[other.slug])
    await upsert_price_list(session, OPERATOR, mine)
    await set_price_list_items(
        session, OPERATOR, SetItems(slug="own", items=[Price(sku="MUG", unit_price=Decimal(80))])
    )
    assert (await enter(session, channel)).subtotal == Decimal(100)
    await change(session, channel, price_list="own")
    order = await enter(session, channel)
    assert (order.subtotal, order.lines[0].price_source) == (
        Decimal(80),
        {"level": "CHANNEL", "list": "own", "min_quantity": "0"},
    )
    assert (await enter(session, other)).subtotal == Decimal(80)
    await put_in_group(session, await make_customer(session), "vip")
    for refused in (
        archive_price_list(session, OPERATOR, "own"),
        upsert_price_list(session, OPERATOR, UpsertPriceList(slug="own", name="Own", currency="RON", groups=["vip"])),
    ):
        with pytest.raises(Invalid) as refusal:
            await refused
        assert [one.code for one in refusal.value.problems] == ["IN_USE"]
    await change(session, channel, clear=["priceList"])
    assert (await enter(session, channel)).subtotal == Decimal(100)
    await archive_price_list(session, OPERATOR, "own")


@pytest.mark.spec("CHN-2")
@pytest.mark.spec("STK-1")
async def test_orders_are_served_from_the_channels_warehouse(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=10)
    await upsert_warehouse(session, OPERATOR, UpsertWarehouse(code="east", name="East"))
    await add_stock(session, mug, 5, warehouse="east")
    channel = await portal(session, warehouse="east", auto_confirm=True)
    assert (await enter(session, channel)).status is Status.CONFIRMED
    held = select(Warehouse.code, StockLevel.reserved).join(Warehouse, Warehouse.id == StockLevel.warehouse_id)
    rows = await session.execute(held.where(StockLevel.variant_id == mug.id))
    assert {row.code: row.reserved for row in rows} == {"main": 0, "east": 1}


@pytest.mark.spec("CHN-2")
@pytest.mark.spec("STK-2")
async def test_the_stock_is_looked_at_on_entry_where_the_channel_says_so(session: AsyncSession) -> None:
    await make_variant(session, "MUG", stock=1)
    channel = await portal(session, stock_check_on_entry=True)
    assert (await enter(session, channel, 2)).status is Status.STOCK_UNAVAILABLE
    await change(session, channel, stock_check_on_entry=False)
    assert (await enter(session, channel, 2)).status is Status.DRAFT


@pytest.mark.spec("CHN-2")
@pytest.mark.spec("APR-2")
async def test_approval_rules_know_orders_by_the_channels_order_type(session: AsyncSession) -> None:
    await make_variant(session, "MUG", stock=10)
    channel = await portal(session, order_type="wholesale")
    await make_rule(session, order_types=["wholesale"])
    assert (await enter(session, channel)).approve_status == 0
    assert (await enter(session, await portal(session))).approve_status is None, "of another type"
    await change(session, channel, clear=["orderType"])
    assert (await enter(session, channel)).approve_status is None


async def test_a_channel_that_is_switched_off_takes_no_orders(session: AsyncSession) -> None:
    await make_variant(session, "MUG", stock=10)
    channel = await portal(session, enabled=False)
    assert await problems_of(session, channel) == [("channel", "DISABLED")]
    await change(session, channel, enabled=True)
    assert (await enter(session, channel)).status is Status.DRAFT


@pytest.mark.spec("CHN-2")
async def test_an_offer_that_could_not_be_ordered_is_refused(session: AsyncSession) -> None:
    await make_variant(session, "MUG", stock=10)
    member = await make_customer(session)
    await put_in_group(session, member, "vip")
    channel = await portal(session, client_groups=["vip"], allowed_payment_methods=["cod"])
    lines = [OrderedLine("MUG", Decimal(1))]
    with pytest.raises(Invalid) as refusal:
        wrong = Offered(customer=BUYER, lines=lines, payment_method="card")
        await create_estimate(session, OPERATOR, CreateEstimate(channel=channel.slug, offered=wrong))
    assert {one.code for one in refusal.value.problems} == {"PAYMENT_NOT_ALLOWED", "NOT_A_CLIENT"}
    right = Offered(customer=OrderCustomer(id=member.id), lines=lines, payment_method="cod")
    made = await create_estimate(session, OPERATOR, CreateEstimate(channel=channel.slug, offered=right))
    with pytest.raises(Invalid) as refusal:
        command = UpdateEstimate(estimate_id=made.id, offered=Offered(customer=BUYER, payment_method="card"))
        await update_estimate(session, OPERATOR, command)
    assert {one.code for one in refusal.value.problems} == {"PAYMENT_NOT_ALLOWED", "NOT_A_CLIENT"}
    later = UpdateEstimate(estimate_id=made.id, offered=Offered(note="Ring"))
    assert (await update_estimate(session, OPERATOR, later)).note == "Ring"
