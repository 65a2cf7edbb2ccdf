"""A hold ends where it began (spec ORD-4)."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.flows.move import MoveOrder, move_order
from domain.flows.resume import resume_order
from domain.kernel.refusals import NotFound, StaleVersion
from domain.orders.errors import IllegalMove
from domain.orders.models import HistoryEntry
from domain.orders.status import Status
from tests.support.builders import OPERATOR, make_order

pytestmark = pytest.mark.spec("ORD-4")


@pytest.mark.parametrize("status", [Status.DRAFT, Status.PROCESSING, Status.PENDING_PAYMENT, Status.PAID])
async def test_it_goes_back_to_where_it_was(session: AsyncSession, status: Status) -> None:
    order = await make_order(session, status=status)
    await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.ON_HOLD, reason="asks"))
    resumed = await resume_order(session, OPERATOR, order.id, expected_version=order.version, reason="answered")
    assert (resumed.status, resumed.held_from) == (status, None)
    await session.flush()
    entry = await session.get_one(HistoryEntry, (order.id, order.history_seq))
    assert (entry.kind, entry.reason) == ("status_changed", "answered")


async def test_what_is_not_on_hold(session: AsyncSession) -> None:
    order = await make_order(session, status=Status.CONFIRMED)
    before = (order.version, order.history_seq)
    with pytest.raises(IllegalMove) as refused:
        await resume_order(session, OPERATOR, order.id)
    assert "not on hold" in refused.value.message
    assert Status.ON_HOLD in refused.value.legal_moves
    assert (order.version, order.history_seq) == before


async def test_stale_and_unknown(session: AsyncSession) -> None:
    order = await make_order(session)
    await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.ON_HOLD))
    with pytest.raises(StaleVersion):
        await resume_order(session, OPERATOR, order.id, expected_version=order.version - 1)
    with pytest.raises(NotFound):
        await resume_order(session, OPERATOR, order.channel_id)
