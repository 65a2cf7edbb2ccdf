"""Mutations of stock, one file each."""

import strawberry

from api.graphql.types.receipt import ReceiptNoteResult
from api.graphql.types.stock import StockResult, WarehouseResult

from .receipt_note_approve import field as _receipt_note_approve
from .receipt_note_cancel import field as _receipt_note_cancel
from .receipt_note_create import field as _receipt_note_create
from .receipt_note_edit import field as _receipt_note_edit
from .stock_correct import field as _stock_correct
from .stock_quarantine import field as _stock_quarantine
from .stock_receive import field as _stock_receive
from .stock_release import field as _stock_release
from .stock_transfer import field as _stock_transfer
from .warehouse_upsert import field as _warehouse_upsert


@strawberry.type
class StockMutations:
    stock_receive: StockResult = _stock_receive
    stock_correct: StockResult = _stock_correct
    stock_quarantine: StockResult = _stock_quarantine
    stock_release: StockResult = _stock_release
    stock_transfer: StockResult = _stock_transfer
    warehouse_upsert: WarehouseResult = _warehouse_upsert
    receipt_note_create: ReceiptNoteResult = _receipt_note_create
    receipt_note_edit: ReceiptNoteResult = _receipt_note_edit
    receipt_note_approve: ReceiptNoteResult = _receipt_note_approve
    receipt_note_cancel: ReceiptNoteResult = _receipt_note_cancel
