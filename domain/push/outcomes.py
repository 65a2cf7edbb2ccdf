"""What came of telling a channel the state of an order."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.diary.entries import Note, open_standing, resolve_standing
from domain.diary.models import Direction
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.orders.models import Order

from .models import PushRecord
from .wanted import push_for_update

FAILED = "push:status"
CONFLICT = "push:conflict"


async def pushed(
    session: AsyncSession, order_id: UUID, status: str, version: str | None, changed: bool, tracking: Collection[str]
) -> bool:
    """The channel says `status` now, with these AWBs; `changed` is False where it was so already.

    True if something else is wanted meanwhile, so that it has to be told again. What stood in the diary is resolved.
    """
    order = await session.get_one(Order, order_id)
    push = await push_for_update(session, order_id, order.channel_id)
    now = utc_now()
    push.known, push.known_version, push.pushed_at, push.failures = status, version, now, 0
    push.tracking_pushed = [*push.tracking_pushed, *(awb for awb in tracking if awb not in push.tracking_pushed)]
    if changed:
        session.add(PushRecord(id=new_id(), order_id=order_id, at=now, status=status, version=version))
    await session.flush()
    await resolve_standing(session, order.channel_id, (FAILED, CONFLICT), order.external_id)
    return push.wanted is not None and push.wanted != status


async def conflicted(session: AsyncSession, order_id: UUID, status: str, version: str | None, message: str) -> None:
    """The channel was changed to `status` by somebody else; nothing was written there, and a person is told.

    The wish is dropped, so that the next try does not overwrite their change: that comes in by webhook or poll, and
    our next change of status wishes anew.
    """
    order = await session.get_one(Order, order_id)
    push = await push_for_update(session, order_id, order.channel_id)
    push.known, push.known_version, push.wanted, push.failures = status, version, None, 0
    await session.flush()
    await open_standing(
        session,
        Note(
            channel_id=order.channel_id,
            direction=Direction.OUT,
            cause=CONFLICT,
            message=f"Order {order.number} was set to {status} in the store meanwhile, so its status was not pushed: "
            f"{message}",
            remedy="Decide which side is right: move the order here, or set the status in the store.",
            external_id=order.external_id,
            order_id=order_id,
        ),
    )


async def push_failed(session: AsyncSession, order_id: UUID, message: str, *, last: bool) -> None:
    """A try failed; after the last of a row a person is told. Replaying the entry, or a change, tries anew."""
    order = await session.get_one(Order, order_id)
    push = await push_for_update(session, order_id, order.channel_id)
    push.failures += 1
    await session.flush()
    if last:
        await open_standing(
            session,
            Note(
                channel_id=order.channel_id,
                direction=Direction.OUT,
                cause=FAILED,
                message=f"The status of order {order.number} could not be pushed as {push.wanted}: {message}",
                remedy="Look at the channel's connection; replay this entry, or change the order.",
                external_id=order.external_id,
                order_id=order_id,
            ),
        )
