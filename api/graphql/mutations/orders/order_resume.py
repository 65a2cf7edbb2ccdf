"""orderResume."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.actions import OrderActionInput
from api.graphql.types.order import OrderResult
from domain.flows.resume import resume_order
from domain.kernel.actor import Permission


async def _order_resume(info: Info, input: OrderActionInput) -> OrderResult:
    async def work(session: AsyncSession) -> Made:
        order = await resume_order(
            session,
            info.context.actor,
            id_of(input.id, "order"),
            expected_version=input.expected_version,
            reason=input.reason,
        )
        return made("Order", order.id)

    return await change(info, work)


field = root(
    _order_resume,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_EDIT,
    description="Ends a hold: the order goes back to where it was held. One that is not on hold is an IllegalMove.",
)
