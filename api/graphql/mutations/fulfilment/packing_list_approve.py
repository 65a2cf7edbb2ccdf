"""packingListApprove."""

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.fulfilment import PackingListResult
from domain.flows.fulfil import approve_packing_list
from domain.kernel.actor import Permission


async def _packing_list_approve(
    info: Info, id: strawberry.ID, expected_version: int | None = None
) -> PackingListResult:
    async def work(session: AsyncSession) -> Made:
        key = id_of(id, "packing list")
        approved = await approve_packing_list(session, info.context.actor, key, expected_version)
        return made("PackingList", approved.id)

    return await change(info, work)


field = root(
    _packing_list_approve,
    rows=Rows.SCOPED,
    permission=Permission.DELIVERY_NOTES,
    description=(
        "Approves a packed list, after which its AWB can be made. Repeated, it changes nothing. With expectedVersion, "
        "a list that was packed anew meanwhile is refused."
    ),
)
