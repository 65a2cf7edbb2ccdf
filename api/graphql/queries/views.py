"""Reading saved views and the screens that every house has."""

import strawberry
from strawberry.scalars import JSON

from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.parts.views import views
from api.graphql.types.view import OrderScreen, OrderView
from domain.kernel.actor import Permission
from domain.views.screens import SCREENS


async def _views(info: Info) -> list[OrderView]:
    async with info.context.read() as connection:
        return await views(info.context, connection)


def _screens(info: Info) -> list[OrderScreen]:
    return [
        OrderScreen(
            key=one.key,
            title=one.title,
            filter=JSON(dict(one.filter)),
            sort=JSON({"field": one.sort, "descending": one.descending}),
            takes=list(one.takes),
        )
        for one in SCREENS
    ]


_order_views_field = root(
    _views,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_VIEW,
    size=20,
    description=(
        "Your own views by name, then those that others share, the last changed first; at most 500. A view whose "
        "filter can no longer be asked is listed with its problem."
    ),
)
_order_screens_field = root(
    _screens,
    rows=Rows.NONE,
    permission=Permission.ORDERS_VIEW,
    size=12,
    description="The twelve screens of an operator's day, as filters and sorts of `orders`.",
)


@strawberry.type
class ViewsQueries:
    order_views: list[OrderView] = _order_views_field
    order_screens: list[OrderScreen] = _order_screens_field
