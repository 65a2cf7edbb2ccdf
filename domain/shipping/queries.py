"""Reads of shipments."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.refusals import NotFound

from .models import Shipment, ShipmentStatus


async def shipment_for_update(session: AsyncSession, shipment_id: UUID) -> Shipment:
    """A shipment, locked. Lock its order first where that will change too. Raises `NotFound`."""
    shipment = await session.scalar(
        select(Shipment).where(Shipment.id == shipment_id).with_for_update().execution_options(populate_existing=True)
    )
    if shipment is None:
        raise NotFound("shipment", shipment_id, path=("id",))
    return shipment


async def live_shipments(session: AsyncSession, order_id: UUID) -> list[Shipment]:
    """The order's shipments that are not void."""
    rows = await session.scalars(
        select(Shipment)
        .where(Shipment.order_id == order_id, Shipment.status != ShipmentStatus.VOIDED)
        .order_by(Shipment.id)
    )
    return list(rows)
