"""Payments: booked once, in the order's currency, and what waited for them goes on."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.flows.pay import RecordPayment, pay_order
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, NotFound
from domain.orders.models import PaymentState
from domain.orders.queries import order_for_update
from domain.orders.status import Status
from domain.payments.models import MoneyFlow, Payment
from domain.payments.queries import amount_due, paid_amount
from domain.payments.record import record_payment
from tests.domain.flows.moving import history, kinds, proven
from tests.support.builders import OPERATOR, load_order, make_channel, make_order, make_variant
from tests.support.snapshot import snapshot


@pytest.mark.spec("ORD-5")
async def test_payments_and_refunds_make_the_state(session: AsyncSession) -> None:
    order = await make_order(session, [(await make_variant(session, price="100", vat_rate=None), 1)])
    states = []
    for flow, amount in [("payment", 40), ("payment", 60), ("refund", 30), ("refund", 70)]:
        locked = await order_for_update(session, order.id)
        await record_payment(session, locked, OPERATOR, Decimal(amount), flow=MoneyFlow(flow))
        states.append((await proven(session, order)).payment_state)
    assert states == [
        PaymentState.PARTLY_PAID,
        PaymentState.PAID,
        PaymentState.PARTLY_REFUNDED,
        PaymentState.REFUNDED,
    ]
    assert await paid_amount(session, order.id) == 0
    assert (await kinds(session, order))[1:] == ["payment_recorded"] * 2 + ["refund_recorded"] * 2


@pytest.mark.spec("ORD-5")
async def test_a_payment_tells_its_amount_and_does_not_change_the_version(session: AsyncSession) -> None:
    order = await make_order(session)
    await pay_order(
        session, OPERATOR, RecordPayment(order_id=order.id, amount=Decimal("21.00"), method="bank", note="statement 7")
    )
    order = await load_order(session, order.id)
    assert order.version == 1
    assert await amount_due(session, order) == order.total - 21
    entry = (await history(session, order))[-1]
    assert (entry.data["amount"], entry.data["method"], entry.data["payment_state"]) == ("21.00", "bank", "PARTLY_PAID")
    assert entry.reason == "statement 7"


async def test_the_same_external_payment_is_booked_once(session: AsyncSession) -> None:
    order = await make_order(session)
    command = RecordPayment(order_id=order.id, amount=Decimal(10), external_id="tx-1")
    await pay_order(session, OPERATOR, command)
    before = await snapshot(session)
    await pay_order(session, OPERATOR, command)
    assert await snapshot(session) == before
    assert await session.scalar(select(func.count()).select_from(Payment)) == 1


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "NaN", "Infinity", "1e17"])
async def test_an_amount_that_is_none_is_refused(session: AsyncSession, amount: str) -> None:
    order = await make_order(session)
    before = await snapshot(session)
    with pytest.raises(Invalid) as refusal:
        await pay_order(session, OPERATOR, RecordPayment(order_id=order.id, amount=Decimal(amount)))
    assert (refusal.value.problems[0].path, refusal.value.problems[0].code) == (("amount",), "OUT_OF_RANGE")
    assert await snapshot(session) == before


async def test_another_currency_an_unknown_order_and_a_text_that_is_none_are_refused(session: AsyncSession) -> None:
    order = await make_order(session)
    for command, code in [
        (RecordPayment(order_id=order.id, amount=Decimal(1), currency="EUR"), "WRONG_CURRENCY"),
        (RecordPayment(order_id=order.id, amount=Decimal(1), note="\x00"), "NOT_A_TEXT"),
    ]:
        with pytest.raises(Invalid) as refusal:
            await pay_order(session, OPERATOR, command)
        assert refusal.value.problems[0].code == code
    with pytest.raises(NotFound):
        await pay_order(session, OPERATOR, RecordPayment(order_id=new_id(), amount=Decimal(1)))


@pytest.mark.spec("CHN-4")
async def test_a_channel_that_confirms_by_itself_goes_on_when_the_payment_is_there(session: AsyncSession) -> None:
    channel = await make_channel(session, auto_confirm=True)
    order = await make_order(session, channel=channel, status=Status.PENDING_PAYMENT)
    await pay_order(session, OPERATOR, RecordPayment(order_id=order.id, amount=order.total))
    order = await proven(session, order)
    assert order.status is Status.CONFIRMED
    moves = [entry.data for entry in await history(session, order) if entry.kind == "status_changed"]
    assert [(data["from"], data["to"]) for data in moves] == [(2, 14), (14, 3)]


@pytest.mark.spec("APR-3")
@pytest.mark.spec("CHN-4")
async def test_an_approval_rule_is_not_replaced_by_a_channel_that_confirms_by_itself(session: AsyncSession) -> None:
    channel = await make_channel(session, auto_confirm=True)
    order = await make_order(session, channel=channel, status=Status.PENDING_PAYMENT, approve_status=0)
    await pay_order(session, OPERATOR, RecordPayment(order_id=order.id, amount=order.total))
    assert (await proven(session, order)).status is Status.PAID
