"""Mutations of estimates, one file each."""

import strawberry

from api.graphql.types.estimate import EstimateResult
from api.graphql.types.order import OrderResult

from .estimate_accept import field as _estimate_accept
from .estimate_cancel import field as _estimate_cancel
from .estimate_create import field as _estimate_create
from .estimate_update import field as _estimate_update


@strawberry.type
class EstimatesMutations:
    estimate_create: EstimateResult = _estimate_create
    estimate_update: EstimateResult = _estimate_update
    estimate_cancel: EstimateResult = _estimate_cancel
    estimate_accept: OrderResult = _estimate_accept
