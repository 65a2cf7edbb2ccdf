"""orderApprovalAskAgain."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.approval import OrderApprovalAskAgainInput
from api.graphql.types.order import OrderApprovalResult
from domain.flows.approval.decide import AskAgain, ask_again
from domain.kernel.actor import Permission


async def _order_approval_ask_again(info: Info, input: OrderApprovalAskAgainInput) -> OrderApprovalResult:
    async def work(session: AsyncSession) -> Made:
        command = AskAgain(order_id=id_of(input.id, "order"), expected_version=input.expected_version)
        return made("Order", (await ask_again(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _order_approval_ask_again,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_EDIT,
    description=(
        "Has an order that is not confirmed judged by the approval rules as they are now: after a rejection it is "
        "asked for again from the first step; one that no rule holds any more is free. Repeated, it changes nothing."
    ),
)
