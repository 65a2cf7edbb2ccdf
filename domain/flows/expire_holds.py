"""Reservations of orders that are on hold for longer than their channel keeps them (spec ORD-4).

The order stays on hold; when it is resumed its goods are reserved again, if they are still there (effects/hold.py).
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel
from domain.fulfilment.models import DeliveryNote, DeliveryNoteState
from domain.kernel.actor import SYSTEM
from domain.kernel.clock import utc_now
from domain.orders.history import record
from domain.orders.models import Order
from domain.orders.queries import order_for_update
from domain.orders.status import Status
from domain.shipping.models import Shipment, ShipmentStatus
from domain.stock.models import Reservation
from domain.stock.reserve import release

from .effects.undo import void_open_notes

LIMIT = 200

_SHIPPED = exists(select(1).where(Shipment.order_id == Order.id, Shipment.status != ShipmentStatus.VOIDED))
_HANDED_OVER = exists(
    select(1).where(DeliveryNote.order_id == Order.id, DeliveryNote.state == DeliveryNoteState.HANDED_OVER)
)
_EXPIRED = (
    select(Order.id, Channel.hold_expiry_hours)
    .join(Channel, Channel.id == Order.channel_id)
    .where(
        Order.status == Status.ON_HOLD,
        Order.status_since < func.now() - func.make_interval(0, 0, 0, 0, Channel.hold_expiry_hours),
        exists(select(1).where(Reservation.order_id == Order.id)),
        ~_SHIPPED,
        ~_HANDED_OVER,
    )
)
"""Without goods that are with a courier already, or have an AWB: they leave in any case."""


async def expired_holds(session: AsyncSession, limit: int = LIMIT) -> Sequence[UUID]:
    """The orders whose reservation is to be let go now, those that are on hold for longest first."""
    return (await session.scalars(_EXPIRED.order_by(Order.status_since, Order.id).limit(limit))).all()


async def expire_hold(session: AsyncSession, order_id: UUID) -> bool:
    """Lets the reservation go and voids open delivery notes; says whether it did. What was resumed, shipped or let go
    meanwhile is left as it is, so that repeating changes nothing."""
    order = await order_for_update(session, order_id)
    found = (await session.execute(_EXPIRED.where(Order.id == order_id))).one_or_none()
    if found is None:
        return False
    released = await release(session, order.id)
    order.reservation_expired_at = order.updated_at = utc_now()
    lines = {sku: str(quantity) for sku, quantity in released.items()}
    await record(
        session,
        order,
        "reservation_expired",
        SYSTEM,
        {"lines": lines, "hours": found.hold_expiry_hours},
        f"on hold for more than {found.hold_expiry_hours} hours",
    )
    await void_open_notes(session, SYSTEM, order)
    await session.flush()
    return True
