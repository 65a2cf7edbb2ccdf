"""orderViewDelete."""

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.view import OrderViewDeleteResult
from domain.kernel.actor import Permission
from domain.views.save import delete_view


async def _order_view_delete(info: Info, id: strawberry.ID) -> OrderViewDeleteResult:
    async def work(session: AsyncSession) -> Made:
        key = id_of(id, "view")
        await delete_view(session, info.context.actor, key)
        return made("OrderViewDeleted", key)

    return await change(info, work)


field = root(
    _order_view_delete,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_VIEW,
    description="Deletes a view of yours. Repeated, it is refused as NotFound, since it is gone.",
)
