"""Requests come and go with the orders that wait."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.clock import utc_now
from domain.orders.models import Order
from domain.orders.status import Status
from domain.procurement.models import ProcurementRequest, RequestState
from domain.procurement.needs import needs_of
from tests.domain.flows.moving import history, kinds, move
from tests.support.builders import add_stock, make_order, make_variant

pytestmark = pytest.mark.spec("STK-3")


async def requests(session: AsyncSession) -> list[tuple[RequestState, str]]:
    found = await session.scalars(
        select(ProcurementRequest).order_by(ProcurementRequest.number).execution_options(populate_existing=True)
    )
    return [(one.state, one.assignee) for one in found]


async def short(session: AsyncSession, variant: object, quantity: int) -> Order:
    return await move(session, await make_order(session, [(variant, quantity)]), Status.CONFIRMED)  # type: ignore[list-item]


async def test_orders_that_lack_one_variant_share_one_request_and_its_need_follows_them(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=2)
    first, second = await short(session, mug, 3), await short(session, mug, 5)
    assert await requests(session) == [(RequestState.OPEN, "acquisitions")]
    warehouse = (await session.scalars(select(ProcurementRequest))).one().warehouse_id
    assert (await needs_of(session, warehouse, [mug.id]))[mug.id].to_order == 6
    await move(session, second, Status.CANCELLED)
    assert (await needs_of(session, warehouse, [mug.id]))[mug.id].to_order == 1
    assert await requests(session) == [(RequestState.OPEN, "acquisitions")]
    await move(session, first, Status.CANCELLED)
    assert await requests(session) == [(RequestState.CANCELLED, "acquisitions")]


async def test_a_request_ends_when_the_order_is_confirmed(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=2)
    order = await short(session, mug, 3)
    await add_stock(session, mug, 1)
    await move(session, order, Status.CONFIRMED)
    assert await requests(session) == [(RequestState.CANCELLED, "acquisitions")]


async def test_only_what_lacks_is_asked_for(session: AsyncSession) -> None:
    mug, cup = await make_variant(session, "MUG", stock=2), await make_variant(session, "CUP", stock=9)
    order = await move(session, await make_order(session, [(mug, 3), (cup, 1)]), Status.CONFIRMED)
    [request] = await session.scalars(select(ProcurementRequest))
    assert request.variant_id == mug.id
    assert [e.data for e in await history(session, order) if e.kind == "procurement_requested"] == [
        {"requests": {"MUG": f"PR-{request.number}"}}
    ]


@pytest.mark.parametrize(("ordered", "made"), [(10, 1), (2, 2)])
async def test_what_is_on_its_way_is_not_asked_for_again_while_it_suffices(
    session: AsyncSession, ordered: int, made: int
) -> None:
    mug = await make_variant(session, "MUG")
    await short(session, mug, 2)
    request = (await session.scalars(select(ProcurementRequest))).one()
    request.state, request.ordered_quantity = RequestState.ORDERED, Decimal(ordered)
    request.ordered_at, request.eta = utc_now(), date(2030, 1, 1)
    await session.flush()
    await short(session, mug, 3)
    assert len(await requests(session)) == made


async def test_an_order_found_short_by_a_person_is_procured_too(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=1)
    order = await move(session, await make_order(session, [(mug, 2)]), Status.STOCK_UNAVAILABLE)
    assert await requests(session) == [(RequestState.OPEN, "acquisitions")]
    assert "procurement_requested" in await kinds(session, order)


async def test_a_hold_takes_its_wish_along_and_resuming_brings_it_back(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=1)
    order = await short(session, mug, 2)
    warehouse = (await session.scalars(select(ProcurementRequest))).one().warehouse_id
    order = await move(session, order, Status.ON_HOLD, reason="the buyer is away")
    assert (await needs_of(session, warehouse, [mug.id]))[mug.id].wanted == 0
    order = await move(session, order, Status.STOCK_UNAVAILABLE)
    assert (await needs_of(session, warehouse, [mug.id]))[mug.id].wanted == 2
    order = await move(session, order, Status.ON_HOLD, reason="again")
    await move(session, order, Status.CANCELLED)
    assert await requests(session) == [(RequestState.CANCELLED, "acquisitions")]
