"""Due schedules become work, once, however many schedulers look."""

import asyncio
from datetime import datetime, timedelta
from importlib.metadata import EntryPoint

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.clock import utc_now
from domain.kernel.database import Database
from domain.kernel.ids import new_id
from domain.kernel.outbox import OutboxRow
from domain.kernel.schedule import Schedule
from jobs import scheduler
from jobs.consumers import CONSUMERS
from jobs.due import CHANNELS, COURIERS, HOUSE, SUBJECTS, ensure_schedules, run_due
from omnisales_sdk import ENTRY_POINT_GROUP
from plugins.host import Host, load_connectors
from tests.jobs.engine_room import eventually
from tests.support.builders import make_channel
from tests.support.shipping import make_account

MINUTE = timedelta(minutes=1)


def host() -> Host:
    names = ("woocommerce", "innoship", "manual")
    return load_connectors(
        entry_points=[EntryPoint(name, f"connectors.{name}", ENTRY_POINT_GROUP) for name in names], environ={}
    )


async def schedule(
    session: AsyncSession, kind: str = "fold_counts", *, due: timedelta = timedelta(), every: timedelta = MINUTE
) -> Schedule:
    subject = None if SUBJECTS[kind] is None else new_id()
    made = Schedule(kind=kind, subject_id=subject, every=every, next_run_at=utc_now() - due)
    session.add(made)
    await session.flush()
    return made


async def rows(session: AsyncSession) -> list[tuple[str, str, dict[str, str]]]:
    found = await session.scalars(select(OutboxRow).order_by(OutboxRow.id))
    return [(row.consumer, row.aggregate, row.payload) for row in found]


def test_every_kind_of_schedule_has_a_consumer() -> None:
    assert set(SUBJECTS) == {*HOUSE, *CHANNELS, *COURIERS}
    assert set(SUBJECTS) <= set(CONSUMERS)


async def test_what_is_due_becomes_work_and_is_due_again_later(session: AsyncSession) -> None:
    made = await schedule(session, "track", due=timedelta(seconds=5))
    was_due = made.next_run_at
    assert await run_due(session) == 1
    await session.flush()
    assert await rows(session) == [
        ("track", f"courier:{made.subject_id}", {"account_id": str(made.subject_id)}),
    ]
    assert made.next_run_at == was_due + MINUTE
    assert made.last_run_at is not None
    assert await run_due(session) == 0


async def test_what_is_not_due_or_switched_off_waits(session: AsyncSession) -> None:
    await schedule(session, "track", due=-MINUTE)
    (await schedule(session, "fetch_orders", due=MINUTE)).enabled = False
    await session.flush()
    assert await run_due(session) == 0
    assert await rows(session) == []


async def test_what_was_missed_is_run_once(session: AsyncSession) -> None:
    made = await schedule(session, due=timedelta(days=3))
    assert await run_due(session) == 1
    await session.flush()
    assert timedelta(seconds=55) < made.next_run_at - utc_now() <= MINUTE
    assert len(await rows(session)) == 1


async def test_a_run_that_still_waits_is_enough(session: AsyncSession) -> None:
    made = await schedule(session, due=MINUTE)
    await run_due(session)
    made.next_run_at = utc_now() - MINUTE
    await session.flush()
    assert await run_due(session) == 1
    assert len(await rows(session)) == 1
    await session.execute(update(OutboxRow).values(sent_at=utc_now()))
    made.next_run_at = utc_now() - MINUTE
    await session.flush()
    await run_due(session)
    assert len(await rows(session)) == 2


async def test_the_house_and_each_account_get_what_their_connector_can_do(session: AsyncSession) -> None:
    channel = await make_channel(session, connector="woocommerce")
    own = await make_channel(session, connector="manual")
    unknown = await make_channel(session, connector="not_installed")
    account = await make_account(session)
    typed = await make_account(session, "typed")
    typed.connector = "manual"
    await session.flush()
    await ensure_schedules(session, host())
    await ensure_schedules(session, host())
    found = await session.execute(select(Schedule.kind, Schedule.subject_id, Schedule.every))
    intervals = {(row.kind, row.subject_id): row.every for row in found}
    assert set(intervals) == {
        ("fold_counts", None),
        ("purge", None),
        ("forget_keys", None),
        ("forget_changes", None),
        ("expire_holds", None),
        ("tidy_procurement", None),
        ("check_pre_orders", None),
        ("fetch_orders", channel.id),
        ("ensure_webhooks", channel.id),
        ("track", account.id),
    }
    wanted = next(one.every for one in host().manifest("woocommerce").schedules if one.kind.value == "ORDERS")
    assert intervals["fetch_orders", channel.id] == wanted
    assert own.id != unknown.id


@pytest.mark.spec("CHN-2")
async def test_a_schedule_that_is_made_late_is_as_the_channel_says(session: AsyncSession) -> None:
    said = {"ORDERS": {"every": 900, "paused": False}}, {"ORDERS": {"every": None, "paused": True}}, {}
    channels = [await make_channel(session, connector="woocommerce", intervals=one) for one in said]
    channels[2].enabled = False
    await session.flush()
    await ensure_schedules(session, host())
    found = await session.execute(
        select(Schedule.subject_id, Schedule.every, Schedule.enabled).where(Schedule.kind == "fetch_orders")
    )
    schedules = {row.subject_id: (row.every, row.enabled) for row in found}
    usual = next(one.every for one in host().manifest("woocommerce").schedules if one.kind.value == "ORDERS")
    assert [schedules[one.id] for one in channels] == [(timedelta(minutes=15), True), (usual, False), (usual, False)]


async def test_an_interval_that_was_set_stays(session: AsyncSession) -> None:
    channel = await make_channel(session, connector="woocommerce")
    session.add(Schedule(kind="fetch_orders", subject_id=channel.id, every=timedelta(seconds=7), next_run_at=utc_now()))
    await session.flush()
    await ensure_schedules(session, host())
    every = await session.scalar(select(Schedule.every).where(Schedule.kind == "fetch_orders"))
    assert every == timedelta(seconds=7)


async def test_two_schedulers_ask_for_each_run_once(database: Database) -> None:
    """Each look takes what it can lock; together they take everything, and nothing twice."""
    async with database.begin() as session:
        for _ in range(20):
            await schedule(session, "track", due=timedelta(seconds=1), every=timedelta(hours=1))
    other = Database(database.url)
    async with database.begin() as one, other.begin() as two:
        counts = await asyncio.gather(run_due(one), run_due(two))
    assert sum(counts) == 20
    async with database.begin() as session:
        assert len(await rows(session)) == 20
    await other.close()


async def test_schedulers_run_until_told_to_stop_and_survive_lost_connections(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "LOOK_SECONDS", 0.05)
    stop = asyncio.Event()
    others = [Database(database.url) for _ in range(2)]
    running = [asyncio.create_task(scheduler.run(one, host(), stop)) for one in others]

    async def last_runs() -> list[datetime | None]:
        async with database.begin() as session:
            return list(await session.scalars(select(Schedule.last_run_at).where(Schedule.subject_id.is_(None))))

    async def all_ran() -> bool:
        found = await last_runs()
        return len(found) == len(HOUSE) and all(found)

    await eventually(all_ran)
    killer = Database(database.url)
    async with killer.read() as connection:
        await connection.execute(
            text(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
        )
    async with killer.begin() as session:
        await session.execute(update(Schedule).values(next_run_at=utc_now(), last_run_at=None))

    async def ran_again() -> bool:
        async with killer.begin() as session:
            found = list(await session.scalars(select(Schedule.last_run_at).where(Schedule.subject_id.is_(None))))
        return all(found)

    await eventually(ran_again)
    stop.set()
    await asyncio.gather(*running)
    for one in [*others, killer]:
        await one.close()
