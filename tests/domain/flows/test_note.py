"""The click on "delivery note" for orders that were paid in advance."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import PaymentKind
from domain.flows.note import AskDeliveryNote, ask_delivery_note
from domain.flows.place import NewPayment
from domain.fulfilment.models import DeliveryNote
from domain.orders.errors import IllegalMove, PaymentMissing
from domain.orders.models import Order
from domain.orders.queries import order_for_update
from domain.orders.status import Status
from domain.stock.errors import StockMissing
from tests.support.builders import OPERATOR, make_channel, make_order, make_variant

PAID = NewPayment(amount=Decimal("121.00"))


async def paid_order(session: AsyncSession, *, stock: int = 10, auto_note: bool = False) -> Order:
    channel = await make_channel(session, auto_delivery_note=auto_note)
    variant = await make_variant(session, stock=stock)
    return await make_order(
        session,
        lines=[(variant, 1)],
        channel=channel,
        status=Status.PAID,
        payment_kind=PaymentKind.PREPAID,
        payments=[PAID],
    )


@pytest.mark.spec("ORD-4")
@pytest.mark.parametrize("auto_note", [False, True])
async def test_a_paid_order_is_confirmed_with_its_one_note(session: AsyncSession, auto_note: bool) -> None:
    order = await paid_order(session, auto_note=auto_note)
    note = await ask_delivery_note(session, OPERATOR, AskDeliveryNote(order_id=order.id))
    order = await order_for_update(session, order.id)
    assert (order.status, order.confirmed_at is not None) == (Status.CONFIRMED, True)
    assert list(await session.scalars(select(DeliveryNote.id))) == [note.id]


async def test_without_stock_there_is_no_note(session: AsyncSession) -> None:
    order = await paid_order(session, stock=0)
    with pytest.raises(StockMissing) as refused:
        await ask_delivery_note(session, OPERATOR, AskDeliveryNote(order_id=order.id))
    assert [(one.ordered, one.available) for one in refused.value.missing] == [(1, 0)]


@pytest.mark.spec("ORD-4")
async def test_an_order_that_waits_for_its_payment_has_no_note(session: AsyncSession) -> None:
    order = await make_order(session, status=Status.PENDING_PAYMENT, payment_kind=None)
    with pytest.raises(PaymentMissing) as refused:
        await ask_delivery_note(session, OPERATOR, AskDeliveryNote(order_id=order.id))
    assert refused.value.due.amount == order.total
    assert await session.scalar(select(func.count()).select_from(DeliveryNote)) == 0


@pytest.mark.spec("APR-3")
@pytest.mark.parametrize(("approve_status", "why"), [(0, "waits for approval"), (-1, "rejected")])
async def test_a_paid_order_that_is_not_approved_cannot_go_there(
    session: AsyncSession, approve_status: int, why: str
) -> None:
    order = await paid_order(session)
    order.approve_status = approve_status
    with pytest.raises(IllegalMove) as refused:
        await ask_delivery_note(session, OPERATOR, AskDeliveryNote(order_id=order.id))
    assert why in refused.value.message
    assert Status.CANCELLED in refused.value.legal_moves
    assert Status.CONFIRMED not in refused.value.legal_moves
    assert await session.scalar(select(func.count()).select_from(DeliveryNote)) == 0
