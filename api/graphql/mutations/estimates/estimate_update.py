"""estimateUpdate."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.estimate import EstimateResult, EstimateUpdateInput
from domain.flows.estimate import UpdateEstimate, update_estimate
from domain.kernel.actor import Permission

from .offered import offered_of


async def _estimate_update(info: Info, input: EstimateUpdateInput) -> EstimateResult:
    async def work(session: AsyncSession) -> Made:
        command = UpdateEstimate(
            estimate_id=id_of(input.id, "estimate"),
            offered=offered_of(input),
            expected_version=input.expected_version,
        )
        return made("Estimate", (await update_estimate(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _estimate_update,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_EDIT,
    description=(
        "Changes an open estimate; one that has expired is opened again by another validUntil. Refused with NOT_OPEN "
        "once it was accepted or cancelled."
    ),
)
