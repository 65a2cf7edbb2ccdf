"""Pre-orders whose date nears."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.flows.check_pre_orders import check_pre_order, near_pre_orders
from domain.kernel.clock import utc_now
from domain.orders.models import Order
from domain.orders.status import Status
from domain.reads.keyset import Window
from domain.reads.pre_orders import pre_orders_page
from tests.domain.flows.moving import history, move, proven
from tests.support.builders import make_channel, make_order, make_variant

pytestmark = pytest.mark.spec("PRE-1")


async def promised(session: AsyncSession, days: int, stock: int = 0, **fields: Any) -> Order:
    variant = await make_variant(session, stock=stock)
    channel = fields.pop("channel", None) or await make_channel(session, connector="pre_order")
    day = utc_now().date() + timedelta(days=days)
    return await make_order(session, [(variant, 2)], channel=channel, promised_on=day, **fields)


async def test_those_near_enough_for_their_channel_are_looked_at(session: AsyncSession) -> None:
    late, near = await promised(session, -1), await promised(session, 7)
    patient = await make_channel(session, connector="pre_order", pre_order_check_days=0)
    today = await promised(session, 0, channel=patient)
    for other in (
        await promised(session, 8),
        await promised(session, 1, channel=patient),
        await promised(session, 1, test=True),
        await promised(session, 1, status=Status.ON_HOLD),
    ):
        assert not await check_pre_order(session, other.id)
    found = await near_pre_orders(session)
    assert list(found) == sorted([late.id, near.id, today.id])
    assert list(await near_pre_orders(session, after=found[0], limit=1)) == [found[1]]


async def test_one_that_lacks_goods_goes_to_stock_unavailable_with_a_request(session: AsyncSession) -> None:
    order = await promised(session, 3)
    assert await check_pre_order(session, order.id)
    order = await proven(session, order)
    assert order.status is Status.STOCK_UNAVAILABLE
    _, asked, moved = await history(session, order)
    assert (asked.kind, moved.actor, moved.reason) == (
        "procurement_requested",
        "system",
        f"promised for {order.promised_on}: its stock was checked",
    )
    assert not await check_pre_order(session, order.id)
    assert (await move(session, order, Status.CONFIRMED)).status is Status.STOCK_UNAVAILABLE


async def test_one_that_has_its_goods_stays_as_it_is(session: AsyncSession) -> None:
    order = await promised(session, 3, stock=2)
    assert not await check_pre_order(session, order.id)
    assert ((await proven(session, order)).status, order.version) == (Status.DRAFT, 1)


async def test_the_list_has_the_nearest_first_and_pages(session: AsyncSession) -> None:
    second, first, far = await promised(session, 5), await promised(session, -2), await promised(session, 9)
    done = await promised(session, 1, stock=5)
    await move(session, done, Status.CONFIRMED)
    connection = await session.connection()
    until = utc_now().date() + timedelta(days=7)
    page = await pre_orders_page(connection, Window(1), until)
    assert [row.id for row in page.rows] == [first.id]
    rest = await pre_orders_page(connection, Window(5, place=(page.rows[0].promised_on, first.id)), until)
    assert [row.id for row in rest.rows] == [second.id]
    assert far.status is Status.DRAFT
