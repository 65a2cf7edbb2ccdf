"""Mutations of delivery notes and packing lists, one file each."""

import strawberry

from api.graphql.types.fulfilment import DeliveryNoteResult, PackingListResult

from .delivery_note_create import field as _delivery_note_create
from .packing_list_approve import field as _packing_list_approve
from .packing_list_create import field as _packing_list_create
from .packing_list_pack import field as _packing_list_pack


@strawberry.type
class FulfilmentMutations:
    delivery_note_create: DeliveryNoteResult = _delivery_note_create
    packing_list_create: PackingListResult = _packing_list_create
    packing_list_pack: PackingListResult = _packing_list_pack
    packing_list_approve: PackingListResult = _packing_list_approve
