"""estimateCancel."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.estimate import EstimateCancelInput, EstimateResult
from domain.flows.estimate import CancelEstimate, cancel_estimate
from domain.kernel.actor import Permission


async def _estimate_cancel(info: Info, input: EstimateCancelInput) -> EstimateResult:
    async def work(session: AsyncSession) -> Made:
        command = CancelEstimate(
            estimate_id=id_of(input.id, "estimate"), expected_version=input.expected_version, reason=input.reason
        )
        return made("Estimate", (await cancel_estimate(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _estimate_cancel,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_EDIT,
    description=("Takes an offer back. Refused with NOT_OPEN once it was accepted or cancelled."),
)
