"""invoiceIssue."""

from typing import Annotated

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.order import OrderResult
from domain.flows.invoice import IssueByHand, issue_by_hand
from domain.kernel.actor import Permission


async def _invoice_issue(
    info: Info,
    id: Annotated[strawberry.ID, strawberry.argument(description="The order.")],
    expected_version: Annotated[
        int | None, strawberry.argument(description="The version that you read; null asks for no check.")
    ] = None,
) -> OrderResult:
    async def work(session: AsyncSession) -> Made:
        command = IssueByHand(order_id=id_of(id, "order"), expected_version=expected_version)
        return made("Order", (await issue_by_hand(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _invoice_issue,
    permission=Permission.ORDERS_EDIT,
    description=(
        "Issues the invoice of an order that is confirmed or beyond, in its channel's series. An order has one invoice "
        "that is not credited: repeated, it changes nothing. Test orders get none."
    ),
)
