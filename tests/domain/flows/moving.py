"""Short words for the tests of moves."""

from typing import Any, TypeVar

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.flows.move import MoveOrder, move_order
from domain.kernel.actor import Actor
from domain.kernel.refusals import Refusal
from domain.orders.models import HistoryEntry, Order
from domain.orders.rebuild import rebuild
from domain.orders.status import Status
from domain.stock.models import StockLevel
from domain.stock.prove import prove_stock
from tests.support.builders import OPERATOR, load_order
from tests.support.snapshot import snapshot

R = TypeVar("R", bound=Refusal)


async def move(
    session: AsyncSession, order: Order, to: Status, *, reason: str | None = None, actor: Actor = OPERATOR
) -> Order:
    """Moves the order and returns it as the database has it, after proving what must always hold."""
    await move_order(session, actor, MoveOrder(order_id=order.id, to=to, reason=reason))
    return await proven(session, order)


async def proven(session: AsyncSession, order: Order) -> Order:
    """The order as the database has it; stock adds up, and history alone tells its status, payment and totals."""
    order = await load_order(session, order.id)
    assert await prove_stock(session) == []
    built = rebuild(await history(session, order))
    assert (built.status, built.payment_state) == (order.status, order.payment_state)
    assert built.totals == built.summed
    assert built.totals.total == order.total
    assert order.history_seq == len(await history(session, order))
    return order


async def refused(
    session: AsyncSession, order: Order, to: Status, refusal: type[R], *, actor: Actor = OPERATOR, **command: Any
) -> R:
    """Asserts that the move is refused so, and that nothing at all was changed."""
    before = await snapshot(session)
    with pytest.raises(refusal) as raised:
        async with session.begin_nested():
            await move_order(session, actor, MoveOrder(order_id=order.id, to=to, **command))
    assert await snapshot(session) == before
    return raised.value


async def history(session: AsyncSession, order: Order) -> list[HistoryEntry]:
    await session.flush()
    entries = await session.scalars(
        select(HistoryEntry).where(HistoryEntry.order_id == order.id).order_by(HistoryEntry.seq)
    )
    return list(entries)


async def kinds(session: AsyncSession, order: Order) -> list[str]:
    return [entry.kind for entry in await history(session, order)]


async def level(session: AsyncSession, variant_id: object) -> tuple[int, int]:
    """On hand and reserved."""
    found = (
        await session.scalars(
            select(StockLevel).where(StockLevel.variant_id == variant_id).execution_options(populate_existing=True)
        )
    ).one()
    return int(found.on_hand), int(found.reserved)
