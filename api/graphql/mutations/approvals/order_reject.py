"""orderReject."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.approval import OrderRejectInput
from api.graphql.types.order import OrderApprovalResult
from domain.flows.approval.decide import Decide, reject_order
from domain.kernel.actor import Permission


async def _order_reject(info: Info, input: OrderRejectInput) -> OrderApprovalResult:
    async def work(session: AsyncSession) -> Made:
        command = Decide(order_id=id_of(input.id, "order"), expected_version=input.expected_version, words=input.reason)
        return made("Order", (await reject_order(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _order_reject,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_APPROVE,
    description=(
        "Rejects an order that waits for approval, with a reason: the customer is told, and it cannot be confirmed "
        "until approval is asked for again. Repeated, it is refused with StaleVersion."
    ),
)
