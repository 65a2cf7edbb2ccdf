"""The root fields of mutations, one file each."""

import strawberry

from api.graphql.types.catalog import ListingResult, ProductResult
from api.graphql.types.channel import ChannelResult, ConnectionTest, MappingResult, SyncStarted
from api.graphql.types.customer import CustomerResult
from api.graphql.types.diary import ReplayResult, ResolveResult
from api.graphql.types.fulfilment import DeliveryNoteResult, PackingListResult
from api.graphql.types.order import OrderResult
from api.graphql.types.shipping import CourierAccountResult, ShipmentResult
from api.graphql.types.stock import StockResult

from .awb_create import field as _awb_create
from .awb_resolve import field as _awb_resolve
from .awb_void import field as _awb_void
from .channel_create import field as _channel_create
from .channel_sync import field as _channel_sync
from .channel_test import courier_field as _courier_account_test
from .channel_test import field as _channel_test
from .courier_account_create import field as _courier_account_create
from .customers_merge import field as _customers_merge
from .delivery_note_create import field as _delivery_note_create
from .diary_replay import field as _diary_replay
from .diary_resolve import field as _diary_resolve
from .listing_link import field as _listing_link
from .mapping_set import field as _mapping_set
from .order_cancel import field as _order_cancel
from .order_confirm import field as _order_confirm
from .order_create import field as _order_create
from .order_edit_address import field as _order_edit_address
from .order_edit_lines import field as _order_edit_lines
from .order_hold import field as _order_hold
from .order_move import field as _order_move
from .order_resume import field as _order_resume
from .packing_list_approve import field as _packing_list_approve
from .packing_list_create import field as _packing_list_create
from .packing_list_pack import field as _packing_list_pack
from .payment_record import field as _payment_record
from .product_upsert import field as _product_upsert
from .stock_correct import field as _stock_correct
from .stock_receive import field as _stock_receive


@strawberry.type(
    description=(
        "What can be changed. Each root field is one transaction: all of it or nothing. A refusal is an answer of its "
        "union; a refusal that no union has, and every fault, is an error. The header Idempotency-Key (1 to 255 "
        "visible characters, kept for 7 days) makes a repeated request be answered and not carried out again; such a "
        "document holds one root field. Refusals are not kept."
    )
)
class Mutation:
    channel_create: ChannelResult = _channel_create
    channel_test: ConnectionTest = _channel_test
    courier_account_create: CourierAccountResult = _courier_account_create
    courier_account_test: ConnectionTest = _courier_account_test
    channel_sync: SyncStarted = _channel_sync
    mapping_set: MappingResult = _mapping_set
    product_upsert: ProductResult = _product_upsert
    listing_link: ListingResult = _listing_link
    stock_receive: StockResult = _stock_receive
    stock_correct: StockResult = _stock_correct
    order_create: OrderResult = _order_create
    order_confirm: OrderResult = _order_confirm
    order_move: OrderResult = _order_move
    order_cancel: OrderResult = _order_cancel
    order_hold: OrderResult = _order_hold
    order_resume: OrderResult = _order_resume
    order_edit_lines: OrderResult = _order_edit_lines
    order_edit_address: OrderResult = _order_edit_address
    payment_record: OrderResult = _payment_record
    delivery_note_create: DeliveryNoteResult = _delivery_note_create
    packing_list_create: PackingListResult = _packing_list_create
    packing_list_pack: PackingListResult = _packing_list_pack
    packing_list_approve: PackingListResult = _packing_list_approve
    awb_create: ShipmentResult = _awb_create
    awb_void: ShipmentResult = _awb_void
    awb_resolve: ShipmentResult = _awb_resolve
    customers_merge: CustomerResult = _customers_merge
    diary_replay: ReplayResult = _diary_replay
    diary_resolve: ResolveResult = _diary_resolve
