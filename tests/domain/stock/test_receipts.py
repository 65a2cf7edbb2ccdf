"""Receipt notes: drafts, their approval, and what cannot be one."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.flows.take_in import ApproveReceipt, approve_receipt
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, NotFound, StaleVersion
from domain.stock.levels import Level
from domain.stock.models import MoveKind, ReceiptNote, ReceiptNoteLine, ReceiptState, StockLevel, StockMove
from domain.stock.prove import prove_stock
from domain.stock.receipts import ReceiptContents, ReceivedLine, cancel_receipt, create_receipt, edit_receipt
from domain.stock.warehouses import UpsertWarehouse, upsert_warehouse
from tests.support.builders import OPERATOR, make_variant
from tests.support.snapshot import snapshot

pytestmark = pytest.mark.spec("STK-4")


def contents(*lines: tuple[str, str], **fields: Any) -> ReceiptContents:
    return ReceiptContents(
        lines=[ReceivedLine(sku=sku, quantity=Decimal(quantity)) for sku, quantity in lines], **fields
    )


async def draft(session: AsyncSession, *lines: tuple[str, str], **fields: Any) -> ReceiptNote:
    return await create_receipt(session, OPERATOR, contents(*(lines or (("MUG", "3"),)), **fields))


async def approve(session: AsyncSession, note: ReceiptNote, version: int | None = None) -> list[Level]:
    return await approve_receipt(session, OPERATOR, ApproveReceipt(note_id=note.id, expected_version=version))


async def moved(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(StockMove)) or 0


async def test_a_draft_changes_no_stock_and_its_approval_adds_it_once(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG")
    cup = await make_variant(session, "CUP", stock=1)
    note = await draft(session, ("MUG", "3"), ("CUP", "2"), ("MUG", "1.5"), supplier="ACME", reference="A-7")
    assert (note.state, await moved(session)) == (ReceiptState.DRAFT, 1)
    levels = await approve(session, note, version=1)
    assert levels == [Level("MUG", Decimal("4.5"), Decimal(0)), Level("CUP", Decimal(3), Decimal(0))]
    assert (note.state, note.version, note.approved_by) == (ReceiptState.APPROVED, 2, OPERATOR.label)
    moves = await session.scalars(select(StockMove).where(StockMove.cause_id == note.id))
    assert {(m.variant_id, m.kind, m.quantity) for m in moves} == {
        (mug.id, MoveKind.RECEIPT, Decimal("4.5")),
        (cup.id, MoveKind.RECEIPT, Decimal(2)),
    }
    assert await prove_stock(session) == []
    before = await snapshot(session)
    with pytest.raises(Invalid) as refusal:
        await approve(session, note)
    assert refusal.value.problems[0].code == "NOT_A_DRAFT"
    assert "approved already" in refusal.value.message
    assert await snapshot(session) == before


async def test_a_draft_is_written_anew_and_then_no_more(session: AsyncSession) -> None:
    for sku in ("MUG", "CUP"):
        await make_variant(session, sku)
    note = await draft(session, ("MUG", "3"), reference="A-7")
    with pytest.raises(StaleVersion):
        await edit_receipt(session, OPERATOR, note.id, 7, contents(("CUP", "1")))
    await edit_receipt(session, OPERATOR, note.id, 1, contents(("CUP", "1"), expected_on=date(2030, 1, 1)))
    lines = (await session.scalars(select(ReceiptNoteLine).where(ReceiptNoteLine.receipt_note_id == note.id))).all()
    assert [line.quantity for line in lines] == [1]
    assert (note.version, note.reference, note.expected_on) == (2, None, date(2030, 1, 1))
    assert await approve(session, note) == [Level("CUP", Decimal(1), Decimal(0))]
    with pytest.raises(Invalid) as refusal:
        await edit_receipt(session, OPERATOR, note.id, None, contents(("MUG", "1")))
    assert refusal.value.problems[0].code == "NOT_A_DRAFT"


async def test_a_cancelled_draft_is_never_approved(session: AsyncSession) -> None:
    await make_variant(session, "MUG")
    note = await draft(session)
    await cancel_receipt(session, OPERATOR, note.id, 1)
    for act in (approve(session, note), cancel_receipt(session, OPERATOR, note.id, None)):
        with pytest.raises(Invalid) as refusal:
            await act
        assert refusal.value.problems[0].code == "NOT_A_DRAFT"
    assert await moved(session) == 0


async def test_an_unknown_note_is_not_found(session: AsyncSession) -> None:
    with pytest.raises(NotFound):
        await approve_receipt(session, OPERATOR, ApproveReceipt(note_id=new_id()))


@pytest.mark.parametrize(
    ("lines", "fields", "problems"),
    [
        ([], {}, ["lines EMPTY"]),
        (
            [("MUG", "-1"), ("NONE", "1")],
            {},
            ["lines.0.quantity OUT_OF_RANGE", "lines.1.sku UNKNOWN_SKU"],
        ),
        (
            [("MUG", "1")],
            {"supplier": "x" * 201, "reference": "\x00", "expected_on": date(1999, 1, 1)},
            ["supplier NOT_A_TEXT", "reference NOT_A_TEXT", "expectedOn OUT_OF_RANGE"],
        ),
        ([("MUG", "1")] * 10_001, {}, ["lines TOO_MANY"]),
    ],
)
async def test_every_wrong_field_is_named(
    session: AsyncSession, lines: list[tuple[str, str]], fields: dict[str, Any], problems: list[str]
) -> None:
    await make_variant(session, "MUG")
    with pytest.raises(Invalid) as refusal:
        await create_receipt(session, OPERATOR, contents(*lines, **fields))
    assert [f"{'.'.join(p.path)} {p.code}" for p in refusal.value.problems] == problems


async def test_a_warehouse_that_is_switched_off_takes_nothing_in(session: AsyncSession) -> None:
    await make_variant(session, "MUG")
    await upsert_warehouse(session, OPERATOR, UpsertWarehouse(code="attic", name="Attic"))
    note = await draft(session, warehouse="attic")
    await upsert_warehouse(session, OPERATOR, UpsertWarehouse(code="attic", name="Attic", active=False))
    for act in (approve(session, note), draft(session, warehouse="attic")):
        with pytest.raises(Invalid) as refusal:
            await act
        assert refusal.value.problems[0].code == "DISABLED"
    assert (await session.scalars(select(StockLevel))).all() == []


@pytest.mark.spec("STK-1")
async def test_a_warehouse_is_made_changed_and_guarded(session: AsyncSession) -> None:
    made = await upsert_warehouse(session, OPERATOR, UpsertWarehouse(code="cluj", name=" Cluj "))
    assert (made.name, made.active, made.version) == ("Cluj", True, 1)
    made = await upsert_warehouse(session, OPERATOR, UpsertWarehouse(code="cluj", name="Cluj 2", expected_version=1))
    assert (made.name, made.version) == ("Cluj 2", 2)
    with pytest.raises(StaleVersion):
        await upsert_warehouse(session, OPERATOR, UpsertWarehouse(code="cluj", name="Cluj 3", expected_version=1))


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"code": "A B", "name": " "}, ["code BAD_CODE", "name MISSING"]),
        ({"code": "cluj", "name": "x" * 201}, ["name NOT_A_TEXT"]),
        ({"code": "main", "name": "Main", "active": False}, ["active IN_USE"]),
    ],
)
async def test_a_warehouse_that_cannot_be(session: AsyncSession, fields: dict[str, Any], problems: list[str]) -> None:
    with pytest.raises(Invalid) as refusal:
        await upsert_warehouse(session, OPERATOR, UpsertWarehouse(**fields))
    assert [f"{'.'.join(p.path)} {p.code}" for p in refusal.value.problems] == problems
