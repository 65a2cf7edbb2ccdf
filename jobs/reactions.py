"""What follows from the events of orders: a table from events to reactions.

A reaction writes rows of work in the transaction that takes the events' rows, so that each event has its consequences
once. It looks at the orders as they are now: what is pushed is the state that is wanted, not each step to it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel
from domain.channels.vocabulary import load_rules
from domain.kernel.outbox import enqueue
from domain.orders.models import Order
from domain.push.wanted import PUSH_STATUS, want_status
from plugins.host import Host

from .mail.letters import APPROVAL_REJECTED, MAIL
from .translate import defaults

Reaction = Callable[[AsyncSession, Host, Sequence[Order]], Awaitable[None]]


async def tell_channels(session: AsyncSession, host: Host, orders: Sequence[Order]) -> None:
    """Asks for a push where a channel does not know an order's status and parcels yet.

    Raises `NotLoaded` while the connector of a channel is not there: what is to be told then waits for it.
    """
    by_channel: dict[UUID, list[Order]] = {}
    for order in orders:
        if order.external_id is not None:
            by_channel.setdefault(order.channel_id, []).append(order)
    for channel_id, theirs in by_channel.items():
        channel = await session.get_one(Channel, channel_id)
        if channel.is_own:
            continue
        vocabulary = host.manifest(channel.connector).vocabulary
        if not host.supports(channel.connector, "push_status"):
            continue
        rules = await load_rules(session, channel_id, defaults(vocabulary))
        for order in theirs:
            if await want_status(session, order, rules.statuses_out):
                payload = {"order_id": str(order.id)}
                await enqueue(session, PUSH_STATUS, f"order:{order.id}", payload, coalesce=True)


async def tell_of_rejection(session: AsyncSession, host: Host, orders: Sequence[Order]) -> None:
    """Asks for a mail to the customer of an order that was rejected in approval (spec APR-3)."""
    for order in orders:
        await enqueue(session, MAIL, f"order:{order.id}", {"order_id": str(order.id), "letter": APPROVAL_REJECTED})


REACTIONS: Mapping[str, Sequence[Reaction]] = {
    "status_changed": (tell_channels,),
    "awb_created": (tell_channels,),
    "awb_voided": (tell_channels,),
    "shipment_started": (tell_channels,),
    "approval_rejected": (tell_of_rejection,),
}
"""By the kind of event; from those that are not named nothing follows."""


async def react_to(session: AsyncSession, host: Host, events: Sequence[tuple[str, UUID]]) -> None:
    """Has the reactions to these events, each given as its kind and its order, in this transaction."""
    concerned: dict[Reaction, set[UUID]] = {}
    for kind, order_id in events:
        for reaction in REACTIONS.get(kind, ()):
            concerned.setdefault(reaction, set()).add(order_id)
    for reaction, order_ids in concerned.items():
        orders = await session.scalars(select(Order).where(Order.id.in_(order_ids)).order_by(Order.id))
        await reaction(session, host, list(orders))
