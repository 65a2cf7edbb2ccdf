"""The one step that writes a status; `move` and the flows of shipping decide, run effects, and end here."""

from collections.abc import Mapping
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
    order.updated_at = now
    order.version += 1
    await record(
        session, order, "status_changed", actor, {"from": int(come_from), "to": int(to), **(data or {})}, reason
    )
