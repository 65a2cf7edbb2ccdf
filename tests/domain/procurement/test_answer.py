"""What Acquisitions make of a request, and the hourly look."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.models import Variant
from domain.channels.models import Channel
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, NotFound, StaleVersion
from domain.orders.models import Order
from domain.orders.status import Status
from domain.procurement.answer import OrderGoods, cancel_request, order_goods
from domain.procurement.models import ProcurementRequest, RequestState
from domain.procurement.tidy import tidy_requests
from tests.domain.flows.moving import move
from tests.support.builders import OPERATOR, add_stock, make_order, make_variant

pytestmark = pytest.mark.spec("STK-3")


async def asked(session: AsyncSession, quantity: int = 3) -> ProcurementRequest:
    mug = await make_variant(session, "MUG", stock=1)
    await move(session, await make_order(session, [(mug, quantity)]), Status.CONFIRMED)
    return (await session.scalars(select(ProcurementRequest))).one()


async def test_what_is_missing_is_ordered_and_the_day_may_be_said_again(session: AsyncSession) -> None:
    request = await asked(session)
    soon = utc_now().date() + timedelta(days=3)
    await order_goods(session, OPERATOR, OrderGoods(request_id=request.id, supplier=" ACME ", eta=soon))
    assert (request.state, request.ordered_quantity, request.supplier, request.eta, request.version) == (
        RequestState.ORDERED,
        2,
        "ACME",
        soon,
        2,
    )
    first = request.ordered_at
    later = soon + timedelta(days=1)
    await order_goods(session, OPERATOR, OrderGoods(request_id=request.id, eta=later, expected_version=2))
    assert (request.eta, request.ordered_quantity, request.ordered_at) == (later, 2, first)


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"eta": timedelta(days=-1)}, ["eta OUT_OF_RANGE"]),
        ({"eta": timedelta(days=9_999), "supplier": "x" * 201}, ["supplier NOT_A_TEXT", "eta OUT_OF_RANGE"]),
        ({"quantity": Decimal(0)}, ["quantity OUT_OF_RANGE"]),
        ({"quantity": Decimal("NaN")}, ["quantity OUT_OF_RANGE"]),
    ],
)
async def test_what_cannot_be_ordered(session: AsyncSession, fields: dict[str, Any], problems: list[str]) -> None:
    request = await asked(session)
    if "eta" in fields:
        fields = {**fields, "eta": utc_now().date() + fields["eta"]}
    with pytest.raises(Invalid) as refusal:
        await order_goods(session, OPERATOR, OrderGoods(request_id=request.id, **fields))
    assert [f"{'.'.join(p.path)} {p.code}" for p in refusal.value.problems] == problems


async def test_a_request_that_ended_stays_as_it_is(session: AsyncSession) -> None:
    request = await asked(session)
    with pytest.raises(Invalid) as refusal:
        await cancel_request(session, OPERATOR, request.id, " ")
    assert refusal.value.problems[0].code == "MISSING"
    with pytest.raises(StaleVersion):
        await cancel_request(session, OPERATOR, request.id, "no", expected_version=9)
    await cancel_request(session, OPERATOR, request.id, "no longer made", expected_version=1)
    assert (request.state, request.reason) == (RequestState.CANCELLED, "no longer made")
    for act in (
        cancel_request(session, OPERATOR, request.id, "again"),
        order_goods(session, OPERATOR, OrderGoods(request_id=request.id)),
    ):
        with pytest.raises(Invalid) as refusal:
            await act
        assert refusal.value.problems[0].code == "CLOSED"
    with pytest.raises(NotFound):
        await order_goods(session, OPERATOR, OrderGoods(request_id=new_id()))


async def states(session: AsyncSession) -> list[RequestState]:
    await session.flush()
    return list(await session.scalars(select(ProcurementRequest.state).order_by(ProcurementRequest.number)))


async def test_the_hourly_look_asks_again_for_what_went_to_another_order(session: AsyncSession) -> None:
    request = await asked(session)
    request.state = RequestState.RECEIVED
    await session.flush()
    await tidy_requests(session)
    assert await states(session) == [RequestState.RECEIVED, RequestState.OPEN]
    await tidy_requests(session)
    assert await states(session) == [RequestState.RECEIVED, RequestState.OPEN]


async def test_the_hourly_look_leaves_alone_what_was_declined_and_what_is_there(session: AsyncSession) -> None:
    request = await asked(session)
    await cancel_request(session, OPERATOR, request.id, "no longer made")
    await tidy_requests(session)
    assert await states(session) == [RequestState.CANCELLED]
    request.state, request.reason = RequestState.RECEIVED, None
    mug_id = request.variant_id
    await add_stock(session, await session.get_one(Variant, mug_id), 5)
    await tidy_requests(session)
    assert await states(session) == [RequestState.RECEIVED]


async def test_the_hourly_look_closes_what_nobody_waits_for(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG")
    order = await make_order(session, [(mug, 1)])
    session.add(
        ProcurementRequest(
            warehouse_id=(await session.get_one(Channel, order.channel_id)).warehouse_id,
            variant_id=mug.id,
            state=RequestState.OPEN,
            assignee="acquisitions",
            due_at=utc_now(),
            created_at=utc_now(),
            actor="test",
        )
    )
    await session.flush()
    await tidy_requests(session)
    assert await states(session) == [RequestState.CANCELLED]


async def test_the_hourly_look_closes_what_is_there_meanwhile(session: AsyncSession) -> None:
    request = await asked(session)
    await add_stock(session, await session.get_one(Variant, request.variant_id), 5)
    await tidy_requests(session)
    assert await states(session) == [RequestState.CANCELLED]


async def test_asking_again_makes_no_second_request_for_what_is_on_its_way(session: AsyncSession) -> None:
    request = await asked(session)
    [order] = await session.scalars(select(Order))
    order.short_on_entry = True
    await order_goods(session, OPERATOR, OrderGoods(request_id=request.id))
    await move(session, order, Status.CONFIRMED)
    assert (await states(session), order.short_on_entry) == ([RequestState.ORDERED], False)
