"""Imports on several real connections at once: exactly one order each, nothing lost between two commits."""

import asyncio

import pytest
from sqlalchemy import func, select

from domain.channels.models import Channel
from domain.customers.models import Customer
from domain.flows.import_order import Outcome, import_order
from domain.flows.replay import Replay, replay
from domain.flows.upsert_product import UpsertProduct, upsert_product
from domain.intake.models import InboxItem, InboxState
from domain.intake.types import IncomingCustomer, IncomingOrder
from domain.kernel.database import Database
from domain.kernel.outbox import OutboxRow
from domain.orders.models import Order, OrderLine
from tests.support.builders import OPERATOR, make_channel
from tests.support.incoming import SHOP, arrive, bring_one, import_arrivals, incoming, later, line, map_cod, rules_of


async def open_shop(database: Database) -> Channel:
    async with database.begin() as session:
        channel = await make_channel(session)
        await map_cod(session, channel)
    return channel


async def deliver(database: Database, shop: Channel, order: IncomingOrder) -> Outcome:
    """One delivery on a connection of its own: stored and committed, then imported and committed."""
    async with database.begin() as session:
        [arrival] = await arrive(session, shop, order)
    async with database.begin() as session:
        return await import_order(session, SHOP, await rules_of(session, shop), arrival)


async def orders_of(database: Database) -> list[Order]:
    async with database.begin() as session:
        return list(await session.scalars(select(Order)))


@pytest.mark.spec("SYN-4")
async def test_ten_deliveries_at_once_become_one_order(database: Database) -> None:
    shop = await open_shop(database)
    told = incoming(line(None, variant=None))
    outcomes = await asyncio.gather(*(deliver(database, shop, told) for _ in range(10)))
    assert sorted(outcome.state.value for outcome in outcomes) == ["duplicate"] * 9 + ["imported"]
    [order] = await orders_of(database)
    assert {outcome.order_id for outcome in outcomes} == {order.id}


@pytest.mark.spec("SYN-4")
async def test_versions_that_race_end_at_the_latest(database: Database) -> None:
    shop = await open_shop(database)
    told = incoming(line(None, variant=None), note="0")
    states = [later(told, f"2026-07-01T13:00:0{number}", note=str(number)) for number in (7, 3, 9, 1, 5)]
    outcomes = await asyncio.gather(*(deliver(database, shop, order) for order in (told, *states)))
    [order] = await orders_of(database)
    assert order.note == "9"
    assert {outcome.state for outcome in outcomes} <= {InboxState.IMPORTED, InboxState.SUPERSEDED}


@pytest.mark.spec("SYN-6")
async def test_a_new_buyer_of_two_orders_at_once_is_made_once(database: Database) -> None:
    shop = await open_shop(database)
    buyer = IncomingCustomer(external_id="5", name="Ana", email="ana@example.com")
    await asyncio.gather(
        *(deliver(database, shop, incoming(line(None, variant=None), customer=buyer)) for _ in range(6))
    )
    async with database.begin() as session:
        assert await session.scalar(select(func.count()).select_from(Customer)) == 1
        assert len(set(await session.scalars(select(Order.customer_id)))) == 1


@pytest.mark.spec("SYN-3")
async def test_a_product_made_while_an_import_finds_it_missing_releases_it(database: Database) -> None:
    """The import has looked and is about to wait; the product's release waits for it, and finds it."""
    shop = await open_shop(database)
    async with database.begin() as session:
        outcome = await bring_one(session, shop, incoming(line("CUP")))
        assert outcome.causes == ("sku:CUP",)
        making = asyncio.create_task(make_product(database, "CUP"))
        await asyncio.sleep(0.2)
        assert not making.done()
    await making
    async with database.begin() as session:
        stored = await session.get_one(InboxItem, outcome.item_id)
        assert stored.state is InboxState.RECEIVED
        work = await session.scalar(select(func.count()).where(OutboxRow.aggregate == f"inbox:{stored.id}"))
        assert work == 2  # the first look, which this test has no worker for, and the replay


@pytest.mark.spec("SYN-3")
async def test_an_import_that_finds_it_missing_looks_again_after_the_product_was_made(database: Database) -> None:
    """The product is made and not committed yet; the import waits for that, and then needs to wait for nothing."""
    shop = await open_shop(database)
    async with database.begin() as session:
        await upsert_product(session, OPERATOR, UpsertProduct(sku="CUP", name="Cup"))
        importing = asyncio.create_task(deliver(database, shop, incoming(line("CUP"))))
        await asyncio.sleep(0.2)
        assert not importing.done()
    outcome = await importing
    assert outcome.state is InboxState.IMPORTED
    async with database.begin() as session:
        assert await session.scalar(select(OrderLine.variant_id)) is not None


@pytest.mark.spec("SYN-3")
async def test_two_replays_at_once_release_each_item_once(database: Database) -> None:
    shop = await open_shop(database)
    for _ in range(3):
        await deliver(database, shop, incoming(line("CUP")))

    async def again() -> int:
        async with database.begin() as session:
            return await replay(session, OPERATOR, Replay(cause="sku:CUP"))

    assert sum(await asyncio.gather(again(), again(), again())) == 3


@pytest.mark.spec("SYN-3")
async def test_what_waited_is_imported_once_and_the_batch_beside_it_too(database: Database) -> None:
    shop = await open_shop(database)
    waiting = [incoming(line("CUP")) for _ in range(3)]
    async with database.begin() as session:
        arrivals = await arrive(session, shop, *waiting)
        await import_arrivals(session, shop, arrivals)
    await make_product(database, "CUP")

    async def work() -> list[Outcome]:
        async with database.begin() as session:
            return await import_arrivals(session, shop, arrivals)

    first, second = await asyncio.gather(work(), work())
    states = sorted(outcome.state.value for outcome in (*first, *second))
    assert states == ["duplicate"] * 3 + ["imported"] * 3
    assert len(await orders_of(database)) == 3


async def make_product(database: Database, sku: str) -> None:
    async with database.begin() as session:
        await upsert_product(session, OPERATOR, UpsertProduct(sku=sku, name=sku))
