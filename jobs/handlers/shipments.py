"""Reading shipments for the couriers' handlers."""

from uuid import UUID

from domain.kernel.refusals import NotFound
from domain.shipping.models import Shipment
from jobs.runtime import Runtime


async def find_shipment(runtime: Runtime, shipment_id: UUID) -> Shipment:
    """A shipment as it is now, unlocked. Raises `NotFound`."""
    async with runtime.database.begin() as session:
        shipment = await session.get(Shipment, shipment_id)
    if shipment is None:
        raise NotFound("shipment", shipment_id)
    return shipment
