"""awbResolve."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.shipping import AwbResolveInput, ShipmentResult
from domain.flows.ship import resolve_awb
from domain.kernel.actor import Permission


async def _awb_resolve(info: Info, input: AwbResolveInput) -> ShipmentResult:
    async def work(session: AsyncSession) -> Made:
        shipment = await resolve_awb(session, info.context.actor, id_of(input.id, "shipment"), input.awb)
        return made("Shipment", shipment.id)

    return await change(info, work)


field = root(
    _awb_resolve,
    rows=Rows.SCOPED,
    permission=Permission.AWB,
    description=(
        "A person who looked at the courier's says what came of a shipment that is UNKNOWN: its AWB, or that there is "
        "none; the packing list may then ask anew. Once the outcome is known, it is refused as Invalid."
    ),
)
