"""orderEditLines."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.actions import EditedLineInput, OrderEditLinesInput
from api.graphql.types.order import OrderResult
from domain.flows.edit_lines import EditedLine, EditLines, edit_lines
from domain.kernel.actor import Permission
from domain.kernel.ids import parse_id
from domain.kernel.refusals import invalid


async def _order_edit_lines(info: Info, input: OrderEditLinesInput) -> OrderResult:
    async def work(session: AsyncSession) -> Made:
        command = EditLines(
            order_id=id_of(input.id, "order"),
            expected_version=input.expected_version,
            lines=[_line(place, line) for place, line in enumerate(input.lines)],
            reason=input.reason,
        )
        return made("Order", (await edit_lines(session, info.context.actor, command)).id)

    return await change(info, work)


def _line(place: int, input: EditedLineInput) -> EditedLine:
    line: UUID | None = None
    if input.line is not None:
        line = parse_id(input.line)
        if line is None:
            raise invalid(("lines", str(place), "line"), "NOT_FOUND", f"The order has no line {input.line}.")
    return EditedLine(quantity=input.quantity, line=line, sku=input.sku, unit_price=input.unit_price)


field = root(
    _order_edit_lines,
    permission=Permission.ORDERS_EDIT,
    description=(
        "Writes all lines of an order that was not confirmed: those that are there and not named are removed. Totals "
        "are recomputed, and an approval is asked again. Every wrong line is named at once."
    ),
)
