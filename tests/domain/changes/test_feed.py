"""The feed has what happened, once, in an order that does not change afterwards (spec SYN-10)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.changes import feed
from domain.changes.cursor import CursorExpired, Place, encode
from domain.changes.models import DIARY_CHANGED, DIARY_OPENED, DIARY_RESOLVED, Change, FeedStart
from domain.changes.upkeep import forget_changes, prepare_feed
from domain.diary.entries import Note, open_standing, resolve_standing, write_item_notes
from domain.diary.models import DiaryState
from domain.flows.move import MoveOrder, move_order
from domain.flows.resolve_entries import resolve_entries
from domain.kernel.clock import utc_now
from domain.kernel.database import Database
from domain.kernel.ids import new_id
from domain.orders.models import HistoryEntry
from domain.orders.status import Status
from tests.jobs.engine_room import eventually
from tests.support.builders import OPERATOR, make_channel, make_order

pytestmark = pytest.mark.spec("SYN-10")


BEGINNING = Place(0, 0)


async def written(session: AsyncSession) -> list[Change]:
    await session.flush()
    return list(await session.scalars(select(Change).order_by(Change.position)))


async def test_every_event_of_a_history_is_in_the_feed(session: AsyncSession) -> None:
    order = await make_order(session)
    await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.ON_HOLD))
    await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.DRAFT))
    changes = [change for change in await written(session) if change.order_id == order.id]
    history = list(
        await session.scalars(select(HistoryEntry).where(HistoryEntry.order_id == order.id).order_by(HistoryEntry.seq))
    )
    assert [(one.seq, one.kind) for one in changes] == [(one.seq, one.kind) for one in history]
    assert [one.data for one in changes] == [{"to": 0}, {"from": 0, "to": 9}, {"from": 9, "to": 0}]
    assert {one.channel_id for one in changes} == {order.channel_id}


@pytest.mark.spec("ORD-9")
async def test_the_diary_is_in_the_feed(session: AsyncSession) -> None:
    channel = await make_channel(session)
    note = Note(channel_id=channel.id, cause="sync:orders", message="No answer.")
    await open_standing(session, note)
    await open_standing(session, note)
    await session.commit()  # an entry of a transaction before, as it mostly is
    await resolve_standing(session, channel.id, ["sync:orders"], None)
    item = new_id()
    await write_item_notes(
        session, [Note(channel_id=channel.id, cause="sku:A", message="No such SKU.", item_id=item)] * 2
    )
    await open_standing(session, Note(channel_id=channel.id, cause="signature", message="Wrong signatures."))
    kinds = [(one.kind, one.subject_id) for one in await written(session)]
    assert [kind for kind, _ in kinds] == [DIARY_OPENED, DIARY_CHANGED, DIARY_RESOLVED, DIARY_OPENED, DIARY_OPENED]
    assert len({entry for _, entry in kinds[:3]}) == 1
    last = kinds[-1][1]
    assert last is not None
    await resolve_entries(session, OPERATOR, [last])
    await resolve_entries(session, OPERATOR, [last])
    assert [(one.kind, one.subject_id) for one in await written(session)][5:] == [(DIARY_RESOLVED, last)]


async def test_an_entry_that_is_born_settled_is_no_news(session: AsyncSession) -> None:
    channel = await make_channel(session)
    done = Note(channel_id=channel.id, cause="duplicate", message="Twice.", item_id=new_id(), state=DiaryState.IGNORED)
    await write_item_notes(session, [done])
    assert await written(session) == []


@pytest.fixture
async def epoch(database: Database) -> AsyncIterator[object]:
    async with database.read() as connection:
        yield (await feed.start_of(connection)).epoch


async def read(database: Database, after: Place = BEGINNING) -> list[feed.Event]:
    async with database.read() as connection:
        return await feed.read(connection, after, 1_000)


def add(session: AsyncSession, kind: str, **fields: object) -> None:
    session.add(Change(**{"kind": kind, "at": utc_now(), **fields}))


async def test_a_reader_waits_for_older_transactions_and_misses_none(database: Database) -> None:
    """The older transaction commits last: without waiting for it, a reader would be past it already."""
    async with database.begin() as older:
        add(older, "older")
        await older.flush()
        async with database.begin() as younger:
            add(younger, "younger")
        assert await read(database) == []
        async with database.read() as connection:
            assert await feed.pending(connection, await feed.horizon(connection))

    async def both() -> bool:
        return len(await read(database)) == 2

    await eventually(both)
    events = await read(database)
    assert [event.kind for event in events] == ["older", "younger"]
    assert await read(database, events[0].place) == [events[1]]
    assert await read(database, events[1].place) == []


async def test_a_transaction_of_another_database_holds_nobody_up(database: Database, session: AsyncSession) -> None:
    """On a server of several databases; the session's is another one."""
    await prepare_feed(session)
    await session.execute(update(FeedStart).values(epoch=new_id()), execution_options={"synchronize_session": False})
    async with database.begin() as own:
        add(own, "seen")
    assert [event.kind for event in await read(database)] == ["seen"]


async def test_many_writers_and_a_reader_that_follows(database: Database) -> None:
    """Transactions that overlap in every way: what the reader saw on its way is, in order, all that there is."""
    seen: list[feed.Event] = []

    async def write(number: int) -> None:
        for turn in range(15):
            async with database.begin() as session:
                add(session, f"{number}-{turn}-a")
                await session.flush()
                await asyncio.sleep(0.001 * (number * 7 % 5))
                add(session, f"{number}-{turn}-b")

    async def follow() -> None:
        place = BEGINNING
        while len(seen) < 8 * 15 * 2:
            events = await read(database, place)
            seen.extend(events)
            place = events[-1].place if events else place
            await asyncio.sleep(0.002)

    async with asyncio.timeout(60):
        await asyncio.gather(follow(), *(write(number) for number in range(8)))
    assert [event.place for event in seen] == [event.place for event in await read(database)]
    assert len({event.kind for event in seen}) == 240


async def test_what_is_old_is_forgotten_and_its_cursors_expire(database: Database, epoch: object) -> None:
    now = utc_now()
    for hours in (50, 49, 1, 48, 0):
        async with database.begin() as session:
            add(session, f"{hours}", at=now - timedelta(hours=hours))

    async def all_five() -> bool:
        return len(await read(database)) == 5

    await eventually(all_five)
    events = await read(database)
    async with database.begin() as session:
        assert await forget_changes(session, timedelta(hours=24)) == 2
    async with database.begin() as session:
        assert await forget_changes(session, timedelta(hours=24)) == 0
    assert [event.kind for event in await read(database)] == ["1", "48", "0"], "nothing is taken out of the middle"
    start = (await place(database, None))[1]
    assert start == events[1].place
    assert (await place(database, encode(epoch, events[1].place)))[1] == events[1].place  # type: ignore[arg-type]
    for expired in (encode(epoch, events[0].place), encode(new_id(), events[4].place)):  # type: ignore[arg-type]
        with pytest.raises(CursorExpired):
            await place(database, expired)
    async with database.read() as connection:
        with pytest.raises(CursorExpired):
            await feed.read_page(connection, epoch, events[0].place, 10)  # type: ignore[arg-type]


async def place(database: Database, cursor: str | None) -> tuple[object, Place]:
    async with database.read() as connection:
        return await feed.place_of(connection, cursor)


async def test_a_restored_database_begins_a_new_feed(session: AsyncSession) -> None:
    """Restored from a dump, transactions are counted anew: the old ones would hide the new ones."""
    await prepare_feed(session)
    before = (await feed.start_of(session)).epoch
    add(session, "kept")
    await session.flush()
    await prepare_feed(session)
    assert (await feed.start_of(session)).epoch == before
    assert await session.scalar(select(func.count()).select_from(Change)) == 1
    await session.execute(update(Change).values(xid=2**60), execution_options={"synchronize_session": False})
    await prepare_feed(session)
    assert (await feed.start_of(session)).epoch != before
    assert await session.scalar(select(func.count()).select_from(Change)) == 0
    assert await session.scalar(select(func.count()).select_from(FeedStart)) == 1
