"""estimateAccept."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.estimate import EstimateAcceptInput
from api.graphql.types.order import OrderResult
from domain.flows.accept_estimate import AcceptEstimate, accept_estimate
from domain.kernel.actor import Permission


async def _estimate_accept(info: Info, input: EstimateAcceptInput) -> OrderResult:
    async def work(session: AsyncSession) -> Made:
        command = AcceptEstimate(
            estimate_id=id_of(input.id, "estimate"),
            expected_version=input.expected_version,
            promised_on=input.promised_on,
            delivery_point=input.delivery_point.value() if input.delivery_point else None,
        )
        return made("Order", (await accept_estimate(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _estimate_accept,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_CREATE,
    description=(
        "The customer agrees: enters the sales order, a DRAFT at the prices of the estimate, which no rule discounts. "
        "One estimate makes one order: repeated, it is refused with NOT_OPEN; after its last day, with EXPIRED."
    ),
)
