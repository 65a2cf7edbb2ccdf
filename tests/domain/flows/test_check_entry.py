"""The look at the stock on entry: who is looked at, what it leads to, and what a first confirmation then means."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.flows.create_order import CreateOrder, OrderCustomer, OrderedLine, create_order
from domain.flows.facts import load_facts
from domain.orders.models import Order
from domain.orders.status import Status, decide
from domain.procurement.models import ProcurementRequest, RequestState
from domain.stock.errors import StockMissing
from domain.stock.models import StockLevel, StockMove
from tests.domain.flows.moving import history, kinds, level, move, proven, refused
from tests.support.builders import OPERATOR, add_stock, make_channel, make_variant
from tests.support.incoming import bring, bring_one, incoming, line, map_cod
from tests.support.statements import counting

SHORT = [{"sku": "MUG", "ordered": "3.000", "available": "2.000"}]


async def enter(session: AsyncSession, quantity: int = 3, channel: str = "manual", **fields: Any) -> Order:
    command = CreateOrder(
        channel=channel,
        customer=OrderCustomer(name="Ion"),
        lines=[OrderedLine("MUG", Decimal(quantity))],
        **fields,
    )
    return await proven(session, await create_order(session, OPERATOR, command))


@pytest.mark.spec("STK-2")
@pytest.mark.spec("STK-3")
async def test_an_order_that_lacks_stock_is_entered_in_stock_unavailable_with_a_request(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=2)
    order = await enter(session)
    assert (order.status, order.shortages, order.confirmed_at) == (Status.STOCK_UNAVAILABLE, SHORT, None)
    created, asked, moved = await history(session, order)
    request = (await session.scalars(select(ProcurementRequest))).one()
    assert (request.variant_id, request.state, request.urgent) == (mug.id, RequestState.OPEN, True)
    assert (asked.kind, asked.data) == ("procurement_requested", {"requests": {"MUG": f"PR-{request.number}"}})
    assert (created.kind, moved.actor, moved.reason) == ("order_created", "system", "its stock was checked on entry")
    assert moved.data == {"from": 0, "to": 16, "missing": SHORT}
    assert await level(session, mug.id) == (2, 0)


@pytest.mark.spec("STK-2")
async def test_an_order_that_has_its_stock_is_a_draft_and_costs_no_further_statement(session: AsyncSession) -> None:
    await make_variant(session, "MUG", stock=3)
    with counting(session) as statements:
        order = await enter(session)
    assert order.status is Status.DRAFT
    assert not [one for one in statements if "promised_on IS NULL" in one]


@pytest.mark.spec("STK-2")
async def test_a_variant_that_was_never_counted_says_nothing_on_entry_but_is_missing_at_confirmation(
    session: AsyncSession,
) -> None:
    await make_variant(session, "MUG")
    order = await enter(session)
    assert order.status is Status.DRAFT
    assert (await move(session, order, Status.CONFIRMED)).status is Status.STOCK_UNAVAILABLE


@pytest.mark.spec("STK-2")
@pytest.mark.spec("PRE-1")
@pytest.mark.spec("ORD-11")
@pytest.mark.parametrize(
    ("channel", "fields"),
    [
        ({}, {"test": True}),
        ({}, {"promised_on": date(2030, 1, 1)}),
        ({"connector": "pre_order"}, {"promised_on": date(2030, 1, 1)}),
        ({"stock_check_on_entry": False}, {}),
    ],
)
async def test_who_is_not_looked_at(session: AsyncSession, channel: dict[str, Any], fields: dict[str, Any]) -> None:
    await make_variant(session, "MUG", stock=2)
    shop = await make_channel(session, **{"connector": "manual", **channel})
    assert (await enter(session, channel=shop.slug, **fields)).status is Status.DRAFT


@pytest.mark.spec("STK-2")
@pytest.mark.spec("STK-3")
async def test_the_first_confirmation_that_is_asked_stays_there_and_from_then_on_it_is_refused(
    session: AsyncSession,
) -> None:
    mug = await make_variant(session, "MUG", stock=2)
    order = await enter(session)
    assert decide(await load_facts(session, order, OPERATOR), Status.CONFIRMED).allowed
    await add_stock(session, mug, -1)
    version = order.version
    order = await move(session, order, Status.CONFIRMED, reason="please")
    assert (order.status, order.version) == (Status.STOCK_UNAVAILABLE, version + 1)
    assert order.shortages == [{"sku": "MUG", "ordered": "3.000", "available": "1.000"}]
    asked = (await history(session, order))[-1]
    assert (asked.kind, asked.actor, asked.reason) == ("confirmation_asked", OPERATOR.label, "please")
    assert asked.data == {"wanted": 3, "missing": order.shortages}
    assert not decide(await load_facts(session, order, OPERATOR), Status.CONFIRMED).allowed
    await refused(session, order, Status.CONFIRMED, StockMissing)
    await add_stock(session, mug, 2)
    order = await move(session, order, Status.CONFIRMED)
    assert (order.status, order.shortages, await level(session, mug.id)) == (Status.CONFIRMED, None, (3, 3))


@pytest.mark.spec("STK-3")
async def test_an_order_of_the_queue_is_confirmed_at_once_when_the_goods_came_meanwhile(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=2)
    order = await enter(session)
    await add_stock(session, mug, 1)
    order = await move(session, order, Status.CONFIRMED)
    assert (order.status, order.short_on_entry) == (Status.CONFIRMED, False)
    assert "confirmation_asked" not in await kinds(session, order)


@pytest.mark.spec("STK-2")
async def test_goods_in_quarantine_are_not_counted_on(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=3)
    levels = (await session.scalars(select(StockLevel).where(StockLevel.variant_id == mug.id))).one()
    moves = (await session.scalars(select(StockMove).where(StockMove.variant_id == mug.id))).one()
    levels.quarantined = moves.quarantined = Decimal(1)
    await session.flush()
    order = await enter(session)
    assert (order.status, order.shortages) == (Status.STOCK_UNAVAILABLE, SHORT)
    assert (await move(session, order, Status.CONFIRMED)).status is Status.STOCK_UNAVAILABLE


@pytest.mark.spec("STK-2")
async def test_imports_are_looked_at_in_one_statement(session: AsyncSession) -> None:
    shop = await make_channel(session)
    await map_cod(session, shop)
    await make_variant(session, "MUG", stock=2)
    await make_variant(session, "CUP", stock=50)
    told = [incoming(line("MUG", 3)), *(incoming(line("CUP", 1)) for _ in range(9)), incoming(line("MUG", 4))]
    with counting(session) as statements:
        outcomes = await bring(session, shop, *told)
    assert len([one for one in statements if "promised_on IS NULL" in one]) == 1
    statuses = [(await session.get_one(Order, outcome.order_id)).status for outcome in outcomes]
    assert statuses == [Status.STOCK_UNAVAILABLE, *[Status.PROCESSING] * 9, Status.STOCK_UNAVAILABLE]
    assert len((await session.scalars(select(ProcurementRequest))).all()) == 1


@pytest.mark.spec("STK-2")
async def test_a_channel_that_confirms_by_itself_is_not_looked_at_on_entry(session: AsyncSession) -> None:
    shop = await make_channel(session, auto_confirm=True)
    await map_cod(session, shop)
    await make_variant(session, "MUG", stock=2)
    outcome = await bring_one(session, shop, incoming(line("MUG", 3)))
    order = await session.get_one(Order, outcome.order_id)
    assert (order.status, order.short_on_entry) == (Status.STOCK_UNAVAILABLE, False)
