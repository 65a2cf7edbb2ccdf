"""estimateCreate."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.estimate import EstimateCreateInput, EstimateResult
from domain.flows.bootstrap import STAFF_CHANNEL
from domain.flows.estimate import CreateEstimate, create_estimate
from domain.kernel.actor import Permission

from .offered import offered_of


async def _estimate_create(info: Info, input: EstimateCreateInput) -> EstimateResult:
    async def work(session: AsyncSession) -> Made:
        command = CreateEstimate(
            offered=offered_of(input), channel=input.channel or STAFF_CHANNEL, currency=input.currency
        )
        return made("Estimate", (await create_estimate(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _estimate_create,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_CREATE,
    description=(
        "Offers a customer lines at their prices, until a day. A line without unitPrice takes the price that the "
        "customer has today; trade discounts are not taken off. Repeated without an Idempotency-Key, it makes another."
    ),
)
