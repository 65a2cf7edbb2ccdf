"""Mappings of channels, and the words that items wait for, as rows for an answer: one statement each."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

from domain.channels.models import ChannelMapping
from domain.intake.models import InboxCause, InboxItem

from .rows import Rows

MOST_WORDS = 1_000
"""Waiting words that are told at once, those that most wait for first."""

PAYMENT_METHOD, STATUS = "payment_method:", "status:"

_IDS = bindparam("ids", type_=ARRAY(Uuid()))
_MAPPINGS = (
    select(ChannelMapping.channel_id, ChannelMapping.kind, ChannelMapping.source, ChannelMapping.target)
    .where(ChannelMapping.channel_id == any_(_IDS))
    .order_by(ChannelMapping.channel_id, ChannelMapping.kind, ChannelMapping.source)
)
_WAITING = (
    select(
        InboxCause.channel_id,
        InboxCause.cause,
        func.count().label("waiting"),
        func.max(InboxItem.received_at).label("last_seen_at"),
    )
    .join(InboxItem, InboxItem.id == InboxCause.item_id)
    .where(
        InboxCause.channel_id == any_(_IDS),
        or_(*(InboxCause.cause.startswith(begin, autoescape=True) for begin in (PAYMENT_METHOD, STATUS))),
    )
    .group_by(InboxCause.channel_id, InboxCause.cause)
    .order_by(func.count().desc(), InboxCause.cause)
    .limit(MOST_WORDS)
)


async def mappings_of(connection: AsyncConnection, ids: Sequence[UUID]) -> Rows:
    """The channels' own mappings."""
    return (await connection.execute(_MAPPINGS, {"ids": list(ids)})).all()


async def waiting_words(connection: AsyncConnection, ids: Sequence[UUID]) -> Rows:
    """The causes about words for which items of these channels wait: how many, and when the last came."""
    return (await connection.execute(_WAITING, {"ids": list(ids)})).all()
