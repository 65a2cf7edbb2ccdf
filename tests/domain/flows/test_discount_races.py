"""Orders that race for the last use of a rule, over real connections (spec DSC-3)."""

import asyncio
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from domain.discounts.models import DiscountLog, DiscountUse
from domain.flows.create_order import CreateOrder, OrderCustomer, OrderedLine, create_order
from domain.flows.edit_lines import EditedContents, EditedLine
from domain.flows.edit_order import EditOrder, edit_order
from domain.flows.move import MoveOrder, move_order
from domain.kernel.database import Database
from domain.kernel.refusals import Invalid
from domain.orders.models import Order
from domain.orders.status import Status
from tests.support.builders import OPERATOR, make_customer, make_variant
from tests.support.discounts import make_rule


async def enter(database: Database, *vouchers: str, customer: Any = None, quantity: int = 1) -> str:
    """What the order saved, or the code and path of the refusal."""
    command = CreateOrder(
        channel="manual",
        lines=[OrderedLine("MUG", Decimal(quantity))],
        customer=customer or OrderCustomer(name="Somebody"),
        vouchers=vouchers,
    )
    try:
        async with database.begin() as session:
            return str((await create_order(session, OPERATOR, command)).discount_total)
    except Invalid as refusal:
        return " ".join((*refusal.problems[0].path, refusal.problems[0].code))


async def counted(database: Database) -> tuple[int, Decimal, Decimal]:
    """Uses; what orders saved; what the log says that they did."""
    async with database.begin() as session:
        return (
            await session.scalar(select(func.count()).select_from(DiscountUse)) or 0,
            await session.scalar(select(func.sum(Order.discount_total))) or Decimal(0),
            await session.scalar(select(func.sum(DiscountLog.saved))) or Decimal(0),
        )


@pytest.mark.spec("DSC-3")
async def test_the_last_uses_go_to_as_many_orders_and_the_others_are_told(database: Database) -> None:
    async with database.begin() as session:
        await make_variant(session, "MUG", price="100.00")
        await make_rule(session, voucher="LAST", limit_total=2)
    outcomes = await asyncio.gather(*(enter(database, "LAST") for _ in range(8)))
    assert Counter(outcomes) == {"10.00": 2, "vouchers 0 USED_UP": 6}
    assert await counted(database) == (2, 20, 20)


@pytest.mark.spec("DSC-3")
async def test_one_client_races_with_himself(database: Database) -> None:
    async with database.begin() as session:
        await make_variant(session, "MUG", price="100.00")
        await make_rule(session, voucher="ONCE", limit_per_client=1)
        ion, ana = [OrderCustomer(id=(await make_customer(session)).id) for _ in range(2)]
    outcomes = await asyncio.gather(*(enter(database, "ONCE", customer=one) for one in (ion, ana) * 4))
    assert Counter(outcomes[::2]) == Counter(outcomes[1::2]) == {"10.00": 1, "vouchers 0 USED_BY_CLIENT": 3}
    assert (await counted(database))[0] == 2


@pytest.mark.spec("DSC-3")
async def test_a_limit_per_client_does_not_put_other_clients_in_a_row(database: Database) -> None:
    """While one client's order is open, another's gets the same rule at once; the first one's own second waits."""
    async with database.begin() as session:
        await make_variant(session, "MUG", price="100.00")
        await make_rule(session, limit_per_client=1)
        ion, ana = [OrderCustomer(id=(await make_customer(session)).id) for _ in range(2)]
    lines = [OrderedLine("MUG", Decimal(1))]
    async with database.begin() as session:
        await create_order(session, OPERATOR, CreateOrder(channel="manual", lines=lines, customer=ion))
        assert await asyncio.wait_for(enter(database, customer=ana), 60) == "10.00"
        second = asyncio.create_task(enter(database, customer=ion))
        await waits_for_a_lock(database)
    assert await second == "0.00"


@pytest.mark.spec("DSC-3")
async def test_without_a_voucher_the_losers_go_without_or_take_the_next_rule(database: Database) -> None:
    async with database.begin() as session:
        await make_variant(session, "MUG", price="100.00")
        await make_rule(session, "30", limit_total=1, stacks=False)
        await make_rule(session, "20", limit_total=2, stacks=False)
    outcomes = await asyncio.gather(*(enter(database) for _ in range(6)))
    assert Counter(outcomes) == {"30.00": 1, "20.00": 2, "0.00": 3}
    assert await counted(database) == (3, 70, 70)


@pytest.mark.spec("DSC-3")
async def test_several_vouchers_named_in_any_order_do_not_block_each_other(database: Database) -> None:
    codes = ["A", "B", "C"]
    async with database.begin() as session:
        await make_variant(session, "MUG", price="100.00")
        for code in codes:
            await make_rule(session, voucher=code, limit_total=4)
    orders = [codes if n % 2 else codes[::-1] for n in range(8)]
    outcomes = await asyncio.wait_for(asyncio.gather(*(enter(database, *one) for one in orders)), 60)
    assert Counter(outcomes)["30.00"] == 4
    assert (await counted(database))[0] == 12


@pytest.mark.spec("DSC-3")
async def test_an_order_that_fails_gives_its_use_back_to_the_one_that_waits(database: Database) -> None:
    """The second waits for the first, which is rolled back: then it has the use."""
    async with database.begin() as session:
        await make_variant(session, "MUG", price="100.00")
        await make_rule(session, voucher="LAST", limit_total=1)
    command = CreateOrder(
        channel="manual",
        lines=[OrderedLine("MUG", Decimal(1))],
        customer=OrderCustomer(name="First"),
        vouchers=["LAST"],
    )
    with pytest.raises(ConnectionAbortedError):
        async with database.begin() as session:
            await create_order(session, OPERATOR, command)
            second = asyncio.create_task(enter(database, "LAST"))
            await waits_for_a_lock(database)
            raise ConnectionAbortedError
    assert await second == "10.00"
    assert await counted(database) == (1, 10, 10)


@pytest.mark.spec("DSC-3")
async def test_edits_and_cancels_race_with_new_orders(database: Database) -> None:
    """Whoever wins: never more uses than the limit, and the log is what the orders saved."""
    async with database.begin() as session:
        await make_variant(session, "MUG", price="100.00")
        await make_rule(session, voucher="TWO", limit_total=2)
    await asyncio.gather(enter(database, "TWO"), enter(database, "TWO"))
    async with database.begin() as session:
        orders = list(await session.scalars(select(Order.id)))

    async def edit(order_id: Any) -> None:
        async with database.begin() as session:
            lines = [EditedLine(sku="MUG", quantity=Decimal(3))]
            await edit_order(session, OPERATOR, EditOrder(order_id=order_id, contents=EditedContents(lines=lines)))

    async def cancel(order_id: Any) -> None:
        async with database.begin() as session:
            await move_order(session, OPERATOR, MoveOrder(order_id=order_id, to=Status.CANCELLED))

    await asyncio.gather(
        edit(orders[0]), cancel(orders[1]), *(enter(database, "TWO") for _ in range(4)), edit(orders[0])
    )
    used, saved, logged = await counted(database)
    assert used <= 2
    assert saved == logged
    while (outcome := await enter(database, "TWO")) == "10.00":
        used += 1
    assert (outcome, used) == ("vouchers 0 USED_UP", 2)


async def waits_for_a_lock(database: Database) -> None:
    """Until some session of this database waits for another."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with asyncio.timeout(60), database.read() as connection:
        while not (await connection.exec_driver_sql(waiting)).scalar():  # noqa: ASYNC110 - nobody tells us
            await asyncio.sleep(0.02)
