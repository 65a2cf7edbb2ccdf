"""What a channel is known to say of our orders, in its own words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from .models import PushRecord, StatusPush


@dataclass(frozen=True, slots=True)
class KnownStatus:
    """The channel's status of an order as it said itself, with the version of the order there."""

    order_id: UUID
    status: str
    version: str | None


async def load_said(session: AsyncSession, versions: Mapping[UUID, str | None]) -> dict[UUID, frozenset[str]]:
    """Per order, the statuses that we told the channel or are just telling it: what comes back of them is an echo.

    `versions` are those of the states that came in, by order: an earlier push counts only for the version that the
    channel gave to it, since the store may well set the same status again later.
    """
    if not versions:
        return {}
    said: dict[UUID, set[str]] = {order_id: set() for order_id in versions}
    rows = await session.execute(
        select(StatusPush.order_id, StatusPush.known, StatusPush.wanted).where(StatusPush.order_id.in_(versions))
    )
    for row in rows:
        said[row.order_id].update(word for word in (row.known, row.wanted) if word)
    records = await session.execute(
        select(PushRecord.order_id, PushRecord.status).where(
            tuple_(PushRecord.order_id, PushRecord.version).in_(
                [(order_id, version) for order_id, version in versions.items() if version is not None]
            )
        )
    )
    for record in records:
        said[record.order_id].add(record.status)
    return {order_id: frozenset(words) for order_id, words in said.items()}


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
            # In one order everywhere, so that two who keep the same orders queue and never deadlock.
            for one in sorted(statuses, key=lambda one: one.order_id)
        ],
    )
