"""The one step that writes a status; `move` and the flows of shipping decide, run effects, and end here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.orders.counts import count_change
from domain.orders.errors import IllegalMove
from domain.orders.history import record
from domain.orders.models import Order
from domain.orders.status import TABLE, Status


async def enter_status(
    session: AsyncSession,
    order: Order,
    to: Status,
    actor: Actor,
    reason: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Writes the status with its version, counts and history; the order is locked and the move was decided.

    Guards are not asked again. Raises IllegalMove for a move that the table does not have at all.
    """
    if to not in TABLE[order.status]:
        raise IllegalMove(order.status, to, (), f"no move leads from {order.status.label} to {to.label}")
    now = utc_now()
    come_from = order.status
    count_change(session, order.channel_id, come_from, -1)
    count_change(session, order.channel_id, to, 1)
    order.status = to
    order.status_since = now
    order.short_since = _short_since(order, now)
    order.updated_at = now
    order.version += 1
    await record(
        session, order, "status_changed", actor, {"from": int(come_from), "to": int(to), **(data or {})}, reason
    )


def _short_since(order: Order, now: datetime) -> datetime | None:
    """Since when it waits for goods: a hold, and what comes of it, begins no new wait (spec STK-3)."""
    if order.status is Status.STOCK_UNAVAILABLE:
        return order.short_since or now
    return order.short_since if order.status is Status.ON_HOLD else None
