"""Which rows are sent, and when again."""

from datetime import timedelta

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.clock import utc_now
from domain.kernel.database import Database
from domain.kernel.outbox import OutboxRow
from jobs.picking import due, forgotten, stamp

KNOWN = ["push", "label"]


async def row(
    session: AsyncSession,
    aggregate: str = "order:1",
    *,
    consumer: str = "push",
    at: timedelta = timedelta(seconds=-1),
    sent: timedelta | None = None,
) -> int:
    now = utc_now()
    row_id = await session.scalar(
        insert(OutboxRow)
        .values(
            consumer=consumer,
            aggregate=aggregate,
            payload={},
            created_at=now,
            not_before=now + at,
            sent_at=None if sent is None else now + sent,
        )
        .returning(OutboxRow.id)
    )
    assert row_id is not None
    return row_id


async def picked(session: AsyncSession, **more: int) -> list[int]:
    return [one.id for one in await due(session, KNOWN, **more)]


async def swept(session: AsyncSession, seconds: int = 30) -> list[int]:
    return [one.id for one in await forgotten(session, KNOWN, timedelta(seconds=seconds))]


async def test_of_one_thing_the_oldest_row_only(session: AsyncSession) -> None:
    first = await row(session, "order:1")
    await row(session, "order:1")
    other = await row(session, "order:2")
    other_consumer = await row(session, "order:1", consumer="label")
    assert sorted(await picked(session)) == sorted([first, other, other_consumer])


async def test_a_row_at_work_holds_back_those_behind_it_and_no_others(session: AsyncSession) -> None:
    await row(session, "order:1", sent=timedelta())
    await row(session, "order:1")
    other = await row(session, "order:2")
    assert await picked(session) == [other]


async def test_a_row_that_waits_for_its_time_holds_back_those_behind_it(session: AsyncSession) -> None:
    await row(session, "order:1", at=timedelta(minutes=5))
    await row(session, "order:1")
    assert await picked(session) == []


async def test_the_longest_due_come_first_and_no_more_than_asked_for(session: AsyncSession) -> None:
    late = await row(session, "order:1", at=timedelta(seconds=-1))
    early = await row(session, "order:2", at=timedelta(seconds=-9))
    middle = await row(session, "order:3", at=timedelta(seconds=-5))
    assert await picked(session, limit=2) == [early, middle]
    assert await picked(session) == [early, middle, late]


async def test_rows_of_unknown_consumers_wait_for_a_relay_that_knows_them(session: AsyncSession) -> None:
    await row(session, consumer="of_a_newer_version")
    assert await picked(session) == []


async def test_a_stamped_row_is_not_due_again(session: AsyncSession) -> None:
    await row(session)
    await stamp(session, await due(session, KNOWN))
    assert await picked(session) == []
    [sent_at] = await session.scalars(select(OutboxRow.sent_at))
    assert sent_at is not None
    assert utc_now() - sent_at < timedelta(seconds=5)


async def test_two_relays_never_pick_the_same_row(database: Database) -> None:
    async with database.begin() as session:
        ids = [await row(session, f"order:{number}") for number in range(4)]
    async with database.begin() as one, database.begin() as other:
        first = [part.id for part in await due(one, KNOWN, limit=2)]
        second = [part.id for part in await due(other, KNOWN)]
    assert first == ids[:2]
    assert second == ids[2:]


async def test_a_row_that_was_sent_long_ago_and_is_still_there_is_forgotten(session: AsyncSession) -> None:
    old = await row(session, "order:1", at=timedelta(seconds=-32), sent=timedelta(seconds=-31))
    await row(session, "order:2", at=timedelta(seconds=-32), sent=timedelta(seconds=-29))
    await row(session, "order:3", at=timedelta(seconds=-32))
    assert await swept(session) == [old]


async def test_the_sweep_backs_off(session: AsyncSession) -> None:
    """A row that is never done is sent ever more seldom: each pause is half its time out."""
    row_id = await row(session)
    sent = [0]
    for second in range(1, 600):
        lived = await session.get_one(OutboxRow, row_id)
        lived.not_before = utc_now() - timedelta(seconds=second)
        lived.sent_at = lived.not_before + timedelta(seconds=sent[-1])
        await session.flush()
        if await swept(session):
            sent.append(second)
    assert sent == [0, 30, 60, 90, 135, 203, 305, 458]
