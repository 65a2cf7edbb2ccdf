"""The tabs' counts are what there is, whatever moves, fails, is rolled back or folded; and are repaired when not."""

import asyncio
import random
from contextlib import suppress

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.flows.move import MoveOrder, move_order
from domain.kernel.database import Database
from domain.kernel.refusals import Refusal
from domain.orders.counts import fold_counts, shown_counts, true_counts
from domain.orders.prove_counts import CountDifference, count_differences, repair_counts
from domain.orders.status import Status
from tests.support.builders import OPERATOR, make_channel, make_order, make_variant

pytestmark = pytest.mark.spec("ORD-6")


class _ChangedMyMindError(Exception):
    pass


@pytest.mark.parametrize("seed", range(3))
async def test_a_random_walk_with_refusals_and_rollbacks(session: AsyncSession, seed: int) -> None:
    chance = random.Random(seed)
    channels = [await make_channel(session) for _ in range(2)]
    variant = await make_variant(session, stock=12)
    orders: list[object] = []
    for _ in range(50):
        with suppress(Refusal, _ChangedMyMindError):
            async with session.begin_nested():
                step = chance.choice(("place", "move", "move", "move", "move", "fold"))
                if step == "place" or not orders:
                    order = await make_order(session, [(variant, 1)], channel=chance.choice(channels))
                    placed: object = order.id
                elif step == "move":
                    command = MoveOrder(order_id=chance.choice(orders), to=chance.choice(list(Status)))  # type: ignore[arg-type]
                    await move_order(session, OPERATOR, command)
                    placed = None
                else:
                    await fold_counts(session, batch=chance.randint(1, 20))
                    placed = None
                await session.flush()
                if chance.random() < 0.2:
                    raise _ChangedMyMindError
                orders += [placed] if placed else []
        assert await count_differences(session) == []
    assert len({status for status, count in (await true_counts(session)).items() if count}) > 1, "it went nowhere"


async def test_many_at_once_with_rollbacks_and_folds(database: Database) -> None:
    async with database.begin() as session:
        channel, variant = await make_channel(session), await make_variant(session, stock=10)
        orders = [(await make_order(session, [(variant, 1)], channel=channel)).id for _ in range(6)]

    async def walk(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(8):
            with suppress(Refusal, _ChangedMyMindError):
                async with database.begin() as session:
                    command = MoveOrder(order_id=chance.choice(orders), to=chance.choice(list(Status)))
                    await move_order(session, OPERATOR, command)
                    if chance.random() < 0.3:
                        raise _ChangedMyMindError
            async with database.read() as connection:
                assert await count_differences(connection) == []

    async def fold() -> None:
        for _ in range(8):
            async with database.begin() as session:
                await fold_counts(session, batch=3)

    await asyncio.gather(*(walk(seed) for seed in range(4)), fold(), fold())


async def test_what_was_made_wrong_is_named_and_set_right(session: AsyncSession) -> None:
    channel = await make_channel(session, slug="one")
    await make_order(session, channel=channel)
    await make_order(session, channel=channel)
    await fold_counts(session)
    await session.execute(text("update orders set status = 3 where number = (select max(number) from orders)"))
    wrong = [CountDifference("one", Status.DRAFT, 2, 1), CountDifference("one", Status.CONFIRMED, 0, 1)]
    assert await count_differences(session) == wrong
    assert await repair_counts(session) == wrong
    assert await repair_counts(session) == []
    assert await shown_counts(session) == await true_counts(session)


async def test_two_repairs_at_once_while_orders_move_mend_it_once(database: Database) -> None:
    async with database.begin() as session:
        channel = await make_channel(session)
        orders = [(await make_order(session, channel=channel)).id for _ in range(4)]
        await session.execute(text("update status_count_deltas set delta = delta + 3"))

    async def repair() -> None:
        async with database.begin() as session:
            await repair_counts(session)

    async def hold(order_id: object) -> None:
        async with database.begin() as session:
            await move_order(session, OPERATOR, MoveOrder(order_id=order_id, to=Status.ON_HOLD))  # type: ignore[arg-type]

    await asyncio.gather(repair(), *map(hold, orders), repair())
    async with database.read() as connection:
        assert await count_differences(connection) == []
        assert (await shown_counts(connection))[Status.ON_HOLD] == 4
