"""The root fields of mutations, one file each."""

import strawberry

from api.graphql.types.catalog import ListingResult, ProductResult
from api.graphql.types.channel import ChannelResult, ConnectionTest, MappingResult, SyncStarted
from api.graphql.types.diary import ReplayResult
from api.graphql.types.fulfilment import DeliveryNoteResult, PackingListResult
from api.graphql.types.order import OrderResult
from api.graphql.types.shipping import CourierAccountResult, ShipmentResult
from api.graphql.types.stock import StockResult

from . import (
    awb_create as _awb_create,
)
from . import (
    awb_void as _awb_void,
)
from . import (
    channel_create as _channel_create,
)
from . import (
    channel_sync as _channel_sync,
)
from . import (
    channel_test as _channel_test,
)
from . import (
    courier_account_create as _courier_account_create,
)
from . import (
    delivery_note_create as _delivery_note_create,
)
from . import (
    diary_replay as _diary_replay,
)
from . import (
    listing_link as _listing_link,
)
from . import (
    mapping_set as _mapping_set,
)
from . import (
    order_cancel as _order_cancel,
)
from . import (
    order_confirm as _order_confirm,
)
from . import (
    order_create as _order_create,
)
from . import (
    order_edit_address as _order_edit_address,
)
from . import (
    order_hold as _order_hold,
)
from . import (
    order_move as _order_move,
)
from . import (
    order_resume as _order_resume,
)
from . import (
    packing_list_approve as _packing_list_approve,
)
from . import (
    packing_list_create as _packing_list_create,
)
from . import (
    packing_list_pack as _packing_list_pack,
)
from . import (
    payment_record as _payment_record,
)
from . import (
    product_upsert as _product_upsert,
)
from . import (
    stock_receive as _stock_receive,
)


@strawberry.type(
    description=(
        "What can be changed. Each root field is one transaction: all of it or nothing. A refusal is an answer of its "
        "union; a refusal that no union has, and every fault, is an error. The header Idempotency-Key (1 to 255 "
        "visible characters, kept for 7 days) makes a repeated request be answered and not carried out again; such a "
        "document holds one root field. Refusals are not kept."
    )
)
class Mutation:
    channel_create: ChannelResult = _channel_create.field
    channel_test: ConnectionTest = _channel_test.field
    courier_account_create: CourierAccountResult = _courier_account_create.field
    courier_account_test: ConnectionTest = _channel_test.courier_field
    channel_sync: SyncStarted = _channel_sync.field
    mapping_set: MappingResult = _mapping_set.field
    product_upsert: ProductResult = _product_upsert.field
    listing_link: ListingResult = _listing_link.field
    stock_receive: StockResult = _stock_receive.field
    order_create: OrderResult = _order_create.field
    order_confirm: OrderResult = _order_confirm.field
    order_move: OrderResult = _order_move.field
    order_cancel: OrderResult = _order_cancel.field
    order_hold: OrderResult = _order_hold.field
    order_resume: OrderResult = _order_resume.field
    order_edit_address: OrderResult = _order_edit_address.field
    payment_record: OrderResult = _payment_record.field
    delivery_note_create: DeliveryNoteResult = _delivery_note_create.field
    packing_list_create: PackingListResult = _packing_list_create.field
    packing_list_pack: PackingListResult = _packing_list_pack.field
    packing_list_approve: PackingListResult = _packing_list_approve.field
    awb_create: ShipmentResult = _awb_create.field
    awb_void: ShipmentResult = _awb_void.field
    diary_replay: ReplayResult = _diary_replay.field
