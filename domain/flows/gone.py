"""An order that the store deleted, or put into its bin. Ours is never deleted; a person is told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel
from domain.diary.entries import Note, open_standing
from domain.intake.external import Known, lock_external_orders
from domain.intake.models import ExternalOrder, InboxState
from domain.intake.settle import Settled, settle
from domain.kernel.actor import Actor
from domain.orders.history import record
from domain.orders.queries import order_for_update


async def order_gone(
    session: AsyncSession,
    actor: Actor,
    channel: Channel,
    item_id: UUID,
    external_id: str,
    received_at: datetime,
    reason: str,
) -> Settled:
    """Marks the external order as gone, tells a person if it is ours, and settles the item.

    A later version of the order that comes after this clears the mark: it was restored. Told again, nothing changes.
    """
    known = (await lock_external_orders(session, channel.id, [external_id]))[external_id]
    if known.gone_at is None:
        await session.execute(
            update(ExternalOrder)
            .where(ExternalOrder.channel_id == channel.id, ExternalOrder.external_id == external_id)
            .values(gone_at=received_at),
            execution_options={"synchronize_session": False},
        )
        if known.order_id is not None:
            await _tell(session, actor, channel, external_id, known.order_id, reason)
    state, why = _outcome(known, reason)
    settled = Settled(
        item_id=item_id,
        channel_id=channel.id,
        state=state,
        reason=why,
        external_id=external_id,
        order_id=known.order_id,
    )
    await settle(session, [settled])
    return settled


def gone_cause(external_id: str) -> str:
    return f"gone:{external_id}"


def _outcome(known: Known, reason: str) -> tuple[InboxState, str]:
    if known.gone_at is not None:
        return InboxState.DUPLICATE, reason
    return (InboxState.IGNORED if known.order_id is None else InboxState.IMPORTED), reason


async def _tell(
    session: AsyncSession, actor: Actor, channel: Channel, external_id: str, order_id: UUID, reason: str
) -> None:
    order = await order_for_update(session, order_id)
    await record(session, order, "gone_there", actor, {"external_id": external_id}, reason)
    await session.flush()
    await open_standing(
        session,
        Note(
            channel_id=channel.id,
            cause=gone_cause(external_id),
            message=f"Order {order.number} ({external_id} in {channel.title}) is gone there: {reason}.",
            remedy="Cancel it here if it is not to be sent; nothing is done by itself.",
            external_id=external_id,
            order_id=order_id,
        ),
    )
