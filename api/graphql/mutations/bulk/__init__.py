"""Mutations of actions on many orders, one file each."""

import strawberry

from api.graphql.types.bulk import BulkRunResult, OrdersBulkResult

from .bulk_run_cancel import field as _bulk_run_cancel
from .orders_bulk import field as _orders_bulk


@strawberry.type
class BulkMutations:
    orders_bulk: OrdersBulkResult = _orders_bulk
    bulk_run_cancel: BulkRunResult = _bulk_run_cancel
