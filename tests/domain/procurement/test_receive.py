"""What becomes of requests when goods come in."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.flows.take_in import ReceiveStock, StockLine, receive_stock
from domain.kernel.clock import utc_now
from domain.orders.status import Status
from domain.procurement.models import ProcurementRequest, RequestState
from tests.domain.flows.moving import move, proven
from tests.support.builders import OPERATOR, make_order, make_variant

pytestmark = pytest.mark.spec("STK-3")


async def come(session: AsyncSession, quantity: int) -> None:
    await receive_stock(session, OPERATOR, ReceiveStock(lines=[StockLine("MUG", Decimal(quantity))]))


async def test_an_open_request_ends_when_all_that_wait_are_covered_and_no_order_is_promoted(
    session: AsyncSession,
) -> None:
    mug = await make_variant(session, "MUG", stock=1)
    orders = [await move(session, await make_order(session, [(mug, 2)]), Status.CONFIRMED) for _ in range(2)]
    request = (await session.scalars(select(ProcurementRequest))).one()
    await come(session, 2)
    assert request.state is RequestState.OPEN
    await come(session, 1)
    assert (request.state, request.closed_at is None) == (RequestState.RECEIVED, False)
    for order in orders:
        assert (await proven(session, order)).status is Status.STOCK_UNAVAILABLE


async def test_what_was_ordered_is_booked_until_all_of_it_came(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG")
    await move(session, await make_order(session, [(mug, 2)]), Status.CONFIRMED)
    request = (await session.scalars(select(ProcurementRequest))).one()
    request.state, request.ordered_quantity, request.ordered_at = RequestState.ORDERED, Decimal(10), utc_now()
    await session.flush()
    await come(session, 4)
    assert (request.state, request.received_quantity) == (RequestState.ORDERED, 4)
    await come(session, 9)
    assert (request.state, request.received_quantity) == (RequestState.RECEIVED, 10)
