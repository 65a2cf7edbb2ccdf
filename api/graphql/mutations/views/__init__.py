"""Mutations of saved views, one file each."""

import strawberry

from api.graphql.types.view import OrderViewDeleteResult, OrderViewResult

from .order_view_delete import field as _order_view_delete
from .order_view_save import field as _order_view_save


@strawberry.type
class ViewsMutations:
    order_view_save: OrderViewResult = _order_view_save
    order_view_delete: OrderViewDeleteResult = _order_view_delete
