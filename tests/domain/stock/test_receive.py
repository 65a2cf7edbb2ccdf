"""Goods in, corrections, and the proof that the stock adds up."""

from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.flows.move import MoveOrder, move_order
from domain.flows.take_in import ReceiveStock, StockLine, receive_stock
from domain.kernel.refusals import Invalid, NotFound
from domain.orders.status import Status
from domain.stock.correct import CorrectStock, correct_stock
from domain.stock.levels import Level
from domain.stock.models import MoveKind, StockLevel, StockMove
from domain.stock.prove import prove_stock
from tests.support.builders import OPERATOR, make_order, make_variant
from tests.support.snapshot import snapshot


def receipt(*lines: tuple[str, str], **fields: str) -> ReceiveStock:
    return ReceiveStock(lines=[StockLine(sku, Decimal(quantity)) for sku, quantity in lines], **fields)  # type: ignore[arg-type]


@pytest.mark.spec("STK-1")
async def test_goods_are_added_with_a_move_each_and_the_levels_told(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=2)
    await make_variant(session, "CUP")
    levels = await receive_stock(session, OPERATOR, receipt(("CUP", "1.5"), ("MUG", "3"), ("CUP", "1"), reason="PO 7"))
    assert levels == [Level("CUP", Decimal("2.500"), Decimal(0)), Level("MUG", Decimal(5), Decimal(0))]
    moves = await session.scalars(select(StockMove).where(StockMove.variant_id == mug.id).order_by(StockMove.id))
    assert [(m.kind, m.quantity, m.reason, m.actor) for m in moves][-1] == (
        MoveKind.RECEIPT,
        Decimal(3),
        "PO 7",
        OPERATOR.label,
    )
    assert await prove_stock(session) == []


@pytest.mark.spec("STK-1")
async def test_available_is_what_is_not_reserved(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=2)
    order = await make_order(session, [(mug, 2)])
    await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.CONFIRMED))
    [level] = await receive_stock(session, OPERATOR, receipt(("MUG", "3")))
    assert (level.on_hand, level.reserved, level.available) == (5, 2, 3)


@pytest.mark.parametrize(
    ("lines", "problems"),
    [
        ([], [("lines", "EMPTY")]),
        (
            [("MUG", "1"), ("NONE", "0"), ("MUG", "NaN")],
            [
                ("lines.1.sku", "UNKNOWN_SKU"),
                ("lines.1.quantity", "OUT_OF_RANGE"),
                ("lines.2.quantity", "OUT_OF_RANGE"),
            ],
        ),
        ([("MUG", "99999999999"), ("MUG", "1")], [("lines", "OUT_OF_RANGE")]),
        ([("M\x00", "1")], [("lines.0.sku", "UNKNOWN_SKU")]),
    ],
)
async def test_wrong_lines_are_named_and_nothing_is_added(
    session: AsyncSession, lines: list[tuple[str, str]], problems: list[tuple[str, str]]
) -> None:
    await make_variant(session, "MUG", stock=1)
    before = await snapshot(session)
    with pytest.raises(Invalid) as refusal:
        await receive_stock(session, OPERATOR, receipt(*lines))
    assert [(".".join(p.path), p.code) for p in refusal.value.problems] == problems
    assert await snapshot(session) == before


async def test_an_unknown_warehouse_is_not_found(session: AsyncSession) -> None:
    await make_variant(session, "MUG")
    with pytest.raises(NotFound) as refusal:
        await receive_stock(session, OPERATOR, receipt(("MUG", "1"), warehouse="moon"))
    assert refusal.value.path == ("warehouse",)


@pytest.mark.spec("STK-1")
async def test_a_correction_takes_only_what_no_order_holds(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=5)
    order = await make_order(session, [(mug, 3)])
    await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.CONFIRMED))
    with pytest.raises(Invalid) as refusal:
        await correct_stock(session, OPERATOR, CorrectStock(sku="MUG", difference=Decimal(-3), reason="broken"))
    assert refusal.value.problems[0].code == "RESERVED"
    level = await correct_stock(session, OPERATOR, CorrectStock(sku="MUG", difference=Decimal(-2), reason="broken"))
    assert level == Level("MUG", Decimal(3), Decimal(3))
    assert await prove_stock(session) == []


@pytest.mark.parametrize(
    ("sku", "difference", "code"),
    [
        ("NONE", "1", "UNKNOWN_SKU"),
        ("MUG", "0", "OUT_OF_RANGE"),
        ("MUG", "-1", "RESERVED"),
        ("M\x00", "1", "UNKNOWN_SKU"),
    ],
)
async def test_a_correction_that_cannot_be_made_is_refused(
    session: AsyncSession, sku: str, difference: str, code: str
) -> None:
    await make_variant(session, "MUG")
    with pytest.raises(Invalid) as refusal:
        await correct_stock(session, OPERATOR, CorrectStock(sku=sku, difference=Decimal(difference), reason="count"))
    assert refusal.value.problems[0].code == code


@pytest.mark.spec("STK-1")
async def test_the_proof_finds_a_level_that_was_written_past_the_use_cases(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=5)
    await session.execute(update(StockLevel).where(StockLevel.variant_id == mug.id).values(on_hand=7, reserved=1))
    [fault] = await prove_stock(session)
    assert (fault.variant_id, fault.on_hand, fault.moved, fault.reserved, fault.kept) == (mug.id, 7, 5, 1, 0)


async def test_a_level_holds_only_so_much(session: AsyncSession) -> None:
    """What is added to what is there is more than a level can say: refused where it was asked, nothing is added."""
    await make_variant(session, "MUG", stock=10)
    before = await snapshot(session)
    most = "99999999999.999"
    for field, work in (
        ("lines", receive_stock(session, OPERATOR, receipt(("MUG", most)))),
        ("lines", receive_stock(session, OPERATOR, receipt(("MUG", "60000000000"), ("MUG", "39999999990")))),
        (
            "difference",
            correct_stock(session, OPERATOR, CorrectStock(sku="MUG", difference=Decimal(most), reason="count")),
        ),
    ):
        with pytest.raises(Invalid) as refusal:
            async with session.begin_nested():
                await work
        assert [(one.path, one.code) for one in refusal.value.problems] == [((field,), "OUT_OF_RANGE")]
    assert await snapshot(session) == before
