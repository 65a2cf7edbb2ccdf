"""Mutations of AWBs, one file each."""

import strawberry

from api.graphql.types.shipping import ShipmentResult

from .awb_create import field as _awb_create
from .awb_resolve import field as _awb_resolve
from .awb_void import field as _awb_void


@strawberry.type
class ShippingMutations:
    awb_create: ShipmentResult = _awb_create
    awb_void: ShipmentResult = _awb_void
    awb_resolve: ShipmentResult = _awb_resolve
