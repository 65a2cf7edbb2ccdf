"""Entering an order: what it becomes, and what each wrong field gets."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.channels.models import ChannelMapping, MappingKind, PaymentKind
from domain.customers.models import Customer
from domain.flows.create_order import CreateOrder, DeliveryPoint, Fee, OrderCustomer, OrderedLine, create_order
from domain.intake.models import ExternalOrder
from domain.kernel.clock import utc_now
from domain.kernel.database import Database
from domain.kernel.outbox import OutboxRow
from domain.kernel.refusals import Invalid, NotFound
from domain.orders.counts import shown_counts, true_counts
from domain.orders.models import ChargeKind, HistoryEntry, Order, PaymentState
from domain.orders.status import Status
from tests.support.builders import OPERATOR, load_order, make_channel, make_customer, make_variant

BUYER = OrderCustomer(name="Ion Popescu", email="Ion@Example.com", phone="0722")


def command(channel: str = "manual", **fields: object) -> CreateOrder:
    return CreateOrder(channel=channel, **{"lines": [OrderedLine("MUG", Decimal(1))], "customer": BUYER, **fields})  # type: ignore[arg-type]


async def problems_of(session: AsyncSession, cmd: CreateOrder) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        await create_order(session, OPERATOR, cmd)
    return [(".".join(problem.path), problem.code) for problem in refusal.value.problems]


@pytest.mark.spec("ORD-1")
@pytest.mark.spec("ORD-10")
@pytest.mark.spec("ORD-11")
@pytest.mark.spec("PRE-1")
async def test_an_order_is_a_draft_with_its_lines_at_their_prices_and_all_that_was_told(session: AsyncSession) -> None:
    await make_variant(session, "MUG", price="33.335", vat_rate="21")
    await make_variant(session, "GIFT", price="10", vat_rate=None)
    order = await create_order(
        session,
        OPERATOR,
        command(
            lines=[OrderedLine("MUG", Decimal(3)), OrderedLine("GIFT", Decimal("1.5"), Decimal("8.123456"))],
            shipping={"name": "Ion", "city": "Cluj", "company": None},
            payment_method="cod",
            note="Ring twice",
            seller="dan",
            ticket="T-9",
            delivery_point=DeliveryPoint(id="7", provider="easybox", name="Piața Sfatului"),
        ),
    )
    order = await load_order(session, order.id)
    assert order.status is Status.DRAFT
    assert [(line.subtotal, line.tax, line.total) for line in order.lines] == [
        (Decimal("100.01"), Decimal("21.00"), Decimal("121.01")),
        (Decimal("12.19"), Decimal("0.00"), Decimal("12.19")),
    ]
    assert (order.subtotal, order.tax_total, order.total) == (Decimal("112.20"), Decimal("21.00"), Decimal("133.20"))
    assert (order.currency, order.payment_state) == ("RON", PaymentState.UNPAID)
    assert (order.payment_method, order.payment_kind) == ("cod", PaymentKind.ON_DELIVERY)
    assert (order.shipping, order.billing) == ({"name": "Ion", "city": "Cluj"}, None)
    assert (order.note, order.seller, order.ticket) == ("Ring twice", "dan", "T-9")
    assert (order.delivery_point, order.delivery_point_provider, order.delivery_point_name) == (
        *("7", "easybox"),
        "Piața Sfatului",
    )
    customer = await session.get_one(Customer, order.customer_id)
    assert (customer.name, customer.email, customer.phone) == ("Ion Popescu", "ion@example.com", "0722")


@pytest.mark.spec("ORD-1")
async def test_every_wrong_field_is_named_at_once_and_nothing_is_written(session: AsyncSession) -> None:
    await make_variant(session, "MUG", price="10")
    await make_variant(session, "UNPRICED", price=None)
    await make_variant(session, "EURO", price="10", currency="EUR")
    await make_variant(session, "OLD", active=False)
    orders = await session.scalar(select(func.count()).select_from(Order))
    wrong = command(
        lines=[
            OrderedLine("NONE", Decimal(1)),
            OrderedLine("MUG", Decimal(0)),
            OrderedLine("MUG", Decimal("1.2345"), Decimal("-1")),
            OrderedLine("UNPRICED", Decimal(1)),
            OrderedLine("EURO", Decimal(1)),
            OrderedLine("OLD", Decimal(1)),
            OrderedLine("MUG", Decimal("NaN"), Decimal("Infinity")),
        ],
        customer=OrderCustomer(email="nobody"),
    )
    assert await problems_of(session, wrong) == [
        ("lines.0.sku", "UNKNOWN_SKU"),
        ("lines.1.quantity", "OUT_OF_RANGE"),
        ("lines.2.quantity", "OUT_OF_RANGE"),
        ("lines.2.unitPrice", "OUT_OF_RANGE"),
        ("lines.3.unitPrice", "MISSING"),
        ("lines.4.unitPrice", "WRONG_CURRENCY"),
        ("lines.5.sku", "INACTIVE"),
        ("lines.6.quantity", "OUT_OF_RANGE"),
        ("lines.6.unitPrice", "OUT_OF_RANGE"),
        ("customer.email", "BAD_EMAIL"),
    ]
    assert await session.scalar(select(func.count()).select_from(Order)) == orders
    assert await session.scalar(select(func.count()).select_from(OutboxRow)) == 0


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"lines": []}, ("lines", "EMPTY")),
        ({"lines": [OrderedLine("MUG", Decimal(1))] * 1001}, ("lines", "TOO_MANY")),
        ({"lines": [OrderedLine("MUG", Decimal(10**10), Decimal(10**11))]}, ("lines.0.quantity", "OUT_OF_RANGE")),
        ({"lines": [OrderedLine("MUG", Decimal(10**10), Decimal(10**4))] * 101}, ("lines", "OUT_OF_RANGE")),
        ({"lines": [OrderedLine("MUG", Decimal("1e999999"))]}, ("lines.0.quantity", "OUT_OF_RANGE")),
        ({"lines": [OrderedLine("MUG", Decimal("1e-999999"))]}, ("lines.0.quantity", "OUT_OF_RANGE")),
        ({"lines": [OrderedLine("MUG", Decimal(1), Decimal("1e999999"))]}, ("lines.0.unitPrice", "OUT_OF_RANGE")),
        ({"lines": [OrderedLine("M\x00", Decimal(1))]}, ("lines.0.sku", "NOT_A_TEXT")),
        ({"note": "a\x00b"}, ("note", "NOT_A_TEXT")),
        ({"note": "\ud800"}, ("note", "NOT_A_TEXT")),
        ({"note": "bell \x07"}, ("note", "NOT_A_TEXT")),
        ({"note": "x" * 1_000_000}, ("note", "NOT_A_TEXT")),
        ({"seller": "x" * 201}, ("seller", "NOT_A_TEXT")),
        ({"ticket": "\x1b[0m"}, ("ticket", "NOT_A_TEXT")),
        ({"buyer_tax_id": "\x00"}, ("buyerTaxId", "NOT_A_TEXT")),
        ({"delivery_point": DeliveryPoint(id=" ")}, ("deliveryPoint.id", "EMPTY")),
        ({"delivery_point": DeliveryPoint(id="7", name="\x01")}, ("deliveryPoint.name", "NOT_A_TEXT")),
        ({"fees": [Fee(Decimal(1))]}, ("fees.0.title", "MISSING")),
        ({"fees": [Fee(Decimal("0.001"), title="Gift")]}, ("fees.0.amount", "OUT_OF_RANGE")),
        ({"fees": [Fee(Decimal(1), Decimal(101), "Gift")]}, ("fees.0.taxRate", "OUT_OF_RANGE")),
        ({"fees": [Fee(Decimal(1), Decimal(-1), "Gift")]}, ("fees.0.taxRate", "OUT_OF_RANGE")),
        ({"fees": [Fee(Decimal("NaN"), Decimal("NaN"), "Gift")]}, ("fees.0.amount", "OUT_OF_RANGE")),
        ({"fees": [Fee(Decimal(1), title="Gift")] * 51}, ("fees", "TOO_MANY")),
        ({"fees": [Fee(Decimal(-13), title="Less")]}, ("fees", "OUT_OF_RANGE")),
        ({"shipping_fee": Fee(Decimal(-1))}, ("shippingFee.amount", "OUT_OF_RANGE")),
        ({"shipping_fee": Fee(Decimal(10**15))}, ("shippingFee.amount", "OUT_OF_RANGE")),
        ({"promised_on": date(2020, 1, 1)}, ("promisedOn", "OUT_OF_RANGE")),
        ({"promised_on": date(9999, 12, 31)}, ("promisedOn", "OUT_OF_RANGE")),
        ({"placed_at": datetime(2999, 1, 1, tzinfo=UTC)}, ("placedAt", "OUT_OF_RANGE")),
        ({"placed_at": datetime(1970, 1, 1, tzinfo=UTC)}, ("placedAt", "OUT_OF_RANGE")),
        ({"currency": "EUR"}, ("lines.0.unitPrice", "WRONG_CURRENCY")),
        ({"currency": "XTS"}, ("currency", "BAD_CURRENCY")),
        ({"currency": "lei"}, ("currency", "BAD_CURRENCY")),
        ({"external_id": " "}, ("externalId", "EMPTY")),
        ({"shipping": {"planet": "Mars"}}, ("shippingAddress.planet", "UNKNOWN_FIELD")),
        ({"billing": {"city": "x" * 501}}, ("billingAddress.city", "NOT_A_TEXT")),
        ({"customer": OrderCustomer()}, ("customer.name", "MISSING")),
        ({"customer": OrderCustomer(name="\x00")}, ("customer.name", "NOT_A_TEXT")),
        ({"customer": OrderCustomer(id=UUID(int=7))}, ("customer.id", "UNKNOWN_CUSTOMER")),
    ],
)
async def test_bad_input_names_its_field(
    session: AsyncSession, fields: dict[str, object], problem: tuple[str, str]
) -> None:
    await make_variant(session, "MUG", price="10")
    assert problem in await problems_of(session, command(**fields))


@pytest.mark.spec("PRE-1")
@pytest.mark.parametrize(("days", "problem"), [(None, "MISSING"), (-1, "OUT_OF_RANGE"), (0, "OUT_OF_RANGE"), (1, None)])
async def test_a_pre_order_needs_a_day_to_come(session: AsyncSession, days: int | None, problem: str | None) -> None:
    await make_variant(session, "MUG")
    channel = await make_channel(session, connector="pre_order")
    promised = None if days is None else utc_now().date() + timedelta(days=days)
    entering = command(channel.slug, promised_on=promised)
    if problem is not None:
        assert await problems_of(session, entering) == [("promisedOn", problem)]
        return
    order = await create_order(session, OPERATOR, entering)
    assert (order.status, order.promised_on) == (Status.DRAFT, promised)


@pytest.mark.spec("ORD-10")
@pytest.mark.spec("ORD-11")
async def test_fees_and_shipping_are_charges_with_their_tax(session: AsyncSession) -> None:
    await make_variant(session, "MUG", price="10.00", vat_rate="21")
    placed = utc_now() - timedelta(days=1)
    order = await create_order(
        session,
        OPERATOR,
        command(
            fees=[Fee(Decimal("3.33"), Decimal(21), "Gift wrap"), Fee(Decimal("-1.00"), title="Loyal buyer")],
            shipping_fee=Fee(Decimal("15.00"), Decimal(21)),
            buyer_tax_id="RO123",
            placed_at=placed,
            test=True,
        ),
    )
    order = await load_order(session, order.id)
    assert [(charge.kind, charge.title, charge.amount, charge.tax) for charge in order.charges] == [
        (ChargeKind.SHIPPING, "Shipping", Decimal("15.00"), Decimal("3.15")),
        (ChargeKind.FEE, "Gift wrap", Decimal("3.33"), Decimal("0.70")),
        (ChargeKind.FEE, "Loyal buyer", Decimal("-1.00"), Decimal("0.00")),
    ]
    assert (order.fee_total, order.shipping_total, order.tax_total, order.total) == (
        *(Decimal("2.33"), Decimal("15.00")),
        *(Decimal("5.95"), Decimal("33.28")),
    )
    assert (order.buyer_tax_id, order.placed_at, order.test) == ("RO123", placed, True)


async def test_an_unknown_channel_is_not_found_and_a_disabled_one_refused(session: AsyncSession) -> None:
    await make_variant(session, "MUG")
    await make_channel(session, slug="closed", enabled=False)
    with pytest.raises(NotFound) as refusal:
        await create_order(session, OPERATOR, command("nowhere"))
    assert refusal.value.path == ("channel",)
    assert await problems_of(session, command("closed")) == [("channel", "DISABLED")]


@pytest.mark.spec("SYN-4")
async def test_the_same_external_id_again_is_refused_with_the_number_of_the_first(session: AsyncSession) -> None:
    await make_variant(session, "MUG")
    first = await create_order(session, OPERATOR, command(external_id="A-1"))
    with pytest.raises(Invalid) as refusal:
        await create_order(session, OPERATOR, command(external_id="A-1", customer=OrderCustomer()))
    assert [(p.path, p.code) for p in refusal.value.problems] == [
        (("customer", "name"), "MISSING"),
        (("externalId",), "DUPLICATE"),
    ]
    assert str(first.number) in refusal.value.problems[1].message
    other = await make_channel(session, slug="other")
    assert (await create_order(session, OPERATOR, command(other.slug, external_id="A-1"))).number > first.number


async def test_a_customer_is_found_by_id_or_email_in_any_case_else_made(session: AsyncSession) -> None:
    await make_variant(session, "MUG")
    known = await make_customer(session, name="Ana", email="ana@example.com")
    by_id = await create_order(session, OPERATOR, command(customer=OrderCustomer(id=known.id)))
    by_email = await create_order(session, OPERATOR, command(customer=OrderCustomer(email=" ANA@Example.com ")))
    assert by_id.customer_id == by_email.customer_id == known.id
    first = await create_order(session, OPERATOR, command())
    second = await create_order(session, OPERATOR, command())
    assert first.customer_id == second.customer_id != known.id
    from_address = await create_order(
        session, OPERATOR, command(customer=OrderCustomer(phone="07"), shipping={"name": "Radu"})
    )
    assert (await session.get_one(Customer, from_address.customer_id)).name == "Radu"


async def test_two_customers_with_the_email_ask_for_an_id(session: AsyncSession) -> None:
    await make_variant(session, "MUG")
    for _ in range(2):
        await make_customer(session, email="twin@example.com")
    assert await problems_of(session, command(customer=OrderCustomer(email="twin@example.com"))) == [
        ("customer.email", "AMBIGUOUS")
    ]


@pytest.mark.parametrize(
    ("method", "kind"),
    [("cod", PaymentKind.ON_DELIVERY), ("bank transfer", PaymentKind.PREPAID), ("beans", None), (None, None)],
)
async def test_a_payment_method_has_a_kind_by_its_word(
    session: AsyncSession, method: str | None, kind: PaymentKind | None
) -> None:
    await make_variant(session, "MUG")
    order = await create_order(session, OPERATOR, command(payment_method=method))
    assert order.payment_kind is kind


async def test_the_channels_own_mapping_of_a_payment_method_comes_first(session: AsyncSession) -> None:
    await make_variant(session, "MUG")
    channel = await make_channel(session)
    session.add(
        ChannelMapping(channel_id=channel.id, kind=MappingKind.PAYMENT_METHOD, source="cod", target="on_account")
    )
    await session.flush()
    order = await create_order(session, OPERATOR, command(channel.slug, payment_method="cod"))
    assert order.payment_kind is PaymentKind.ON_ACCOUNT


@pytest.mark.spec("CHN-4")
async def test_a_channel_that_confirms_by_itself_confirms_or_says_what_is_missing(session: AsyncSession) -> None:
    await make_variant(session, "MUG", stock=1)
    channel = await make_channel(session, auto_confirm=True)
    first = await create_order(session, OPERATOR, command(channel.slug))
    second = await create_order(session, OPERATOR, command(channel.slug))
    await session.flush()
    assert (first.status, second.status) == (Status.CONFIRMED, Status.STOCK_UNAVAILABLE)
    [moved] = await session.scalars(
        select(HistoryEntry).where(HistoryEntry.order_id == first.id, HistoryEntry.kind == "status_changed")
    )
    assert (moved.actor, moved.reason) == ("system", "the channel confirms by itself")
    assert await shown_counts(session, channels=[channel.id]) == await true_counts(session)


async def test_entering_an_order_costs_few_statements_whatever_its_lines(
    session: AsyncSession, engine: AsyncEngine
) -> None:
    skus = [(await make_variant(session)).sku for _ in range(20)]
    statements: list[str] = []

    def count(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", count)
    try:
        await create_order(session, OPERATOR, command(lines=[OrderedLine(sku, Decimal(1)) for sku in skus]))
        new_buyer = len(statements)
        await create_order(session, OPERATOR, command(lines=[OrderedLine(sku, Decimal(1)) for sku in skus[:3]]))
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", count)
    assert new_buyer == 5
    assert len(statements) - new_buyer == 3


@pytest.mark.spec("SYN-4")
async def test_racing_orders_with_one_external_id_and_one_new_buyer_make_one_order_and_one_customer(
    database: Database,
) -> None:
    async with database.begin() as session:
        await make_variant(session, "MUG")

    async def enter(external_id: str | None) -> int | str:
        try:
            async with database.begin() as session:
                return (await create_order(session, OPERATOR, command(external_id=external_id))).number
        except Invalid as refusal:
            return refusal.problems[0].code

    outcomes = await asyncio.gather(*(enter("X-1") for _ in range(6)))
    assert sorted(map(str, outcomes))[1:] == ["DUPLICATE"] * 5
    await asyncio.gather(*(enter(None) for _ in range(4)))
    async with database.begin() as session:
        assert await session.scalar(select(func.count()).select_from(Order)) == 5
        assert await session.scalar(select(func.count()).select_from(Customer)) == 1
        assert await shown_counts(session) == await true_counts(session)


async def test_a_claim_waits_for_nothing_when_an_import_made_the_row_without_an_order(session: AsyncSession) -> None:
    """An import that waits under a cause leaves the external order's row; whoever makes the order first has it."""
    await make_variant(session, "MUG")
    channel = await make_channel(session)
    session.add(ExternalOrder(channel_id=channel.id, external_id="W-1"))
    await session.flush()
    order = await create_order(session, OPERATOR, command(channel.slug, external_id="W-1"))
    row = await session.get_one(ExternalOrder, (channel.id, "W-1"), populate_existing=True)
    assert row.order_id == order.id
