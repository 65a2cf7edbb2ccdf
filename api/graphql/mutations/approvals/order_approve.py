"""orderApprove."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.approval import OrderApproveInput
from api.graphql.types.order import OrderApprovalResult
from domain.flows.approval.decide import Decide, approve_order
from domain.kernel.actor import Permission


async def _order_approve(info: Info, input: OrderApproveInput) -> OrderApprovalResult:
    async def work(session: AsyncSession) -> Made:
        command = Decide(order_id=id_of(input.id, "order"), expected_version=input.expected_version, words=input.note)
        return made("Order", (await approve_order(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _order_approve,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_APPROVE,
    description=(
        "Approves the step of an order that is to decide (Order.approval), for which you hold the role. After the last "
        "step the order can be confirmed, and on a channel that confirms by itself it is. Repeated, it is refused with "
        "StaleVersion."
    ),
)
