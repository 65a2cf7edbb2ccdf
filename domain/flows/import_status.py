"""A status that the channel changed: followed where the table allows it, else a task for a person (ORD-4, SYN-5)."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.vocabulary import ChannelRules
from domain.diary.entries import Note, open_standing, resolve_standing
from domain.kernel.actor import Actor
from domain.orders.models import Order
from domain.orders.status import Status

from .import_moves import try_move

STATUS_THERE = "status_there"

GONE_ON = frozenset({Status.PAID, Status.CONFIRMED, Status.READY, Status.STOCK_UNAVAILABLE, Status.ON_HOLD})
"""Here the order is past Processing, or held by a person: a store that says "go on" says nothing new."""


async def follow_status(
    session: AsyncSession, actor: Actor, rules: ChannelRules, order: Order, word: str, target: Status
) -> None:
    """Brings the order to where the store's new status `word` means, `target`; the order's row is locked.

    Nothing happens where both already agree. A move that the table refuses becomes an open diary entry: nobody here
    may undo a hand-over because a shop's clerk clicked.
    """
    if not agrees(order.status, target, word, rules):
        refusal = await try_move(session, actor, order, target, f"{word} in the store")
        if refusal is not None:
            await _tell(session, rules, order, word, target, refusal.message)
            return
    await resolve_standing(session, order.channel_id, _causes(order), order.external_id)


def agrees(ours: Status, target: Status, word: str, rules: ChannelRules) -> bool:
    """Whether the store's status is what ours means there, or says less than we know."""
    if ours is target or rules.statuses_out.get(ours) == word:
        return True
    return target in (Status.DRAFT, Status.PROCESSING) and ours in GONE_ON


async def _tell(session: AsyncSession, rules: ChannelRules, order: Order, word: str, target: Status, why: str) -> None:
    cancelled = target is Status.CANCELLED
    remedy = (
        "Call the parcel back or prepare for its return; the order stays as it is until you decide."
        if cancelled
        else f"Decide which side is right: move the order here, or set the status back in {rules.channel.title}."
    )
    await open_standing(
        session,
        Note(
            channel_id=order.channel_id,
            cause=f"cancelled_there:{order.external_id}" if cancelled else STATUS_THERE,
            message=f"{rules.channel.title} set order {order.number} to {word}, which is not done here: {why}",
            remedy=remedy,
            external_id=order.external_id,
            order_id=order.id,
        ),
    )


def _causes(order: Order) -> Sequence[str]:
    return (STATUS_THERE, f"cancelled_there:{order.external_id}")
