"""orderConfirmRest."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.actions import OrderActionInput
from api.graphql.types.order import OrderResult
from domain.flows.confirm_part import ConfirmPart, confirm_rest
from domain.kernel.actor import Permission


async def _order_confirm_rest(info: Info, input: OrderActionInput) -> OrderResult:
    async def work(session: AsyncSession) -> Made:
        command = ConfirmPart(
            order_id=id_of(input.id, "order"), expected_version=input.expected_version, reason=input.reason
        )
        return made("Order", (await confirm_rest(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _order_confirm_rest,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_EDIT,
    description=(
        "Reserves what came of an order's back-ordered rest, which can be shipped then; what is still not there goes "
        "on waiting. StockMissing where nothing came; Invalid (NOTHING_WAITS) for an order without a rest."
    ),
)
