"""Payments by hand: a reference is booked once, a mistake is taken back by an entry, more than is due may come."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import PaymentKind
from domain.flows.edit_lines import EditedContents, EditedLine
from domain.flows.edit_order import EditOrder, edit_order
from domain.flows.pay import RecordPayment, VoidPayment, pay_order, void_paid
from domain.flows.place import NewPayment
from domain.flows.resume import resume_order
from domain.kernel.clock import utc_now
from domain.kernel.database import Database
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, NotFound
from domain.orders.errors import IllegalMove
from domain.orders.models import Order, PaymentState
from domain.orders.status import Status
from domain.payments.models import MoneyFlow, Payment
from domain.payments.record import record_payment
from tests.domain.flows.moving import history, move, proven, refused
from tests.support.builders import OPERATOR, make_channel, make_order, make_variant
from tests.support.snapshot import snapshot

pytestmark = pytest.mark.spec("ORD-5")


async def order_over(session: AsyncSession, total: str, **fields: object) -> Order:
    mug = await make_variant(session, price=total, vat_rate=None, stock=10)
    return await make_order(session, [(mug, 1)], payment_kind=PaymentKind.PREPAID, **fields)  # type: ignore[arg-type]


async def pay(session: AsyncSession, order: Order, amount: str, **fields: object) -> Order:
    await pay_order(session, OPERATOR, RecordPayment(order_id=order.id, amount=Decimal(amount), **fields))  # type: ignore[arg-type]
    return await proven(session, order)


async def payments(session: AsyncSession, order: Order) -> list[Payment]:
    rows = await session.scalars(select(Payment).where(Payment.order_id == order.id).order_by(Payment.at, Payment.id))
    return list(rows)


async def void(session: AsyncSession, payment: Payment, reason: str = "wrong order") -> Order:
    order = await void_paid(session, OPERATOR, VoidPayment(payment_id=payment.id, reason=reason))
    return await proven(session, order)


async def refusal_of(session: AsyncSession, payment: Payment, reason: str = "why") -> tuple[str, str]:
    before = await snapshot(session)
    with pytest.raises(Invalid) as refusal:
        async with session.begin_nested():
            await void_paid(session, OPERATOR, VoidPayment(payment_id=payment.id, reason=reason))
    assert await snapshot(session) == before
    [problem] = refusal.value.problems
    return problem.path[0], problem.code


@pytest.mark.spec("ORD-4")
@pytest.mark.spec("ORD-8")
async def test_a_payment_taken_back_leaves_both_entries_and_the_order_waits_again(session: AsyncSession) -> None:
    order = await order_over(session, "50.00", status=Status.PENDING_PAYMENT)
    order = await pay(session, order, "50.00", reference="OP 17")
    assert (order.status, order.payment_state) == (Status.PAID, PaymentState.PAID)
    [booked] = await payments(session, order)
    order = await void(session, booked, "it was for another order")
    assert (order.status, order.payment_state) == (Status.PENDING_PAYMENT, PaymentState.UNPAID)
    entries = [(one.amount, one.voided, one.reverses, one.note) for one in await payments(session, order)]
    assert entries == [
        (Decimal("50.00"), True, None, None),
        (Decimal("-50.00"), False, booked.id, "it was for another order"),
    ]
    told = [(entry.kind, entry.reason) for entry in await history(session, order)]
    assert told[-2:] == [
        ("payment_voided", "it was for another order"),
        ("status_changed", "it is not paid in full any more"),
    ]
    order = await pay(session, order, "50.00", reference="OP 17")
    assert (order.status, order.payment_state) == (Status.PAID, PaymentState.PAID)


@pytest.mark.spec("ORD-4")
async def test_a_payment_taken_back_while_it_is_held_leads_the_hold_to_pending_payment(session: AsyncSession) -> None:
    order = await order_over(session, "50.00", status=Status.PAID, payments=[NewPayment(amount=Decimal(50))])
    order = await move(session, order, Status.ON_HOLD)
    [booked] = await payments(session, order)
    order = await void(session, booked)
    assert (order.status, order.held_from) == (Status.ON_HOLD, Status.PENDING_PAYMENT)
    order = await resume_order(session, OPERATOR, order.id)
    assert (order.status, order.held_from) == (Status.PENDING_PAYMENT, None)


@pytest.mark.spec("ORD-4")
async def test_a_dearer_order_on_hold_is_not_resumed_as_paid(session: AsyncSession) -> None:
    order = await order_over(session, "50.00", status=Status.PAID, payments=[NewPayment(amount=Decimal(50))])
    order = await move(session, order, Status.ON_HOLD)
    more = EditedContents(lines=(EditedLine(line=order.lines[0].id, quantity=Decimal(2)),))
    await edit_order(session, OPERATOR, EditOrder(order_id=order.id, contents=more))
    order = await resume_order(session, OPERATOR, order.id)
    assert (order.status, order.payment_state) == (Status.PENDING_PAYMENT, PaymentState.PARTLY_PAID)


@pytest.mark.spec("ORD-4")
@pytest.mark.spec("CHN-4")
@pytest.mark.parametrize(("auto", "ends_in"), [(False, Status.PAID), (True, Status.CONFIRMED)])
async def test_paid_while_it_is_held_it_resumes_as_if_the_money_came_now(
    session: AsyncSession, auto: bool, ends_in: Status
) -> None:
    channel = await make_channel(session, auto_confirm=auto)
    order = await order_over(session, "50.00", status=Status.PENDING_PAYMENT, channel=channel)
    order = await move(session, order, Status.ON_HOLD)
    order = await pay(session, order, "50.00")
    assert (order.status, order.held_from) == (Status.ON_HOLD, Status.PAID)
    await resume_order(session, OPERATOR, order.id)
    assert (await proven(session, order)).status is ends_in


@pytest.mark.spec("CHN-4")
async def test_what_was_left_to_a_person_in_paid_is_not_confirmed_by_resuming_it(session: AsyncSession) -> None:
    channel = await make_channel(session, auto_confirm=True)
    paid = [NewPayment(amount=Decimal(50))]
    order = await order_over(session, "50.00", status=Status.PAID, channel=channel, payments=paid)
    order = await move(session, order, Status.ON_HOLD)
    order = await resume_order(session, OPERATOR, order.id)
    assert order.status is Status.PAID


@pytest.mark.spec("ORD-4")
@pytest.mark.parametrize("held", [False, True])
async def test_an_order_that_is_paid_later_after_all_waits_for_no_payment(session: AsyncSession, held: bool) -> None:
    order = await order_over(session, "50.00", status=Status.PENDING_PAYMENT)
    if held:
        order = await move(session, order, Status.ON_HOLD)
    await edit_order(session, OPERATOR, EditOrder(order_id=order.id, payment_method="cod"))
    if held:
        await resume_order(session, OPERATOR, order.id)
    order = await proven(session, order)
    assert (order.status, order.payment_kind) == (Status.PROCESSING, PaymentKind.ON_DELIVERY)


@pytest.mark.spec("ORD-4")
async def test_who_sent_an_order_that_is_paid_later_to_wait_can_take_it_back(session: AsyncSession) -> None:
    order = await make_order(session, payment_kind=PaymentKind.ON_DELIVERY)
    order = await move(session, order, Status.PENDING_PAYMENT)
    assert (await move(session, order, Status.PROCESSING)).status is Status.PROCESSING
    prepaid = await order_over(session, "50.00", status=Status.PENDING_PAYMENT)
    await refused(session, prepaid, Status.PROCESSING, IllegalMove)


async def test_after_confirmation_only_the_payment_state_changes(session: AsyncSession) -> None:
    order = await order_over(session, "50.00", status=Status.CONFIRMED, payments=[NewPayment(amount=Decimal(50))])
    [booked] = await payments(session, order)
    order = await void(session, booked)
    assert (order.status, order.payment_state) == (Status.CONFIRMED, PaymentState.UNPAID)


async def test_what_was_given_back_is_taken_back_first(session: AsyncSession) -> None:
    order = await order_over(session, "50.00", payments=[NewPayment(amount=Decimal(50))])
    await record_payment(session, order, OPERATOR, Decimal(20), flow=MoneyFlow.REFUND)
    paid, refund = await payments(session, order)
    assert await refusal_of(session, paid) == ("id", "TOO_MUCH")
    assert (await void(session, refund)).payment_state is PaymentState.PAID
    assert (await void(session, paid)).payment_state is PaymentState.UNPAID
    assert (await history(session, order))[-2].kind == "refund_voided"


async def test_it_is_taken_back_once_with_a_reason(session: AsyncSession) -> None:
    order = await order_over(session, "50.00", payments=[NewPayment(amount=Decimal(50))])
    [booked] = await payments(session, order)
    assert await refusal_of(session, booked, " ") == ("reason", "EMPTY")
    assert await refusal_of(session, booked, "\x07") == ("reason", "NOT_A_TEXT")
    await void(session, booked)
    for one in await payments(session, order):
        assert await refusal_of(session, one) == ("id", "VOIDED")
    with pytest.raises(NotFound):
        await void_paid(session, OPERATOR, VoidPayment(payment_id=new_id(), reason="why"))


async def test_a_reference_is_booked_once(session: AsyncSession) -> None:
    order = await order_over(session, "50.00")
    order = await pay(session, order, "20.00", reference="OP 17")
    order = await pay(session, order, "20.00", reference=" OP 17 ")
    order = await pay(session, order, "20.00", reference="OP 18")
    assert [one.amount for one in await payments(session, order)] == [20, 20]
    with pytest.raises(Invalid) as refusal:
        await pay(session, order, "21.00", reference="OP 17")
    assert [(one.path, one.code) for one in refusal.value.problems] == [(("reference",), "DUPLICATE")]


async def test_more_than_is_due_may_come_and_history_says_so(session: AsyncSession) -> None:
    order = await pay(session, await order_over(session, "50.00"), "60.00")
    assert order.payment_state is PaymentState.PAID
    assert (await history(session, order))[-1].data["overpaid"] == "10.00"


async def test_every_wrong_field_of_a_payment_is_named_at_once(session: AsyncSession) -> None:
    order = await order_over(session, "50.00")
    for at in (utc_now() + timedelta(hours=1), datetime(1999, 12, 31, tzinfo=UTC)):
        with pytest.raises(Invalid) as refusal:
            await pay(session, order, "-1", currency="EUR", method="\x00", reference="x" * 1001, at=at)
        assert [(one.path[0], one.code) for one in refusal.value.problems] == [
            ("method", "NOT_A_TEXT"),
            ("reference", "NOT_A_TEXT"),
            ("at", "OUT_OF_RANGE"),
            ("amount", "OUT_OF_RANGE"),
            ("currency", "WRONG_CURRENCY"),
        ]


async def test_booking_and_voiding_at_once_happens_once(database: Database) -> None:
    async with database.begin() as session:
        order = await order_over(session, "50.00")

    async def book() -> None:
        async with database.begin() as session:
            command = RecordPayment(order_id=order.id, amount=Decimal(50), reference="OP 17")
            await pay_order(session, OPERATOR, command)

    await asyncio.gather(*(book() for _ in range(4)))
    async with database.begin() as session:
        [booked] = await payments(session, order)

    async def take_back() -> bool:
        try:
            async with database.begin() as session:
                await void_paid(session, OPERATOR, VoidPayment(payment_id=booked.id, reason="twice"))
        except Invalid:
            return False
        return True

    assert sorted(await asyncio.gather(*(take_back() for _ in range(4)))) == [False, False, False, True]
    async with database.begin() as session:
        assert sum(one.amount for one in await payments(session, order)) == 0
        assert (await proven(session, order)).payment_state is PaymentState.UNPAID
