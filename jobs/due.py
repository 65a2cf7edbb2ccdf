"""Due schedules become work. Any number of schedulers may look; each run is asked for once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import OWN_CHANNELS, SYNCS, Channel
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.outbox import enqueue
from domain.kernel.schedule import Schedule
from domain.shipping.models import CourierAccount
from omnisales_sdk import SyncKind
from plugins.host import Host

LIMIT = 200

SUBJECTS: Mapping[str, tuple[str, str] | None] = {
    "fetch_orders": ("channel", "channel_id"),
    "ensure_webhooks": ("channel", "channel_id"),
    "track": ("courier", "account_id"),
    "fold_counts": None,
    "forget_keys": None,
    "forget_changes": None,
    "expire_holds": None,
    "tidy_procurement": None,
    "check_pre_orders": None,
    "purge": None,
}
"""Every kind of schedule, by its consumer: what its subject is called in aggregates and payloads (None: the house)."""

HOUSE = {
    "fold_counts": timedelta(seconds=15),
    "forget_keys": timedelta(hours=1),
    "forget_changes": timedelta(hours=1),
    "expire_holds": timedelta(minutes=5),
    "tidy_procurement": timedelta(hours=1),
    "check_pre_orders": timedelta(days=1),
    "purge": timedelta(hours=1),
}
CHANNELS = {"fetch_orders": timedelta(minutes=5), "ensure_webhooks": timedelta(days=1)}
COURIERS = {"track": timedelta(minutes=15)}
"""How often, where neither the connector nor the account says otherwise."""


async def run_due(session: AsyncSession) -> int:
    """Asks for what is due, and sets when it is due next; returns how many. A run that still waits is enough.

    What was missed while nobody scheduled is run once, not as often as it was missed.
    """
    now = utc_now()
    due = await session.scalars(
        select(Schedule)
        .where(Schedule.enabled, Schedule.next_run_at <= now, Schedule.kind.in_(SUBJECTS))
        .order_by(Schedule.next_run_at)
        .limit(LIMIT)
        .with_for_update(skip_locked=True)
    )
    count = 0
    for schedule in due:
        aggregate, payload = _work(schedule)
        await enqueue(session, schedule.kind, aggregate, payload, coalesce=True)
        schedule.last_run_at = now
        following = schedule.next_run_at + schedule.every
        schedule.next_run_at = following if following > now else now + schedule.every
        count += 1
    return count


def _work(schedule: Schedule) -> tuple[str, dict[str, str]]:
    subject = SUBJECTS[schedule.kind]
    if subject is None:
        return "house", {}
    noun, name = subject
    return f"{noun}:{schedule.subject_id}", {name: str(schedule.subject_id)}


@dataclass(frozen=True, slots=True)
class _Wanted:
    kind: str
    subject_id: UUID | None
    every: timedelta
    enabled: bool = True


async def ensure_schedules(session: AsyncSession, host: Host) -> None:
    """Makes the schedules that are missing: the house's, and what each account's connector can do. What is there stays
    as it is set.
    """
    wanted = [_Wanted(kind, None, every) for kind, every in HOUSE.items()]
    channels = await session.execute(
        select(Channel.id, Channel.connector, Channel.enabled, Channel.intervals).where(
            Channel.connector.not_in(OWN_CHANNELS)
        )
    )
    said_of = {schedule: kind for kind, schedule in SYNCS.items()}
    for channel_id, key, enabled, intervals in channels:
        for kind in _can(host, key, CHANNELS):
            said = intervals.get(said_of.get(kind, ""), {})
            usual = _every(host, key, kind, CHANNELS[kind])
            every = timedelta(seconds=said["every"]) if said.get("every") else usual
            wanted.append(_Wanted(kind, channel_id, every, enabled and not said.get("paused", False)))
    couriers = await session.execute(select(CourierAccount.id, CourierAccount.connector))
    for account_id, key in couriers:
        wanted += [_Wanted(kind, account_id, COURIERS[kind]) for kind in _can(host, key, COURIERS)]
    now = utc_now()
    await session.execute(
        insert(Schedule).on_conflict_do_nothing(index_elements=["kind", "subject_id"]),
        [
            {
                "id": new_id(),
                "kind": one.kind,
                "subject_id": one.subject_id,
                "every": one.every,
                "next_run_at": now,
                "enabled": one.enabled,
            }
            for one in wanted
        ],
    )


def _can(host: Host, key: str, kinds: Mapping[str, timedelta]) -> list[str]:
    return [kind for kind in kinds if host.supports(key, kind)]


def _every(host: Host, key: str, kind: str, usual: timedelta) -> timedelta:
    if kind != "fetch_orders":
        return usual
    return next((one.every for one in host.manifest(key).schedules if one.kind is SyncKind.ORDERS), usual)
