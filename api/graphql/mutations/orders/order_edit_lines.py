"""orderEditLines."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.actions import OrderEditLinesInput
from api.graphql.types.order import OrderResult
from domain.flows.edit_lines import EditedContents
from domain.flows.edit_order import EditOrder, edit_order
from domain.kernel.actor import Permission

from .order_edit import edited_lines


async def _order_edit_lines(info: Info, input: OrderEditLinesInput) -> OrderResult:
    async def work(session: AsyncSession) -> Made:
        command = EditOrder(
            order_id=id_of(input.id, "order"),
            expected_version=input.expected_version,
            contents=EditedContents(lines=edited_lines(input.lines)),
            reason=input.reason,
        )
        return made("Order", (await edit_order(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _order_edit_lines,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_EDIT,
    description=(
        "Writes all lines of an order that was not confirmed: those that are there and not named are removed. Totals "
        "are recomputed, and an approval is asked again. Every wrong line is named at once. The "
        "part of orderEdit about lines."
    ),
)
