"""awbVoid."""

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.shipping import ShipmentResult
from domain.flows.void import request_void
from domain.kernel.actor import Permission


async def _awb_void(info: Info, id: strawberry.ID) -> ShipmentResult:
    async def work(session: AsyncSession) -> Made:
        key = id_of(id, "shipment")
        return made("Shipment", (await request_void(session, info.context.actor, key)).id)

    return await change(info, work)


field = root(
    _awb_void,
    rows=Rows.SCOPED,
    permission=Permission.AWB,
    description=(
        "Asks the courier to void an AWB that was not picked up. The answer is the shipment as it is now; it becomes "
        "VOIDED when the courier agrees, and shows `attention` if it does not. Repeated, it changes nothing."
    ),
)
