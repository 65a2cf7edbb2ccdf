"""On hold and back (spec ORD-4): where it came from and why are kept, and so is its reservation, unless the hold lasted
longer than its channel keeps it. Money that came or went meanwhile moves where it leads back to (`pay`).
"""

from sqlalchemy import Integer, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel
from domain.kernel.actor import Actor
from domain.orders.models import HistoryEntry, Order
from domain.orders.queries import lines_of
from domain.orders.status import Status
from domain.stock.back_orders import drop_back_orders
from domain.stock.reserve import reserve

from ..auto_confirm import auto_confirm
from ..deliver import deliver_if_complete
from ..enter_status import enter_status
from ..still_short import renew_shortages
from .auto_note import note_if_due
from .confirm import demands_of, fall_short, record_reserved


async def hold(session: AsyncSession, actor: Actor, order: Order, to: Status, reason: str | None) -> None:
    """Enters On Hold."""
    order.held_from = order.status
    await enter_status(session, order, to, actor, reason)


async def resume(session: AsyncSession, actor: Actor, order: Order, to: Status, reason: str | None) -> None:
    """Enters the status that the hold interrupted; what entering it did the first time is not done again. One that was
    paid while it was held goes on as if the money came now: a channel that confirms by itself does.

    Parcels do not wait for the hold: if all arrived meanwhile, the order goes on to Delivered. What an order that waits
    for goods lacks is said anew. Goods that the hold cost it are reserved again; where they are gone, it enters Stock
    Unavailable with what is missing.
    """
    order.held_from = None
    if order.reservation_expired_at is not None:
        await _resume_with_stock(session, actor, order, to, reason)
        return
    paid_meanwhile = to is Status.PAID and await _waited_for_money(session, order)
    await enter_status(session, order, to, actor, reason)
    if paid_meanwhile:
        await auto_confirm(session, order)
    await session.flush()
    await renew_shortages(session, actor, order, ())
    await deliver_if_complete(session, actor, order)


async def _waited_for_money(session: AsyncSession, order: Order) -> bool:
    """Whether the hold began in Pending Payment."""
    began = await session.scalar(
        select(HistoryEntry.data["from"].astext.cast(Integer))
        .where(
            HistoryEntry.order_id == order.id,
            HistoryEntry.kind == "status_changed",
            HistoryEntry.data["to"].astext.cast(Integer) == int(Status.ON_HOLD),
        )
        .order_by(HistoryEntry.seq.desc())
        .limit(1)
    )
    return began == Status.PENDING_PAYMENT


async def _resume_with_stock(session: AsyncSession, actor: Actor, order: Order, to: Status, reason: str | None) -> None:
    order.reservation_expired_at = None
    channel = await session.get_one(Channel, order.channel_id)
    lines = await lines_of(session, order)
    await drop_back_orders(session, order.id)
    missing = await reserve(session, order.id, channel.warehouse_id, demands_of(lines))
    if missing:
        await fall_short(session, actor, order, missing, lines, reason, {"wanted": int(to)})
        return
    await record_reserved(session, actor, order, lines)
    await enter_status(session, order, to, actor, reason)
    await note_if_due(session, actor, order, channel)
