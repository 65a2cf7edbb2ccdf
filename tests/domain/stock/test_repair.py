"""The repair of levels that somebody wrote past the use cases."""

from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.orders.status import Status
from domain.stock.models import Reservation, StockLevel, StockMove
from domain.stock.prove import prove_stock, repair_stock
from tests.domain.flows.moving import level, move
from tests.support.builders import make_order, make_variant
from tests.support.snapshot import snapshot

pytestmark = pytest.mark.spec("STK-1")


@pytest.mark.parametrize("damage", [{"on_hand": 9}, {"reserved": 0}, {"on_hand": 4, "reserved": 4}, {"quarantined": 1}])
async def test_a_damaged_level_becomes_what_moves_and_reservations_tell(
    session: AsyncSession, damage: dict[str, Any]
) -> None:
    mug, cup = await make_variant(session, "MUG", stock=5), await make_variant(session, "CUP", stock=3)
    await move(session, await make_order(session, [(mug, 2)]), Status.CONFIRMED)
    await session.execute(update(StockLevel).where(StockLevel.variant_id == mug.id).values(**damage))
    [fault] = await repair_stock(session)
    assert (fault.variant_id, fault.moved, fault.kept, fault.set_apart) == (mug.id, 5, 2, 0)
    assert (await level(session, mug.id), await level(session, cup.id)) == ((5, 2), (3, 0))
    assert await prove_stock(session) == []
    assert await repair_stock(session) == []


async def test_a_level_that_is_gone_is_made_again(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=5)
    await session.execute(delete(StockLevel).where(StockLevel.variant_id == mug.id))
    assert len(await repair_stock(session)) == 1
    assert await level(session, mug.id) == (5, 0)


async def test_what_contradicts_itself_is_told_and_left_to_a_person(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=5)
    await move(session, await make_order(session, [(mug, 4)]), Status.CONFIRMED)
    await session.execute(update(StockMove).where(StockMove.variant_id == mug.id).values(quantity=3))
    before = await snapshot(session)
    [fault] = await repair_stock(session)
    assert not fault.can_be_repaired
    assert await snapshot(session) == before


async def test_a_reservation_without_its_level_is_found(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=5)
    await move(session, await make_order(session, [(mug, 4)]), Status.CONFIRMED)
    await session.execute(delete(Reservation))
    [fault] = await repair_stock(session)
    assert (fault.reserved, fault.kept) == (4, 0)
    assert await level(session, mug.id) == (5, 0)
