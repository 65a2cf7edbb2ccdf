"""orderViewSave."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.parts.order_filter import order_filter
from api.graphql.parts.views import as_json
from api.graphql.types.order_page import OrderSort
from api.graphql.types.view import OrderViewResult, OrderViewSaveInput
from domain.kernel.actor import Permission
from domain.reads.order_filter import check_filter
from domain.views.save import SaveView, save_view


async def _order_view_save(info: Info, input: OrderViewSaveInput) -> OrderViewResult:
    async def work(session: AsyncSession) -> Made:
        check_filter(await order_filter(await session.connection(), input.filter))
        command = SaveView(
            view_id=id_of(input.id, "view") if input.id is not None else None,
            name=input.name,
            filter=as_json(input.filter) or {},
            sort=as_json(input.sort or OrderSort()),
            columns=input.columns or (),
            shared=input.shared,
            expected_version=input.expected_version,
        )
        return made("OrderView", (await save_view(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _order_view_save,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_VIEW,
    description=(
        "Saves a view of the queue under a name: a new one of yours, or all of one that is yours. Without an id, a "
        "repeat is refused, since the name is taken then; with one, it changes nothing but the version."
    ),
)
