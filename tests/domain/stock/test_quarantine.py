"""Goods that are set apart, and who holds what cannot be taken."""

from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.refusals import Invalid
from domain.orders.status import Status
from domain.stock.correct import CorrectStock, correct_stock
from domain.stock.levels import Level
from domain.stock.prove import prove_stock
from domain.stock.quarantine import Quarantine, quarantine_stock, release_stock
from tests.domain.flows.moving import move
from tests.support.builders import OPERATOR, make_order, make_variant

pytestmark = pytest.mark.spec("STK-1")


def of(quantity: str, *, reason: str = "dented", discard: bool = False, sku: str = "MUG") -> Quarantine:
    return Quarantine(sku=sku, quantity=Decimal(quantity), reason=reason, discard=discard)


async def test_goods_in_quarantine_are_on_hand_and_not_available_until_released(session: AsyncSession) -> None:
    await make_variant(session, "MUG", stock=5)
    level = await quarantine_stock(session, OPERATOR, of("2"))
    assert (level.on_hand, level.quarantined, level.available) == (5, 2, 3)
    level = await release_stock(session, OPERATOR, of("0.5", reason="only dust"))
    assert (level.on_hand, level.quarantined, level.available) == (5, Decimal("1.5"), Decimal("3.5"))
    level = await release_stock(session, OPERATOR, of("1.5", discard=True))
    assert level == Level("MUG", Decimal("3.5"), Decimal(0), Decimal(0))
    assert await prove_stock(session) == []


async def test_what_orders_hold_is_not_set_apart_and_the_refusal_names_them(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=5)
    order = await move(session, await make_order(session, [(mug, 3)]), Status.CONFIRMED)
    await quarantine_stock(session, OPERATOR, of("1"))
    with pytest.raises(Invalid) as refusal:
        await quarantine_stock(session, OPERATOR, of("2"))
    assert refusal.value.problems[0].code == "RESERVED"
    assert refusal.value.message == (
        f"Only 1 of MUG are free. 1 are in quarantine. 3 are reserved for order {order.number}: "
        "move those to Stock Unavailable first."
    )
    with pytest.raises(Invalid) as refusal:
        await correct_stock(session, OPERATOR, CorrectStock(sku="MUG", difference=Decimal(-2), reason="lost"))
    assert refusal.value.problems[0].code == "RESERVED"


async def test_many_holders_are_counted_and_a_few_named(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=7)
    for _ in range(7):
        await move(session, await make_order(session, [(mug, 1)]), Status.CONFIRMED)
    with pytest.raises(Invalid) as refusal:
        await quarantine_stock(session, OPERATOR, of("1"))
    assert " and 2 more" in refusal.value.message


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (of("0"), "OUT_OF_RANGE"),
        (of("NaN"), "OUT_OF_RANGE"),
        (of("1", sku="NONE"), "UNKNOWN_SKU"),
        (of("1", reason="  "), "MISSING"),
        (of("1", reason="x" * 1001), "NOT_A_TEXT"),
    ],
)
async def test_what_cannot_be_set_apart_or_released(session: AsyncSession, command: Quarantine, code: str) -> None:
    await make_variant(session, "MUG", stock=5)
    for act in (quarantine_stock, release_stock):
        with pytest.raises(Invalid) as refusal:
            await act(session, OPERATOR, command)
        assert refusal.value.problems[0].code == code


async def test_no_more_is_released_than_is_in_quarantine(session: AsyncSession) -> None:
    await make_variant(session, "MUG", stock=5)
    await quarantine_stock(session, OPERATOR, of("1"))
    with pytest.raises(Invalid) as refusal:
        await release_stock(session, OPERATOR, of("2", discard=True))
    assert refusal.value.problems[0].code == "TOO_MUCH"
