"""What a channel should say of an order, and whether it has to be told (spec SYN-5, architecture: desired state)."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, not_, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel
from domain.kernel.clock import utc_now
from domain.kernel.outbox import enqueue
from domain.orders.models import Order
from domain.orders.status import Status
from domain.shipping.models import CourierAccount, Shipment, ShipmentStatus

from .models import StatusPush

PUSH_STATUS = "push_status"
"""The consumer that brings the channel to the wanted state; its aggregate is `order:<id>`, and it coalesces."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel as the channel's buyer may follow it."""

    awb: str
    courier: str
    url: str | None


async def want_status(session: AsyncSession, order: Order, mapping_out: Mapping[Status, str]) -> bool:
    """Writes what the channel should say of the order now; True if it has to be told.

    `mapping_out` is the channel's (`ChannelRules.statuses_out`): a status that it lacks is not pushed, and leaves the
    earlier wish. Nothing is wanted of the house's own channels, or where the order has no id there; nothing has to be
    told that the channel is known to say, with all parcels.
    """
    word = mapping_out.get(order.status)
    if not word or order.external_id is None:
        return False
    channel = await session.get_one(Channel, order.channel_id)
    if channel.is_own:
        return False
    push = await push_for_update(session, order.id, order.channel_id)
    now = utc_now()
    if push.wanted != word:
        push.wanted, push.wanted_at, push.failures = word, now, 0
    parcels = {parcel.awb for parcel in await parcels_of(session, order.id)}
    await session.flush()
    return push.known != word or not parcels <= set(push.tracking_pushed)


async def ask_for_pushes(session: AsyncSession, channel_id: UUID) -> None:
    """Asks for a push of each order that the channel was not told of: it was switched off meanwhile."""
    parcel = exists().where(
        Shipment.order_id == StatusPush.order_id,
        Shipment.awb.is_not(None),
        Shipment.status != ShipmentStatus.VOIDED,
        not_(StatusPush.tracking_pushed.bool_op("?")(Shipment.awb)),
    )
    behind = select(StatusPush.order_id).where(
        StatusPush.channel_id == channel_id,
        StatusPush.wanted.is_not(None),
        or_(StatusPush.known.is_distinct_from(StatusPush.wanted), parcel),
    )
    for order_id in await session.scalars(behind.order_by(StatusPush.order_id)):
        await enqueue(session, PUSH_STATUS, f"order:{order_id}", {"order_id": str(order_id)}, coalesce=True)


async def push_for_update(session: AsyncSession, order_id: UUID, channel_id: UUID) -> StatusPush:
    """The order's row of wishes, locked; made if there is none."""
    await session.execute(
        insert(StatusPush)
        .values(order_id=order_id, channel_id=channel_id, tracking_pushed=[], failures=0)
        .on_conflict_do_nothing(index_elements=["order_id"])
    )
    query = select(StatusPush).where(StatusPush.order_id == order_id).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


async def parcels_of(session: AsyncSession, order_id: UUID) -> list[Parcel]:
    """The parcels of an order that have a number, in the order in which they were made."""
    rows = await session.execute(
        select(Shipment.awb, CourierAccount.title, Shipment.tracking_url)
        .join(CourierAccount, CourierAccount.id == Shipment.courier_account_id)
        .where(Shipment.order_id == order_id, Shipment.awb.is_not(None), Shipment.status != ShipmentStatus.VOIDED)
        .order_by(Shipment.id)
    )
    return [Parcel(row.awb, row.title, row.tracking_url) for row in rows]
