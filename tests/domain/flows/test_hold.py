"""On hold: where it came from, why, and back there only; the reservation is kept."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import InvoiceAt
from domain.orders.errors import IllegalMove
from domain.orders.status import Status
from tests.domain.flows.moving import history, level, move, refused
from tests.support.builders import make_channel, make_order, make_variant


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
