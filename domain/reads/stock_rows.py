"""Warehouses, levels, their moves and receipt notes, as rows for an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Numeric, any_, bindparam, func, literal, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

from domain.catalog.models import Variant
from domain.channels.models import Channel
from domain.fulfilment.models import DeliveryNote
from domain.kernel.refusals import invalid
from domain.kernel.texts import text_problem
from domain.stock.models import FREE, ReceiptNote, ReceiptNoteLine, ReceiptState, StockLevel, StockMove, Warehouse

from .keyset import Page, Sort, Window, beyond, moment, page_of
from .rows import AnySelect, Rows

BY_SKU = Sort("stock_levels", str)
MOVES = Sort("stock_moves", moment)
RECEIPTS = Sort("receipt_notes", moment)
MOST_WAREHOUSES = 200

_CHANNELS = (
    select(func.coalesce(func.array_agg(aggregate_order_by(Channel.slug, Channel.slug)), literal_column("'{}'")))
    .where(Channel.warehouse_id == Warehouse.id)
    .scalar_subquery()
)
_WAREHOUSES: AnySelect = (
    select(*Warehouse.__table__.c, _CHANNELS.label("channels")).order_by(Warehouse.code).limit(MOST_WAREHOUSES)
)
_LINES = (
    select(
        ReceiptNoteLine.receipt_note_id,
        ReceiptNoteLine.position,
        Variant.sku,
        ReceiptNoteLine.quantity,
        ReceiptNoteLine.batch,
        ReceiptNoteLine.note,
    )
    .join(Variant, Variant.id == ReceiptNoteLine.variant_id)
    .where(ReceiptNoteLine.receipt_note_id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
    .order_by(ReceiptNoteLine.receipt_note_id, ReceiptNoteLine.position)
)
_RECEIPTS: AnySelect = select(*ReceiptNote.__table__.c, Warehouse.code.label("warehouse")).join(
    Warehouse, Warehouse.id == ReceiptNote.warehouse_id
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelFilter:
    """`search` is a part of SKU or name; `below`: less than this is available."""

    warehouse: str | None = None
    search: str | None = None
    below: Decimal | None = None


async def warehouses(connection: AsyncConnection, code: str | None = None) -> Rows:
    """Warehouses by code, or one."""
    statement = _WAREHOUSES if code is None else _WAREHOUSES.where(Warehouse.code == code)
    return (await connection.execute(statement)).all()


async def levels_page(connection: AsyncConnection, wanted: Window, where: LevelFilter) -> Page:
    """Levels by SKU, each SKU's by warehouse. Raises Invalid for a search that is no text."""
    statement: AnySelect = (
        select(
            Variant.sku,
            Variant.name,
            Warehouse.code.label("warehouse"),
            StockLevel.on_hand,
            StockLevel.reserved,
            StockLevel.quarantined,
            StockLevel.warehouse_id,
        )
        .join(Variant, Variant.id == StockLevel.variant_id)
        .join(Warehouse, Warehouse.id == StockLevel.warehouse_id)
        .order_by(Variant.sku, StockLevel.warehouse_id)
        .limit(wanted.size + 1)
    )
    if where.warehouse is not None:
        statement = statement.where(Warehouse.code == _text("warehouse", where.warehouse))
    if where.search is not None and where.search.strip():
        part = _text("search", where.search.strip())
        statement = statement.where(
            or_(Variant.sku.icontains(part, autoescape=True), Variant.name.icontains(part, autoescape=True))
        )
    if where.below is not None:
        # As any number: with the column's type, one that no level can have would be a fault.
        statement = statement.where(literal(where.below, Numeric()) > FREE)
    if wanted.place is not None:
        sku, warehouse_id = wanted.place
        statement = statement.where(beyond(Variant.sku, StockLevel.warehouse_id, sku, warehouse_id, ascending=True))
    return page_of((await connection.execute(statement)).all(), wanted)


async def moves_page(connection: AsyncConnection, wanted: Window, sku: str, warehouse: str | None) -> Page:
    """The moves of a SKU, newest first, with the number of the receipt or delivery note that caused each."""
    statement: AnySelect = (
        select(
            *StockMove.__table__.c,
            Warehouse.code.label("warehouse"),
            ReceiptNote.number.label("receipt"),
            DeliveryNote.number.label("delivery_note"),
        )
        .join(Variant, Variant.id == StockMove.variant_id)
        .join(Warehouse, Warehouse.id == StockMove.warehouse_id)
        .outerjoin(ReceiptNote, ReceiptNote.id == StockMove.cause_id)
        .outerjoin(DeliveryNote, DeliveryNote.id == StockMove.cause_id)
        .where(Variant.sku == _text("sku", sku))
        .order_by(StockMove.at.desc(), StockMove.id.desc())
        .limit(wanted.size + 1)
    )
    if warehouse is not None:
        statement = statement.where(Warehouse.code == _text("warehouse", warehouse))
    if wanted.place is not None:
        statement = statement.where(beyond(StockMove.at, StockMove.id, *wanted.place, ascending=False))
    return page_of((await connection.execute(statement)).all(), wanted)


async def receipts_page(
    connection: AsyncConnection, wanted: Window, states: Sequence[ReceiptState] | None, warehouse: str | None
) -> Page:
    """Receipt notes, newest first."""
    statement = _RECEIPTS.order_by(ReceiptNote.created_at.desc(), ReceiptNote.id.desc()).limit(wanted.size + 1)
    if states:
        statement = statement.where(ReceiptNote.state.in_(states))
    if warehouse is not None:
        statement = statement.where(Warehouse.code == _text("warehouse", warehouse))
    if wanted.place is not None:
        statement = statement.where(beyond(ReceiptNote.created_at, ReceiptNote.id, *wanted.place, ascending=False))
    return page_of((await connection.execute(statement)).all(), wanted)


async def receipts_by_id(connection: AsyncConnection, ids: Sequence[UUID]) -> Rows:
    return (await connection.execute(_RECEIPTS.where(ReceiptNote.id.in_(ids)))).all()


async def receipt_lines(connection: AsyncConnection, ids: Sequence[UUID]) -> Rows:
    """The lines of receipt notes; the note's id comes first."""
    return (await connection.execute(_LINES, {"ids": list(ids)})).all()


def _text(field: str, text: str) -> str:
    if problem := text_problem(text, 200):
        raise invalid((field,), "NOT_A_TEXT", problem)
    return text
