"""What is let go of when it is old enough: a table. Each rule does one bounded batch in the caller's transaction.

Rows that another process has in hand are passed over, so that any number may purge at once, and nobody waits for it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, delete, exists, func, literal, not_, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.bulk.models import BulkRun, RunState
from domain.channels.models import SyncRun
from domain.customers.models import Customer
from domain.diary.models import DiaryEntry, DiaryState
from domain.flows.privacy.erase import ENDED
from domain.flows.privacy.orders import erase_orders
from domain.intake.models import InboxItem, InboxState
from domain.intake.purge import PURGED, SETTLED
from domain.invoicing.models import Invoice
from domain.kernel.actor import SYSTEM
from domain.kernel.clock import utc_now
from domain.orders.models import Order
from domain.privacy.models import Erasure
from domain.privacy.scrub import Words
from domain.push.models import PushRecord
from domain.retention.kept import Kept

BATCH = 500
_UNSYNCED = {"synchronize_session": False}
_FINISHED = exists().where(Erasure.customer_id == Customer.id, Erasure.finished_at.is_not(None))
_OPEN = exists().where(DiaryEntry.item_id == InboxItem.id, DiaryEntry.state == DiaryState.OPEN)
_DONE = (DiaryState.RESOLVED, DiaryState.IGNORED)


@dataclass(frozen=True, slots=True)
class Rule:
    """`due` selects the ids of what is old before a moment, `act` lets go of some; `told` is for people."""

    told: str
    before: Callable[[Kept, datetime], datetime]
    due: Callable[[datetime], Select[UUID]]
    act: Callable[[AsyncSession, list[UUID]], Awaitable[None]]


async def purge_batch(session: AsyncSession, rule: Rule, kept: Kept, limit: int = BATCH) -> int:
    """Lets go of the next batch; how many there were."""
    due = rule.due(rule.before(kept, utc_now())).limit(limit).with_for_update(skip_locked=True)
    ids = list(await session.scalars(due))
    if ids:
        await rule.act(session, ids)
        await session.flush()
    return len(ids)


async def count_due(connection: AsyncConnection, rule: Rule, kept: Kept) -> int:
    """How many there are."""
    due = rule.due(rule.before(kept, utc_now())).order_by(None).subquery()
    return await connection.scalar(select(func.count()).select_from(due)) or 0


def _old_bodies(before: datetime) -> Select[UUID]:
    """What waits is kept, however long: it is still to be imported. So is what was refused and nobody resolved yet."""
    return (
        select(InboxItem.id)
        .where(
            InboxItem.purged_at.is_(None),
            InboxItem.received_at < before,
            InboxItem.state.in_(SETTLED),
            not_(and_(InboxItem.state == InboxState.REFUSED, _OPEN)),
        )
        .order_by(InboxItem.received_at)
    )


async def _empty(session: AsyncSession, ids: list[UUID]) -> None:
    await session.execute(
        update(InboxItem).where(InboxItem.id.in_(ids)).values(**PURGED, purged_at=utc_now()),
        execution_options=_UNSYNCED,
    )


def _old_runs(before: datetime) -> Select[UUID]:
    return select(SyncRun.id).where(SyncRun.finished_at < before).order_by(SyncRun.finished_at)


def _old_pushes(before: datetime) -> Select[UUID]:
    return select(PushRecord.id).where(PushRecord.at < before).order_by(PushRecord.at)


def _old_bulk_runs(before: datetime) -> Select[UUID]:
    return (
        select(BulkRun.id)
        .where(BulkRun.state != RunState.RUNNING, BulkRun.started_at < before)
        .order_by(BulkRun.started_at)
    )


def _old_entries(before: datetime) -> Select[UUID]:
    return select(DiaryEntry.id).where(DiaryEntry.state.in_(_DONE), DiaryEntry.at < before).order_by(DiaryEntry.at)


def _old_buyers(before: datetime) -> Select[UUID]:
    """Invoices of persons who were erased, once the law wants their buyer no more."""
    erased = select(Order.id).where(Order.erased_at.is_not(None))
    return (
        select(Invoice.id)
        .where(Invoice.issued_at < before, Invoice.order_id.in_(erased), Invoice.buyer != literal({}, JSONB()))
        .order_by(Invoice.issued_at)
    )


async def _forget_buyers(session: AsyncSession, ids: list[UUID]) -> None:
    await session.execute(update(Invoice).where(Invoice.id.in_(ids)).values(buyer={}), execution_options=_UNSYNCED)


def _left_over(_: datetime) -> Select[UUID]:
    """Orders that an import wrote for a customer in the moment of their erasure, once they need nobody's address."""
    return (
        select(Order.id)
        .join(Customer, Customer.id == Order.customer_id)
        .where(Customer.erased_at.is_not(None), Order.erased_at.is_(None), Order.status.in_(ENDED), _FINISHED)
        .order_by(Order.id)
    )


async def _erase(session: AsyncSession, ids: list[UUID]) -> None:
    await erase_orders(session, SYSTEM, ids, Words())


def _deleting(model: Any) -> Callable[[AsyncSession, list[UUID]], Awaitable[None]]:
    async def act(session: AsyncSession, ids: list[UUID]) -> None:
        await session.execute(delete(model).where(model.id.in_(ids)), execution_options=_UNSYNCED)

    return act


RULES: Mapping[str, Rule] = {
    "raw": Rule("bodies of what arrived", lambda kept, now: now - kept.raw, _old_bodies, _empty),
    "sync_runs": Rule("runs of syncs", lambda kept, now: now - kept.sync_runs, _old_runs, _deleting(SyncRun)),
    "pushes": Rule("notes of what was pushed", lambda kept, now: now - kept.pushes, _old_pushes, _deleting(PushRecord)),
    "bulk_runs": Rule(
        "bulk actions that ended", lambda kept, now: now - kept.bulk_runs, _old_bulk_runs, _deleting(BulkRun)
    ),
    "diary": Rule(
        "diary entries that are done", lambda kept, now: now - kept.diary, _old_entries, _deleting(DiaryEntry)
    ),
    "invoices": Rule(
        "buyers on invoices of erased persons", lambda kept, now: now - kept.invoices, _old_buyers, _forget_buyers
    ),
    "left_over": Rule("orders of erased persons", lambda _, now: now, _left_over, _erase),
}
