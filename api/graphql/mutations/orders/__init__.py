"""Mutations of orders, one file each."""

import strawberry

from api.graphql.types.order import OrderResult

from .order_cancel import field as _order_cancel
from .order_cancel_rest import field as _order_cancel_rest
from .order_confirm import field as _order_confirm
from .order_confirm_partly import field as _order_confirm_partly
from .order_confirm_rest import field as _order_confirm_rest
from .order_create import field as _order_create
from .order_duplicate import field as _order_duplicate
from .order_edit import field as _order_edit
from .order_edit_address import field as _order_edit_address
from .order_edit_lines import field as _order_edit_lines
from .order_hold import field as _order_hold
from .order_move import field as _order_move
from .order_note_add import field as _order_note_add
from .order_note_edit import field as _order_note_edit
from .order_resume import field as _order_resume
from .order_voucher_apply import field as _order_voucher_apply
from .order_voucher_remove import field as _order_voucher_remove
from .payment_record import field as _payment_record
from .payment_void import field as _payment_void


@strawberry.type
class OrdersMutations:
    order_create: OrderResult = _order_create
    order_confirm: OrderResult = _order_confirm
    order_confirm_partly: OrderResult = _order_confirm_partly
    order_confirm_rest: OrderResult = _order_confirm_rest
    order_cancel_rest: OrderResult = _order_cancel_rest
    order_move: OrderResult = _order_move
    order_cancel: OrderResult = _order_cancel
    order_hold: OrderResult = _order_hold
    order_resume: OrderResult = _order_resume
    order_duplicate: OrderResult = _order_duplicate
    order_edit: OrderResult = _order_edit
    order_edit_lines: OrderResult = _order_edit_lines
    order_edit_address: OrderResult = _order_edit_address
    order_voucher_apply: OrderResult = _order_voucher_apply
    order_voucher_remove: OrderResult = _order_voucher_remove
    payment_record: OrderResult = _payment_record
    payment_void: OrderResult = _payment_void
    order_note_add: OrderResult = _order_note_add
    order_note_edit: OrderResult = _order_note_edit
