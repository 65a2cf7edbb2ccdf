"""Reading warehouses, levels, their moves and receipt notes."""

import strawberry

from api.graphql.context import Info, selected
from api.graphql.fields import Rows, root
from api.graphql.lookahead import below
from api.graphql.parts import catalog
from api.graphql.parts.stock import make_receipts, stock_move
from api.graphql.parts.stock import warehouse as made_warehouse
from api.graphql.queries.orders import DEFAULT_PAGE, page_info
from api.graphql.types.receipt import ReceiptNote, ReceiptNoteConnection, ReceiptNoteEdge
from api.graphql.types.stock import (
    StockLevelConnection,
    StockLevelEdge,
    StockLevelFilter,
    StockMoveConnection,
    StockMoveEdge,
    Warehouse,
)
from domain.kernel.actor import Permission
from domain.kernel.ids import parse_id
from domain.reads import keyset, stock_rows
from domain.stock.models import ReceiptState


async def _warehouses(info: Info) -> list[Warehouse]:
    async with info.context.read() as connection:
        return [made_warehouse(row) for row in await stock_rows.warehouses(connection)]


async def _levels(
    info: Info, first: int | None = DEFAULT_PAGE, after: str | None = None, filter: StockLevelFilter | None = None
) -> StockLevelConnection:
    window = keyset.window(stock_rows.BY_SKU, first=first, after=after, last=None, before=None)
    asked = filter or StockLevelFilter()
    where = stock_rows.LevelFilter(warehouse=asked.warehouse, search=asked.search, below=asked.below)
    async with info.context.read() as connection:
        page = await stock_rows.levels_page(connection, window, where)
    cursors = [keyset.encode(stock_rows.BY_SKU, row.sku, row.warehouse_id) for row in page.rows]
    return StockLevelConnection(
        edges=[
            StockLevelEdge(cursor=cursor, node=catalog.stock_level(row))
            for cursor, row in zip(cursors, page.rows, strict=True)
        ],
        page_info=page_info(page, window, cursors, near=window.place is not None),
    )


async def _moves(
    info: Info, sku: str, warehouse: str | None = None, first: int | None = DEFAULT_PAGE, after: str | None = None
) -> StockMoveConnection:
    window = keyset.window(stock_rows.MOVES, first=first, after=after, last=None, before=None)
    async with info.context.read() as connection:
        page = await stock_rows.moves_page(connection, window, sku, warehouse)
    cursors = [keyset.encode(stock_rows.MOVES, row.at, row.id) for row in page.rows]
    return StockMoveConnection(
        edges=[
            StockMoveEdge(cursor=cursor, node=stock_move(row)) for cursor, row in zip(cursors, page.rows, strict=True)
        ],
        page_info=page_info(page, window, cursors, near=window.place is not None),
    )


async def _receipts(
    info: Info,
    first: int | None = DEFAULT_PAGE,
    after: str | None = None,
    state: list[ReceiptState] | None = None,
    warehouse: str | None = None,
) -> ReceiptNoteConnection:
    window = keyset.window(stock_rows.RECEIPTS, first=first, after=after, last=None, before=None)
    inside = below(selected(info), "edges", "node")
    async with info.context.read() as connection:
        page = await stock_rows.receipts_page(connection, window, state, warehouse)
        nodes = await make_receipts(connection, page.rows, inside)
    cursors = [keyset.encode(stock_rows.RECEIPTS, row.created_at, row.id) for row in page.rows]
    return ReceiptNoteConnection(
        edges=[ReceiptNoteEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        page_info=page_info(page, window, cursors, near=window.place is not None),
    )


async def _receipt(info: Info, id: strawberry.ID) -> ReceiptNote | None:
    key = parse_id(id)
    async with info.context.read() as connection:
        rows = await stock_rows.receipts_by_id(connection, [key]) if key else []
        found = await make_receipts(connection, rows, selected(info))
    return found[0] if found else None


_warehouses_field = root(
    _warehouses,
    rows=Rows.SCOPED,
    permission=Permission.CATALOG_VIEW,
    size=5,
    description="The warehouses, by code; at most 200.",
)
_levels_field = root(
    _levels,
    rows=Rows.NONE,
    permission=Permission.CATALOG_VIEW,
    paged=True,
    description="What warehouses have, by SKU; 1 to 200 levels at a time. A SKU that never came in has no level.",
)
_moves_field = root(
    _moves,
    permission=Permission.CATALOG_VIEW,
    paged=True,
    description="The ledger of a SKU, newest first, in one warehouse (its code) or all; 1 to 200 moves at a time.",
)
_receipts_field = root(
    _receipts,
    permission=Permission.CATALOG_VIEW,
    paged=True,
    description="Receipt notes, newest first, of any of these states, of one warehouse (its code); 1 to 200 at a time.",
)
_receipt_field = root(
    _receipt, permission=Permission.CATALOG_VIEW, description="One receipt note; null if there is none."
)


@strawberry.type
class StockQueries:
    warehouses: list[Warehouse] = _warehouses_field
    stock_levels: StockLevelConnection = _levels_field
    stock_moves: StockMoveConnection = _moves_field
    receipt_notes: ReceiptNoteConnection = _receipts_field
    receipt_note: ReceiptNote | None = _receipt_field
