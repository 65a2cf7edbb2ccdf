"""Warehouses, moves and receipt notes from rows."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from api.graphql.lookahead import Selection
from api.graphql.types.ids import gid
from api.graphql.types.money import plain
from api.graphql.types.receipt import ReceiptLine, ReceiptNote
from api.graphql.types.stock import StockMove, StockMoveKind, Warehouse
from domain.reads.rows import AnyRow
from domain.reads.stock_rows import receipt_lines
from domain.stock.models import receipt_number

from .grouping import grouped


def warehouse(row: AnyRow) -> Warehouse:
    return Warehouse(code=row.code, name=row.name, active=row.active, version=row.version, channels=row.channels)


def stock_move(row: AnyRow) -> StockMove:
    receipt = None if row.receipt is None else receipt_number(row.receipt)
    return StockMove(
        id=gid(row.id),
        at=row.at,
        warehouse=row.warehouse,
        kind=StockMoveKind(row.kind),
        quantity=plain(row.quantity),
        quarantined=plain(row.quarantined),
        cause=receipt or row.delivery_note,
        reason=row.reason,
        actor=row.actor,
    )


async def make_receipts(connection: AsyncConnection, rows: Sequence[AnyRow], asked: Selection) -> list[ReceiptNote]:
    """Receipt notes in the order of their rows, with lines where they are asked for."""
    wants_lines = "lines" in asked and rows
    found = grouped(await receipt_lines(connection, [row.id for row in rows]) if wants_lines else (), _line)
    return [
        ReceiptNote(
            key=row.id,
            id=gid(row.id),
            number=receipt_number(row.number),
            warehouse=row.warehouse,
            state=row.state,
            version=row.version,
            supplier=row.supplier,
            reference=row.reference,
            expected_on=row.expected_on,
            reason=row.reason,
            created_at=row.created_at,
            created_by=row.created_by,
            approved_at=row.approved_at,
            approved_by=row.approved_by,
            lines=found[row.id],
        )
        for row in rows
    ]


def _line(row: AnyRow) -> ReceiptLine:
    return ReceiptLine(position=row.position, sku=row.sku, quantity=plain(row.quantity), batch=row.batch, note=row.note)
