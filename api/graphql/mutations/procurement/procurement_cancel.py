"""procurementCancel."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.procurement import ProcurementCancelInput, ProcurementResult
from domain.kernel.actor import Permission
from domain.procurement.answer import cancel_request


async def _procurement_cancel(info: Info, input: ProcurementCancelInput) -> ProcurementResult:
    async def work(session: AsyncSession) -> Made:
        request_id = id_of(input.id, "procurement request")
        request = await cancel_request(session, info.context.actor, request_id, input.reason, input.expected_version)
        return made("ProcurementRequest", request.id)

    return await change(info, work)


field = root(
    _procurement_cancel,
    permission=Permission.PROCUREMENT_EDIT,
    description=(
        "Ends a request, with a reason: it is not bought. The orders go on waiting. Repeated, it is refused (CLOSED)."
    ),
)
