"""What waited for an account goes on: its settings or credentials were changed.

Generous on purpose: what is not mended yet comes back to wait, and nothing is done twice by being asked for twice.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, cast, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from domain.channels.unfit import UNFIT
from domain.diary.entries import resolve_standing
from domain.diary.models import DiaryEntry, DiaryState
from domain.intake.models import InboxCause, InboxItem
from domain.intake.release import release_items
from domain.kernel.clock import utc_now
from domain.kernel.outbox import DeadLetter, OutboxRow, enqueue, revive
from domain.kernel.schedule import Schedule
from domain.orders.models import Order
from domain.push.outcomes import FAILED
from domain.push.wanted import PUSH_STATUS
from domain.shipping.models import Shipment

from .accounts import CHANNEL, Locked

OF_THE_ACCOUNT = ("settings", "credentials:", "account:", "address:", "store:", "far_side:")
"""How the causes begin that another setting or another key may mend."""

MOST_LETTERS = 1_000


async def release_account(session: AsyncSession, locked: Locked) -> None:
    """To be called in the transaction that changed the account, after the change.

    Its runs are due at once, waiting work is sent now, items that wait for the connection and pushes that failed are
    tried again, dead letters revived. AWBs that were refused are not asked for again: a person decides that.
    """
    account_id = locked.account.id
    now = utc_now()
    await session.execute(
        update(Schedule).where(Schedule.subject_id == account_id, Schedule.enabled).values(next_run_at=now)
    )
    if locked.kind == CHANNEL:
        await release_items(session, await _waiting_items(session, account_id))
        await _push_again(session, account_id)
        await resolve_standing(session, account_id, [UNFIT], None)
    letters = select(DeadLetter.id).where(_about(DeadLetter, locked)).order_by(DeadLetter.id)
    await revive(session, list(await session.scalars(letters.limit(MOST_LETTERS).with_for_update(skip_locked=True))))
    behind = select(OutboxRow.id).where(
        OutboxRow.sent_at.is_(None), OutboxRow.not_before > now, _about(OutboxRow, locked)
    )
    await session.execute(
        update(OutboxRow)
        .where(OutboxRow.id.in_(behind.order_by(OutboxRow.id).with_for_update(skip_locked=True)))
        .values(not_before=now),
        execution_options={"synchronize_session": False},
    )
    session.info["outbox"] = True


async def _waiting_items(session: AsyncSession, channel_id: UUID) -> list[UUID]:
    causes = or_(*(InboxCause.cause.startswith(begin, autoescape=True) for begin in OF_THE_ACCOUNT))
    found = await session.scalars(
        select(InboxCause.item_id).where(InboxCause.channel_id == channel_id, causes).distinct()
    )
    return list(found)


async def _push_again(session: AsyncSession, channel_id: UUID) -> None:
    """The entries stay open until the push went well."""
    orders = await session.scalars(
        select(DiaryEntry.order_id)
        .where(
            DiaryEntry.channel_id == channel_id,
            DiaryEntry.cause == FAILED,
            DiaryEntry.state == DiaryState.OPEN,
            DiaryEntry.order_id.is_not(None),
        )
        .order_by(DiaryEntry.id)
    )
    for order_id in orders:
        await enqueue(session, PUSH_STATUS, f"order:{order_id}", {"order_id": str(order_id)}, coalesce=True)


def _about(row: type[OutboxRow | DeadLetter], locked: Locked) -> ColumnElement[bool]:
    """Whether work is about the account: it names it, or one of its items, orders, shipments. Few rows wait or are
    dead at any time; each is looked up by its key.
    """
    key = locked.account.id
    if locked.kind == CHANNEL:
        return or_(
            row.payload["channel_id"].as_string() == str(key),
            _one_of(row, "item_id", InboxItem.id, InboxItem.channel_id == key),
            and_(row.consumer == PUSH_STATUS, _one_of(row, "order_id", Order.id, Order.channel_id == key)),
        )
    return or_(
        row.payload["account_id"].as_string() == str(key),
        _one_of(row, "item_id", InboxItem.id, InboxItem.courier_account_id == key),
        _one_of(row, "shipment_id", Shipment.id, Shipment.courier_account_id == key),
    )


def _one_of(
    row: type[OutboxRow | DeadLetter], name: str, key: InstrumentedAttribute[UUID], theirs: ColumnElement[bool]
) -> ColumnElement[bool]:
    return select(key).where(key == cast(row.payload[name].as_string(), Uuid), theirs).exists()
