"""orderConfirmPartly."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.actions import OrderActionInput
from api.graphql.types.order import OrderResult
from domain.flows.confirm_part import ConfirmPart, confirm_partly
from domain.kernel.actor import Permission


async def _order_confirm_partly(info: Info, input: OrderActionInput) -> OrderResult:
    async def work(session: AsyncSession) -> Made:
        command = ConfirmPart(
            order_id=id_of(input.id, "order"), expected_version=input.expected_version, reason=input.reason
        )
        return made("Order", (await confirm_partly(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _order_confirm_partly,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_EDIT,
    description=(
        "Confirms an order with the goods that there are, and back-orders the rest of its lines (Order.backOrdered); "
        "with all goods there it confirms as usual. StockMissing where there is nothing at all. The invoice is of the "
        "whole order. An order that is confirmed already is refused with IllegalMove."
    ),
)
