"""One edit of an order, whatever it changes: one version, one check, all problems at once."""

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import PaymentKind
from domain.customers.models import Customer
from domain.flows.approval.decide import Decide, approve_order
from domain.flows.buyers import OrderCustomer
from domain.flows.charge_input import Fee
from domain.flows.edit_lines import EditedContents, EditedLine
from domain.flows.edit_order import EditOrder, edit_order
from domain.flows.move import MoveOrder, move_order
from domain.flows.place import NewCharge, NewPayment
from domain.invoicing.issue import credit_invoice, issue_invoice
from domain.kernel.clock import utc_now
from domain.kernel.database import Database
from domain.kernel.refusals import Invalid, StaleVersion
from domain.orders.delivery_point import DeliveryPoint
from domain.orders.models import ChargeKind, Order, PaymentState
from domain.orders.status import Status
from domain.procurement.models import ProcurementRequest, RequestState
from domain.stock.models import Reservation
from tests.domain.flows.moving import history, kinds, move, proven
from tests.support.approvals import make_rule
from tests.support.builders import ADDRESS, OPERATOR, make_channel, make_customer, make_order, make_variant
from tests.support.snapshot import snapshot

pytestmark = pytest.mark.spec("ORD-7")

CLUJ = {"name": "Ana Pop", "city": "Cluj-Napoca", "country": "RO"}


async def edit(session: AsyncSession, order: Order, **fields: Any) -> Order:
    await edit_order(session, OPERATOR, EditOrder(order_id=order.id, **fields))
    return await proven(session, order)


async def refused(session: AsyncSession, order: Order, **fields: Any) -> list[tuple[str, str]]:
    before = await snapshot(session)
    with pytest.raises(Invalid) as refusal:
        async with session.begin_nested():
            await edit_order(session, OPERATOR, EditOrder(order_id=order.id, **fields))
    assert await snapshot(session) == before
    return [(".".join(problem.path), problem.code) for problem in refusal.value.problems]


@pytest.mark.spec("ORD-8")
@pytest.mark.spec("ORD-10")
@pytest.mark.spec("ORD-11")
async def test_everything_at_once_is_one_version_and_history_tells_it_all(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", price="10.00", vat_rate="21")
    buyer = await make_customer(session, name="Dan", email="dan@example.com")
    order = await make_order(session, [(mug, 1)], note="old", seller="eva")
    order = await edit(
        session,
        order,
        expected_version=1,
        contents=EditedContents(
            lines=[EditedLine(line=order.lines[0].id, quantity=Decimal(2))],
            fees=[Fee(Decimal("5.00"), Decimal(21), "Gift wrap")],
            shipping_fee=Fee(Decimal("15.00")),
        ),
        shipping=CLUJ,
        customer=OrderCustomer(email="Dan@example.com"),
        payment_method="bank transfer",
        note="new",
        ticket="T-1",
        buyer_tax_id="RO99",
        delivery_point=DeliveryPoint(id="7", provider="easybox"),
        promised_on=utc_now().date() + timedelta(days=3),
        clear=("seller",),
        reason="the customer called",
    )
    assert (order.version, order.total) == (2, Decimal("45.25"))
    assert [(charge.kind, charge.amount, charge.tax) for charge in order.charges] == [
        (ChargeKind.SHIPPING, Decimal("15.00"), Decimal("0.00")),
        (ChargeKind.FEE, Decimal("5.00"), Decimal("1.05")),
    ]
    assert (order.customer_id, order.payment_kind) == (buyer.id, PaymentKind.PREPAID)
    assert (order.note, order.seller, order.ticket, order.buyer_tax_id) == ("new", None, "T-1", "RO99")
    assert (order.shipping, order.delivery_point) == (CLUJ, "7")
    entries = {entry.kind: entry for entry in (await history(session, order))[1:]}
    assert set(entries) == {"details_changed", "address_changed", "customer_changed", "lines_changed"}
    assert {(entry.reason, entry.version) for entry in entries.values()} == {("the customer called", 2)}
    assert entries["details_changed"].data["seller"] == {"from": "eva", "to": None}
    assert entries["address_changed"].data == {"shipping": {"from": ADDRESS, "to": CLUJ}}
    assert entries["customer_changed"].data["to"] == str(buyer.id)
    assert entries["lines_changed"].data["before"]["totals"]["total"] == "12.10"


async def test_what_is_there_already_changes_nothing(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", price="10.00")
    charges = [
        NewCharge(kind=ChargeKind.SHIPPING, title="Shipping", amount=Decimal(15)),
        NewCharge(kind=ChargeKind.FEE, title="Gift", amount=Decimal(1)),
    ]
    order = await make_order(session, [(mug, 1)], charges=charges, note="as it is")
    order = await edit(
        session,
        order,
        contents=EditedContents(
            lines=[EditedLine(line=order.lines[0].id, quantity=Decimal(1), unit_price=Decimal(10))],
            fees=[Fee(Decimal(1), title="Gift")],
            shipping_fee=Fee(Decimal(15)),
        ),
        shipping=ADDRESS,
        note="as it is",
        clear=("ticket",),
    )
    assert (order.version, await kinds(session, order)) == (1, ["order_created"])


async def test_every_wrong_field_is_named_at_once(session: AsyncSession) -> None:
    order = await make_order(session)
    assert await refused(
        session,
        order,
        contents=EditedContents(
            lines=[EditedLine(sku="NONE", quantity=Decimal(-1))],
            fees=[Fee(Decimal("0.001"), Decimal(101))],
            shipping_fee=Fee(Decimal(-1)),
        ),
        shipping={"city": "\x00", "planet": "Mars"},
        payment_method=" ",
        note="x" * 10_001,
        seller="\x1b",
        customer=OrderCustomer(name="\x07"),
        delivery_point=DeliveryPoint(id=""),
        promised_on=date(2020, 1, 1),
        clear=("seller", "number"),
        reason="x" * 1_001,
    ) == [
        ("reason", "NOT_A_TEXT"),
        ("paymentMethod", "EMPTY"),
        ("note", "NOT_A_TEXT"),
        ("seller", "NOT_A_TEXT"),
        ("shippingAddress.city", "NOT_A_TEXT"),
        ("shippingAddress.planet", "UNKNOWN_FIELD"),
        ("deliveryPoint.id", "EMPTY"),
        ("customer.name", "NOT_A_TEXT"),
        ("clear.0", "NOT_TOGETHER"),
        ("clear.1", "UNKNOWN_FIELD"),
        ("lines.0.sku", "UNKNOWN_SKU"),
        ("lines.0.quantity", "OUT_OF_RANGE"),
        ("fees.0.title", "MISSING"),
        ("fees.0.amount", "OUT_OF_RANGE"),
        ("fees.0.taxRate", "OUT_OF_RANGE"),
        ("shippingFee.amount", "OUT_OF_RANGE"),
        ("promisedOn", "OUT_OF_RANGE"),
    ]
    unknown = OrderCustomer(id=order.id)
    assert await refused(session, order, customer=unknown) == [("customer.id", "UNKNOWN_CUSTOMER")]
    below = EditedContents(fees=[Fee(Decimal(-10_000), title="Gift")])
    assert await refused(session, order, contents=below, note="kept out") == [("fees", "OUT_OF_RANGE")]


async def test_a_confirmed_order_keeps_what_was_bought_by_whom(session: AsyncSession) -> None:
    order = await make_order(session, status=Status.CONFIRMED)
    assert await refused(
        session,
        order,
        contents=EditedContents(lines=[], fees=[], shipping_fee=Fee(Decimal(1))),
        customer=OrderCustomer(name="Other"),
        payment_method="cod",
        shipping=CLUJ,
    ) == [
        ("lines", "CONFIRMED"),
        ("fees", "CONFIRMED"),
        ("shippingFee", "CONFIRMED"),
        ("customer", "CONFIRMED"),
        ("paymentMethod", "CONFIRMED"),
    ]
    order = await edit(session, order, shipping=CLUJ, seller="eva", promised_on=utc_now().date())
    assert (order.shipping, order.seller) == (CLUJ, "eva")
    gone = await make_order(session, status=Status.DELIVERED, delivery_point="7")
    assert await refused(session, gone, shipping=CLUJ, promised_on=utc_now().date(), clear=("deliveryPoint",)) == [
        ("shippingAddress", "HANDED_OVER"),
        ("deliveryPoint", "HANDED_OVER"),
        ("promisedOn", "HANDED_OVER"),
    ]
    assert (await edit(session, gone, ticket="T-7")).ticket == "T-7"


@pytest.mark.spec("PRE-1")
async def test_a_pre_order_keeps_a_promise_in_the_future(session: AsyncSession) -> None:
    today = utc_now().date()
    channel = await make_channel(session, connector="pre_order")
    order = await make_order(session, channel=channel, promised_on=today - timedelta(days=3))
    assert (await edit(session, order, note="late")).promised_on == today - timedelta(days=3)
    assert await refused(session, order, promised_on=today) == [("promisedOn", "OUT_OF_RANGE")]
    assert await refused(session, order, clear=("promisedOn",)) == [("promisedOn", "MISSING")]
    later = today + timedelta(days=30)
    order = await edit(session, order, promised_on=later)
    assert order.promised_on == later
    assert (await history(session, order))[-1].data["promised_on"]["to"] == str(later)


@pytest.mark.spec("APR-3")
@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({"shipping": CLUJ}, True),
        ({"payment_method": "cod"}, True),
        ({"contents": EditedContents(fees=[Fee(Decimal(1), title="Gift")])}, True),
        ({"note": "Ring twice"}, False),
        ({"seller": "eva"}, False),
    ],
)
async def test_what_matters_to_an_approver_asks_again(
    session: AsyncSession, fields: dict[str, Any], asked: bool
) -> None:
    await make_rule(session)
    order = await make_order(session)
    await approve_order(session, OPERATOR, Decide(order_id=order.id, expected_version=order.version))
    assert (await edit(session, order, **fields)).approve_status == (0 if asked else 1)


@pytest.mark.spec("ORD-4")
async def test_the_status_follows_what_is_paid_of_the_new_total(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", price="10.00", vat_rate=None)
    order = await make_order(
        session,
        [(mug, 2)],
        status=Status.PENDING_PAYMENT,
        payment_kind=PaymentKind.PREPAID,
        payments=[NewPayment(amount=Decimal("10.00"))],
    )
    line = order.lines[0].id
    order = await edit(session, order, contents=EditedContents(lines=[EditedLine(line=line, quantity=Decimal(1))]))
    assert (order.status, order.payment_state) == (Status.PAID, PaymentState.PAID)
    order = await edit(session, order, contents=EditedContents(lines=[EditedLine(line=line, quantity=Decimal(3))]))
    assert (order.status, order.payment_state) == (Status.PENDING_PAYMENT, PaymentState.PARTLY_PAID)


async def test_a_new_buyer_is_made_with_the_edit(session: AsyncSession) -> None:
    order = await make_order(session)
    order = await edit(session, order, customer=OrderCustomer(name="Radu", email="radu@example.com"))
    customer = await session.get_one(Customer, order.customer_id)
    assert (customer.name, customer.email) == ("Radu", "radu@example.com")


@pytest.mark.spec("STK-3")
async def test_an_order_that_waits_for_goods_says_anew_what_it_lacks(session: AsyncSession) -> None:
    mug, cup = await make_variant(session, "MUG", stock=1), await make_variant(session, "CUP")
    order = await make_order(session, [(mug, 3)])
    order = await move(session, order, Status.CONFIRMED)
    assert order.status is Status.STOCK_UNAVAILABLE
    await make_order(session, [(mug, 1)])

    async def requests() -> dict[UUID, RequestState]:
        rows = await session.execute(select(ProcurementRequest.variant_id, ProcurementRequest.state))
        return {row[0]: row[1] for row in rows}

    assert await requests() == {mug.id: RequestState.OPEN}
    order = await edit(session, order, contents=EditedContents(lines=[EditedLine(sku="CUP", quantity=Decimal(2))]))
    assert order.status is Status.STOCK_UNAVAILABLE
    assert [(one["sku"], one["available"]) for one in order.shortages or ()] == [("CUP", "0")]
    assert await requests() == {mug.id: RequestState.CANCELLED, cup.id: RequestState.OPEN}
    line = EditedLine(sku="MUG", quantity=Decimal(1))
    order = await edit(session, order, contents=EditedContents(lines=[line]))
    assert (order.status, order.shortages) == (Status.STOCK_UNAVAILABLE, [])
    assert (await move(session, order, Status.CONFIRMED)).status is Status.CONFIRMED


async def test_of_an_edit_and_a_confirmation_at_once_the_second_is_told(database: Database) -> None:
    """Never is an order confirmed with lines that its confirmation did not see."""
    async with database.begin() as session:
        orders = [await make_order(session, [(await make_variant(session, stock=9), 1)]) for _ in range(6)]

    async def attempt(work: Any) -> str:
        try:
            async with database.begin() as session:
                await work(session)
        except (Invalid, StaleVersion) as refusal:
            return type(refusal).__name__
        return "done"

    async def both(order: Order) -> set[str]:
        twice = EditedContents(lines=[EditedLine(line=order.lines[0].id, quantity=Decimal(2))])
        command = EditOrder(order_id=order.id, expected_version=1, contents=twice)
        confirm = MoveOrder(order_id=order.id, to=Status.CONFIRMED, expected_version=1)
        return set(
            await asyncio.gather(
                attempt(lambda session: edit_order(session, OPERATOR, command)),
                attempt(lambda session: move_order(session, OPERATOR, confirm)),
            )
        )

    assert await asyncio.gather(*(both(order) for order in orders)) == [{"done", "StaleVersion"}] * 6
    async with database.begin() as session:
        for order in orders:
            now = await proven(session, order)
            reserved = await session.scalar(
                select(func.coalesce(func.sum(Reservation.quantity), 0)).where(Reservation.order_id == order.id)
            )
            assert (now.status, now.lines[0].quantity, reserved) in [
                (Status.CONFIRMED, 1, 1),
                (Status.DRAFT, 2, 0),
            ]


async def test_another_buyer_does_not_inherit_the_tax_id(session: AsyncSession) -> None:
    order = await make_order(session, buyer_tax_id="RO1")
    same = await edit(session, order, customer=OrderCustomer(id=order.customer_id))
    assert (same.version, same.buyer_tax_id) == (1, "RO1")
    order = await edit(session, order, customer=OrderCustomer(name="Radu"))
    assert order.buyer_tax_id is None
    order = await edit(session, order, customer=OrderCustomer(name="Mara", tax_id="RO3"))
    assert order.buyer_tax_id == "RO3"
    order = await edit(session, order, customer=OrderCustomer(name="Ada", tax_id="RO4"), buyer_tax_id="RO5")
    assert order.buyer_tax_id == "RO5"


async def test_a_form_that_sends_everything_back_is_never_too_late(session: AsyncSession) -> None:
    """What is there already is no change, also of an order that is delivered."""
    order = await make_order(
        session,
        status=Status.DELIVERED,
        payment_method="cod",
        delivery_point="7",
        delivery_point_provider="easybox",
        promised_on=utc_now().date() - timedelta(days=9),
    )
    order = await edit(
        session,
        order,
        customer=OrderCustomer(id=order.customer_id),
        payment_method="cod",
        shipping=ADDRESS,
        billing=ADDRESS,
        delivery_point=DeliveryPoint(id="7", provider="easybox"),
        promised_on=order.promised_on,
    )
    assert (order.version, await kinds(session, order)) == (1, ["order_created"])


async def test_who_stands_on_an_invoice_is_not_changed_until_it_is_credited(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=2)
    order = await make_order(session, [(mug, 1)], shipping=ADDRESS, billing=ADDRESS, buyer_tax_id="RO1")
    await issue_invoice(session, OPERATOR, order)
    told = await refused(session, order, billing=CLUJ, buyer_tax_id="RO2")
    assert told == [("billingAddress", "INVOICED"), ("buyerTaxId", "INVOICED")]
    assert await refused(session, order, clear=("buyerTaxId",)) == [("buyerTaxId", "INVOICED")]
    await edit(session, order, billing=ADDRESS, buyer_tax_id="RO1", shipping=CLUJ)
    await credit_invoice(session, OPERATOR, order)
    assert (await edit(session, order, billing=CLUJ, buyer_tax_id="RO2")).buyer_tax_id == "RO2"
