"""Mutations of procurement, one file each."""

import strawberry

from api.graphql.types.procurement import ProcurementResult

from .procurement_cancel import field as _procurement_cancel
from .procurement_ordered import field as _procurement_ordered


@strawberry.type
class ProcurementMutations:
    procurement_ordered: ProcurementResult = _procurement_ordered
    procurement_cancel: ProcurementResult = _procurement_cancel
