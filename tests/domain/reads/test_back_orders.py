"""Who can be confirmed now: the eldest first, against a slow reading of the same rule."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.models import Variant
from domain.flows.place import NewOrder, place_orders
from domain.kernel.clock import utc_now
from domain.orders.models import Order
from domain.orders.status import Status
from domain.procurement.models import ProcurementRequest, RequestState
from domain.reads.back_orders import BY_ENTRY, BackOrderFilter, back_orders_page, lacks_of
from domain.reads.keyset import Window
from domain.stock.models import Reservation
from tests.domain.flows.moving import move
from tests.support.builders import OPERATOR, add_stock, make_channel, make_order, make_variant, new_line

pytestmark = pytest.mark.spec("STK-3")

Wish = list[tuple[Variant, int]]


async def listed(session: AsyncSession, **where: object) -> list[tuple[object, bool]]:
    connection = await session.connection()
    page = await back_orders_page(connection, Window(200), BackOrderFilter(**where))  # type: ignore[arg-type]
    return [(row.order_id, row.confirmable) for row in page.rows]


async def lacking(session: AsyncSession, order: Order) -> list[tuple[str, Decimal, date | None]]:
    rows = await lacks_of(await session.connection(), [order.id])
    return [(row.sku, row.missing, row.eta) for row in rows]


async def wait(session: AsyncSession, wishes: Sequence[Wish]) -> list[Order]:
    """Orders in Stock Unavailable, in the order of their entry."""
    channel = await make_channel(session)
    new = [
        NewOrder(
            channel_id=channel.id,
            currency="RON",
            lines=[new_line(variant, quantity) for variant, quantity in wish],
            status=Status.STOCK_UNAVAILABLE,
        )
        for wish in wishes
    ]
    return await place_orders(session, OPERATOR, new)


def serially(wishes: Sequence[Wish], free: dict[object, int]) -> list[bool]:
    """One after the other: each takes its share of what is left, whether or not it gets all of it."""
    left, answers = dict(free), []
    for wish in wishes:
        wanted: dict[object, int] = {}
        for variant, quantity in wish:
            wanted[variant.id] = wanted.get(variant.id, 0) + quantity
        answers.append(all(quantity <= left[variant] for variant, quantity in wanted.items()))
        for variant, quantity in wanted.items():
            left[variant] -= quantity
    return answers


@pytest.mark.parametrize("seed", range(12))
async def test_it_agrees_with_a_slow_serial_reading(session: AsyncSession, seed: int) -> None:
    dice = random.Random(seed)
    free = [dice.randint(0, 30) for _ in range(3)]
    variants = [await make_variant(session, stock=stock) for stock in free]
    wishes: list[Wish] = [
        [(dice.choice(variants), dice.randint(1, 4)) for _ in range(dice.randint(1, 3))] for _ in range(25)
    ]
    orders = await wait(session, wishes)
    expected = serially(wishes, {variant.id: stock for variant, stock in zip(variants, free, strict=True)})
    assert await listed(session) == [(order.id, able) for order, able in zip(orders, expected, strict=True)]
    assert await listed(session, confirmable=True) == [
        (order.id, True) for order, able in zip(orders, expected, strict=True) if able
    ]


async def test_all_that_is_listed_can_be_confirmed_in_any_order(session: AsyncSession) -> None:
    mug, cup = await make_variant(session, stock=5), await make_variant(session, stock=1)
    orders = await wait(session, [[(mug, 2)], [(mug, 2), (cup, 1)], [(mug, 2)], [(mug, 1)]])
    able = [order_id for order_id, _ in await listed(session, confirmable=True)]
    assert able == [orders[0].id, orders[1].id]
    for order in (orders[1], orders[0]):
        assert (await move(session, order, Status.CONFIRMED)).status is Status.CONFIRMED
    assert len((await session.scalars(select(Reservation))).all()) == 3


async def test_what_is_reserved_is_not_promised_twice_and_nothing_is_promoted(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=3)
    await move(session, await make_order(session, [(mug, 2)]), Status.CONFIRMED)
    [order] = await wait(session, [[(mug, 2)]])
    assert await listed(session) == [(order.id, False)]
    assert await lacking(session, order) == [("MUG", 1, None)]
    await add_stock(session, mug, 1)
    assert await listed(session) == [(order.id, True)]
    assert await lacking(session, order) == []
    assert order.status is Status.STOCK_UNAVAILABLE


async def test_the_day_is_that_of_the_delivery_which_covers_the_place_in_the_queue(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=1)
    first, second, third = await wait(session, [[(mug, 2)], [(mug, 2)], [(mug, 9)]])
    warehouse_id = (await make_channel(session)).warehouse_id
    today = utc_now().date()
    for days, quantity in ((20, 3), (5, 1)):
        session.add(
            ProcurementRequest(
                warehouse_id=warehouse_id,
                variant_id=mug.id,
                state=RequestState.ORDERED,
                assignee="acquisitions",
                due_at=utc_now(),
                created_at=utc_now(),
                ordered_quantity=Decimal(quantity),
                eta=today + timedelta(days=days),
                actor="test",
            )
        )
    await session.flush()
    assert await lacking(session, first) == [("MUG", 1, today + timedelta(days=5))]
    assert await lacking(session, second) == [("MUG", 2, today + timedelta(days=20))]
    assert await lacking(session, third) == [("MUG", 9, None)]


async def test_a_page_ends_where_it_ends_and_age_and_sku_narrow(session: AsyncSession) -> None:
    mug, cup = await make_variant(session, "MUG"), await make_variant(session, "CUP")
    orders = await wait(session, [[(mug, 1)], [(cup, 1)], [(mug, 1)]])
    old = utc_now() - timedelta(days=8)
    await session.execute(update(Order).where(Order.id == orders[1].id).values(status_since=old))
    connection = await session.connection()
    page = await back_orders_page(connection, Window(2), BackOrderFilter())
    place = (page.rows[-1].entered_at, page.rows[-1].order_id)
    rest = await back_orders_page(connection, Window(2, place=place), BackOrderFilter())
    assert [row.order_id for row in [*page.rows, *rest.rows]] == [order.id for order in orders]
    assert (page.more, rest.more, BY_ENTRY.name) == (True, False, "back_orders")
    week = utc_now() - timedelta(days=7)
    assert await listed(session, since_before=week) == [(orders[1].id, False)]
    assert await listed(session, sku="MUG") == [(orders[0].id, False), (orders[2].id, False)]
