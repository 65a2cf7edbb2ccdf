"""Receipt notes: goods in, written down as a draft and added to the stock once, by their approval (spec STK-4)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, NotFound, Problem, StaleVersion, invalid
from domain.kernel.texts import text_problem

from .find import variants_by_sku, warehouse_by_code
from .models import ReceiptNote, ReceiptNoteLine, ReceiptState, receipt_number
from .rules import QUANTITY_LIMIT, quantity_problem

MAX_LINES = 10_000
SHORT_TEXT = 200
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedLine:
    """A quantity of a SKU; `batch` is the maker's lot."""

    sku: str
    quantity: Decimal
    batch: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptContents:
    """What a note says. `warehouse` is a code (None: the main one), `reference` the number of the supplier's paper."""

    lines: Sequence[ReceivedLine]
    warehouse: str | None = None
    supplier: str | None = None
    reference: str | None = None
    expected_on: date | None = None
    reason: str | None = None


async def create_receipt(session: AsyncSession, actor: Actor, contents: ReceiptContents) -> ReceiptNote:
    """Begins a receipt note. It changes no stock yet.

    Raises NotFound for the warehouse, Invalid naming every field that cannot be used.
    """
    warehouse_id, variants = await _checked(session, contents)
    note = ReceiptNote(
        id=new_id(),
        warehouse_id=warehouse_id,
        state=ReceiptState.DRAFT,
        version=1,
        created_at=utc_now(),
        created_by=actor.label,
    )
    _fill(note, contents)
    session.add(note)
    await session.flush()
    await _write_lines(session, note, contents.lines, variants)
    return note


async def edit_receipt(
    session: AsyncSession, _actor: Actor, note_id: UUID, expected_version: int | None, contents: ReceiptContents
) -> ReceiptNote:
    """Writes a draft anew, all of it. Raises NotFound, StaleVersion, and Invalid, also for one that is no draft."""
    note = await draft_for_update(session, note_id, expected_version)
    note.warehouse_id, variants = await _checked(session, contents)
    _fill(note, contents)
    note.version += 1
    await session.execute(delete(ReceiptNoteLine).where(ReceiptNoteLine.receipt_note_id == note.id))
    session.expire(note, ["lines"])
    await session.flush()
    await _write_lines(session, note, contents.lines, variants)
    return note


async def cancel_receipt(
    session: AsyncSession, _actor: Actor, note_id: UUID, expected_version: int | None
) -> ReceiptNote:
    """Ends a draft that will not come. Raises NotFound, StaleVersion, Invalid for one that is no draft."""
    note = await draft_for_update(session, note_id, expected_version)
    note.state = ReceiptState.CANCELLED
    note.version += 1
    await session.flush()
    return note


async def draft_for_update(
    session: AsyncSession, note_id: UUID, expected_version: int | None, *, lines: bool = False
) -> ReceiptNote:
    """The draft, locked. Raises NotFound, StaleVersion, and Invalid (NOT_A_DRAFT) for one that was approved or
    cancelled meanwhile."""
    query = select(ReceiptNote).where(ReceiptNote.id == note_id).with_for_update()
    if lines:
        query = query.options(selectinload(ReceiptNote.lines))
    note = await session.scalar(query.execution_options(populate_existing=True))
    if note is None:
        raise NotFound("receipt note", note_id, path=("id",))
    if note.state is not ReceiptState.DRAFT:
        words = f"Receipt note {receipt_number(note.number)} is {note.state.lower()} already; it stays as it is."
        raise invalid(("id",), "NOT_A_DRAFT", words)
    if expected_version is not None and expected_version != note.version:
        raise StaleVersion("receipt note", expected=expected_version, current=note.version)
    return note


async def _checked(session: AsyncSession, contents: ReceiptContents) -> tuple[UUID, Mapping[str, UUID]]:
    texts = list(_text_problems(contents))
    if texts:
        raise Invalid(texts)
    warehouse_id = await warehouse_by_code(session, contents.warehouse, takes_in=True)
    variants = await variants_by_sku(session, [line.sku for line in contents.lines])
    problems = list(_line_problems(contents.lines, variants))
    if not problems and sum(line.quantity for line in contents.lines) >= QUANTITY_LIMIT:
        problems.append(Problem(("lines",), "OUT_OF_RANGE", f"Receive less than {QUANTITY_LIMIT:f} at once."))
    if problems:
        raise Invalid(problems)
    return warehouse_id, variants


def _text_problems(contents: ReceiptContents) -> Iterator[Problem]:
    for field, text, limit in (
        ("supplier", contents.supplier, SHORT_TEXT),
        ("reference", contents.reference, SHORT_TEXT),
        ("reason", contents.reason, 1_000),
    ):
        if text is not None and (problem := text_problem(text, limit)):
            yield Problem((field,), "NOT_A_TEXT", problem)
    if contents.expected_on is not None and not FIRST_YEAR <= contents.expected_on.year < LAST_YEAR:
        yield Problem(("expectedOn",), "OUT_OF_RANGE", f"Give a day from {FIRST_YEAR} on and before {LAST_YEAR}.")
    if not contents.lines:
        yield Problem(("lines",), "EMPTY", "Name at least one SKU with its quantity.")
    if len(contents.lines) > MAX_LINES:
        yield Problem(("lines",), "TOO_MANY", f"Use at most {MAX_LINES} lines.")


def _line_problems(lines: Sequence[ReceivedLine], variants: Mapping[str, UUID]) -> Iterator[Problem]:
    for index, line in enumerate(lines):
        path = ("lines", str(index))
        if line.sku not in variants:
            yield Problem((*path, "sku"), "UNKNOWN_SKU", f"There is no SKU {line.sku}. Create the product first.")
        if problem := quantity_problem(line.quantity):
            yield Problem((*path, "quantity"), "OUT_OF_RANGE", problem)
        for field, text in (("batch", line.batch), ("note", line.note)):
            if text is not None and (problem := text_problem(text, SHORT_TEXT)):
                yield Problem((*path, field), "NOT_A_TEXT", problem)


def _fill(note: ReceiptNote, contents: ReceiptContents) -> None:
    note.supplier = contents.supplier
    note.reference = contents.reference
    note.expected_on = contents.expected_on
    note.reason = contents.reason


async def _write_lines(
    session: AsyncSession, note: ReceiptNote, lines: Sequence[ReceivedLine], variants: Mapping[str, UUID]
) -> None:
    await session.execute(
        insert(ReceiptNoteLine),
        [
            {
                "receipt_note_id": note.id,
                "position": position,
                "variant_id": variants[line.sku],
                "quantity": line.quantity,
                "batch": line.batch,
                "note": line.note,
            }
            for position, line in enumerate(lines, start=1)
        ],
    )
