"""What a channel is known to say of our orders, in its own words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from .models import StatusPush


@dataclass(frozen=True, slots=True)
class KnownStatus:
    """The channel's status of an order as it said itself, with the version of the order there."""

    order_id: UUID
    status: str
    version: str | None


async def load_said(session: AsyncSession, order_ids: Collection[UUID]) -> dict[UUID, frozenset[str]]:
    """Per order, the statuses that we told the channel or are just telling it: what comes back of them is an echo."""
    if not order_ids:
        return {}
    rows = await session.execute(
        select(StatusPush.order_id, StatusPush.known, StatusPush.wanted).where(StatusPush.order_id.in_(order_ids))
    )
    return {row.order_id: frozenset(word for word in (row.known, row.wanted) if word) for row in rows}


async def keep_known(session: AsyncSession, channel_id: UUID, statuses: Sequence[KnownStatus]) -> None:
    """Keeps what the channel said, so that it is not told what it said itself (spec SYN-5)."""
    if not statuses:
        return
    statement = insert(StatusPush)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["order_id"],
            set_={"known": statement.excluded.known, "known_version": statement.excluded.known_version},
        ),
        [
            {
                "order_id": one.order_id,
                "channel_id": channel_id,
                "known": one.status,
                "known_version": one.version,
                "tracking_pushed": [],
                "failures": 0,
            }
            for one in statuses
        ],
    )
