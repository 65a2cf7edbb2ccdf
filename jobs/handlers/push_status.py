"""Bringing a channel to the state that we want of an order (architecture §5: desired state, not fire and forget)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.attempts import AttemptState
from domain.kernel.crash import crash_point, declare
from domain.kernel.ids import new_id
from domain.kernel.outbox import enqueue
from domain.orders.models import Order
from domain.push.models import StatusPush as Wish
from domain.push.outcomes import conflicted, push_failed, pushed
from domain.push.wanted import PUSH_STATUS, Parcel, parcels_of
from jobs.accounts import FarSide, channel_account, far_side
from jobs.journal import Intent, close, lease_end, lease_for, may_have_happened, take_on
from jobs.runtime import Runtime
from jobs.signals import LeaveAlone
from jobs.work import Work, finishing
from omnisales_sdk import Conflict, Pushed, StatusPush, Tracking

declare("push.journalled", "push.sent", "push.before_commit")


@dataclass(frozen=True, slots=True)
class _Call:
    """What the channel is to be told, what of it we may have told already, and the attempt that was journalled."""

    attempt_id: UUID
    external_id: str
    status: str
    last_known: str | None
    parcels: Sequence[Parcel]
    told: frozenset[str]


def push(runtime: Runtime, work: Work) -> None:
    """Tells the order's channel its wanted status and parcels, if it does not know them."""
    order_id = work.id_of("order_id")
    channel_id = runtime.run(_channel_of(runtime, order_id))
    if channel_id is None:
        runtime.run(_end(runtime, work))
        return
    far = far_side(runtime, runtime.run(channel_account(runtime, channel_id)))
    if not (far.account.enabled and far.supports("push_status")):
        runtime.run(_end(runtime, work))
        return
    call = runtime.run(_begin(runtime, work, far, order_id))
    crash_point("push.journalled")
    if call is None:
        return
    try:
        answer = _tell(far, call)
    # Whatever broke the push, a bug of the connector too: the journal says why, and the frame judges the fault.
    except Exception as error:
        runtime.run(_failed(runtime, order_id, call, str(error)))
        raise
    crash_point("push.sent")
    runtime.run(_keep(runtime, work, order_id, call, answer))


def _tell(far: FarSide, call: _Call) -> Pushed | Conflict:
    """A state there that is the work of an attempt which broke off is our own, and no conflict."""
    answer = _push(far, call, call.last_known)
    if isinstance(answer, Conflict) and answer.status in call.told:
        answer = _push(far, call, answer.status)
    return answer


def _push(far: FarSide, call: _Call, last_known: str | None) -> Pushed | Conflict:
    answer: Pushed | Conflict = far.call(
        "push_status",
        push=StatusPush(
            external_id=call.external_id,
            status=call.status,
            last_known=last_known,
            tracking=tuple(Tracking(courier=one.courier, awb=one.awb, url=one.url) for one in call.parcels),
        ),
    )
    return answer


async def _channel_of(runtime: Runtime, order_id: UUID) -> UUID | None:
    """The channel of an order that has an id there."""
    async with runtime.database.read() as connection:
        return await connection.scalar(
            select(Order.channel_id).where(Order.id == order_id, Order.external_id.is_not(None))
        )


async def _begin(runtime: Runtime, work: Work, far: FarSide, order_id: UUID) -> _Call | None:
    """Journals the attempt; None when the channel knows already, and the work is ended."""
    async with runtime.database.begin() as session:
        order = await session.get_one(Order, order_id)
        wish = await session.get(Wish, order_id)
        if order.external_id is not None and wish is not None and wish.wanted is not None:
            parcels = await parcels_of(session, order_id)
            if wish.known != wish.wanted or not {one.awb for one in parcels} <= set(wish.tracking_pushed):
                return await _journal(session, runtime, far, wish, order.external_id, parcels)
    await _end(runtime, work)
    return None


async def _journal(
    session: AsyncSession, runtime: Runtime, far: FarSide, wish: Wish, external_id: str, parcels: Sequence[Parcel]
) -> _Call:
    assert wish.wanted is not None
    key = f"push:{wish.order_id}"
    attempt_id = await take_on(
        session,
        Intent(
            key=key,
            kind=PUSH_STATUS,
            subject_id=wish.order_id,
            owner=f"{runtime.owner}:{new_id()}",
            lease=lease_for(far.manifest),
            outcome={"status": wish.wanted},
        ),
    )
    if attempt_id is None:
        raise LeaveAlone(await lease_end(session, key))
    earlier = await may_have_happened(session, key, wish.pushed_at)
    return _Call(
        attempt_id=attempt_id,
        external_id=external_id,
        status=wish.wanted,
        last_known=wish.known,
        parcels=parcels,
        told=frozenset(one["status"] for one in earlier),
    )


async def _keep(runtime: Runtime, work: Work, order_id: UUID, call: _Call, answer: Pushed | Conflict) -> None:
    async with finishing(runtime, work) as session:
        await close(session, call.attempt_id, AttemptState.DONE)
        if isinstance(answer, Conflict):
            await conflicted(session, order_id, answer.status, answer.version, answer.message)
        else:
            awbs = [parcel.awb for parcel in call.parcels]
            if await pushed(session, order_id, answer.status, answer.version, answer.changed, awbs):
                await enqueue(session, PUSH_STATUS, f"order:{order_id}", {"order_id": str(order_id)}, coalesce=True)
        crash_point("push.before_commit")


async def _failed(runtime: Runtime, order_id: UUID, call: _Call, message: str) -> None:
    async with runtime.database.begin() as session:
        await close(session, call.attempt_id, AttemptState.FAILED)
        await push_failed(session, order_id, message, last=False)


async def _end(runtime: Runtime, work: Work) -> None:
    async with finishing(runtime, work):
        pass


async def gave_up(runtime: Runtime, session: AsyncSession, work: Work, error: Exception) -> None:
    """A person is told; the next change of the order tries anew."""
    await push_failed(session, work.id_of("order_id"), str(error), last=True)
