"""What is old is let go of; what waits, what is young and what proves stays."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.bulk.models import BulkAction, BulkRun, RunState
from domain.channels.models import Channel, SyncRun
from domain.diary.models import DiaryEntry, DiaryState, Direction
from domain.flows.privacy.carry_out import carry_out
from domain.flows.privacy.erase import ErasePerson, erase_person
from domain.flows.replay import Replay, replay
from domain.flows.resolve_entries import resolve_entries
from domain.flows.retention.purge import due, purge
from domain.flows.retention.rules import RULES, count_due, purge_batch
from domain.intake.models import InboxItem, InboxState
from domain.intake.release import release_items
from domain.intake.settle import refused, settle
from domain.invoicing.issue import issue_invoice
from domain.invoicing.models import Invoice
from domain.kernel.actor import SYSTEM
from domain.kernel.clock import utc_now
from domain.kernel.database import Database
from domain.kernel.refusals import Invalid
from domain.orders.models import Order
from domain.orders.status import Status
from domain.push.models import PushRecord
from domain.reads.audit import audit_import
from domain.retention.kept import kept
from tests.support.builders import OPERATOR, make_channel, make_customer, make_order, make_variant
from tests.support.incoming import bring, bring_one, incoming, later, line, map_cod

KEPT = kept({})
YEAR = timedelta(days=400)


async def everything(session: AsyncSession, limit: int = 2) -> dict[str, int]:
    """Purges in small batches."""
    done = {}
    for name, rule in RULES.items():
        done[name] = 0
        while count := await purge_batch(session, rule, KEPT, limit):
            done[name] += count
    return done


async def shop_with_items(session: AsyncSession) -> Channel:
    """Three items that are settled, one that waits, one that was refused."""
    channel = await make_channel(session)
    await map_cod(session, channel)
    await make_variant(session, "CUP-1")
    order = incoming(line("CUP-1"))
    await bring(session, channel, order)
    await bring(session, channel, order)
    await bring(session, channel, later(order, note="changed"))
    await bring(session, channel, incoming(line("UNKNOWN")))
    broken = await bring_one(session, channel, incoming(line("CUP-1")))
    await settle(session, [refused(broken.item_id, channel.id, "it is no JSON")])
    return channel


async def resolve(session: AsyncSession) -> None:
    """Somebody looked at what was refused, and is done with it."""
    entries = await session.scalars(select(DiaryEntry.id).where(DiaryEntry.state == DiaryState.OPEN))
    await resolve_entries(session, OPERATOR, list(entries))


@pytest.mark.spec("SEC-4")
async def test_bodies_go_by_age_and_the_audit_still_proves_its_sums(session: AsyncSession) -> None:
    await shop_with_items(session)
    now = utc_now()
    before = await audit_import(session, now - YEAR - timedelta(days=1), now)
    await session.execute(update(InboxItem).values(received_at=now - timedelta(days=91), headers={"a": "b"}))
    young = await bring_one(session, await make_channel(session), incoming(line("UNKNOWN-2")))
    assert (await everything(session))["raw"] == 3, "what was refused waits for a person"
    await resolve(session)
    assert (await everything(session))["raw"] == 1
    rows = (
        await session.execute(select(InboxItem.state, InboxItem.body, InboxItem.headers, InboxItem.purged_at))
    ).all()
    for row in rows:
        gone = (row.body, row.headers, row.purged_at is not None) == (b"", {}, True)
        assert gone is (row.state is not InboxState.WAITING), row.state
    assert len(rows) == 6 and young.state is InboxState.WAITING
    assert (await everything(session))["raw"] == 0
    await session.execute(update(InboxItem).where(InboxItem.id == young.item_id).values(received_at=now + YEAR))
    after = await audit_import(session, now - YEAR - timedelta(days=1), now)
    assert (after.items, after.orders, after.leftovers) == (before.items, before.orders, before.leftovers)


async def test_what_lost_its_body_is_not_looked_at_again(session: AsyncSession) -> None:
    await shop_with_items(session)
    await session.execute(update(InboxItem).values(received_at=utc_now() - YEAR))
    await resolve(session)
    await everything(session)
    refused_id = await session.scalar(select(InboxItem.id).where(InboxItem.state == InboxState.REFUSED))
    assert refused_id is not None
    assert await release_items(session, [refused_id]) == 0


async def test_what_was_refused_is_kept_for_whom_it_waits_for_and_can_be_replayed(session: AsyncSession) -> None:
    await shop_with_items(session)
    await session.execute(update(InboxItem).values(received_at=utc_now() - YEAR))
    await everything(session)
    entry = await session.scalar(select(DiaryEntry.id).where(DiaryEntry.state == DiaryState.OPEN))
    assert entry is not None
    assert await replay(session, OPERATOR, Replay(ids=[entry])) == 1


@pytest.mark.spec("SEC-4")
async def test_what_was_noted_by_the_way_goes_by_age(session: AsyncSession) -> None:
    order = await make_order(session)
    now, old = utc_now(), utc_now() - YEAR
    for at in (now, old):
        run = {"channel_id": order.channel_id, "kind": "fetch_orders", "requested_at": at, "pages": 0, "items": 0}
        session.add(SyncRun(**run, finished_at=at))
        session.add(SyncRun(**run, finished_at=None))
        session.add(PushRecord(order_id=order.id, at=at, status="completed"))
        for state in (RunState.DONE, RunState.RUNNING):
            run = {"action": BulkAction.HOLD, "actor": {}, "total": 0, "background": False}
            session.add(BulkRun(**run, state=state, started_at=at))
        for entry in DiaryState:
            said = {"cause": f"x:{entry}", "message": "m", "external_id": str(at)}
            session.add(DiaryEntry(at=at, channel_id=order.channel_id, direction=Direction.IN, state=entry, **said))
    await session.flush()
    expected = {"sync_runs": 1, "pushes": 1, "bulk_runs": 1, "diary": 2}
    connection = await session.connection()
    assert {name: await count_due(connection, RULES[name], KEPT) for name in expected} == expected
    done = await everything(session)
    assert {name: done[name] for name in expected} == expected
    left = {model: await session.scalar(select(func.count()).select_from(model)) for model in (SyncRun, PushRecord)}
    assert left == {SyncRun: 3, PushRecord: 1}
    assert await session.scalar(select(func.count()).select_from(DiaryEntry)) == 6


@pytest.mark.spec("SEC-4")
async def test_invoices_of_erased_persons_lose_their_buyer_when_the_law_wants_it_no_more(database: Database) -> None:
    async with database.begin() as session:
        channel = await make_channel(session)
        customer = await make_customer(session, name="Zebulon Kanarek")
        for _ in range(2):
            order = await make_order(session, channel=channel, customer=customer, status=Status.CANCELLED)
            await issue_invoice(session, SYSTEM, order)
        await make_order(session, channel=channel, status=Status.DELIVERED)
        await issue_invoice(session, SYSTEM, (await session.scalars(select(Order).order_by(Order.id.desc()))).first())
        ids = (await session.scalars(select(Invoice.id).order_by(Invoice.number))).all()
        long_ago = datetime(2010, 1, 1, tzinfo=UTC)
        await session.execute(update(Invoice).where(Invoice.id != ids[1]).values(issued_at=long_ago))
        erasure = await erase_person(session, OPERATOR, ErasePerson(customer_id=customer.id, reason="asked"))
    await carry_out(database, erasure.id)
    assert (await due(database, KEPT))["invoices"] == 1
    assert (await purge(database, KEPT))["invoices"] == 1
    async with database.begin() as session:
        buyers = (await session.scalars(select(Invoice.buyer).order_by(Invoice.number))).all()
    assert [bool(buyer) for buyer in buyers] == [False, True, True]


async def test_an_order_that_came_in_the_moment_of_the_erasure_is_erased_too(database: Database) -> None:
    async with database.begin() as session:
        customer = await make_customer(session, name="Zebulon Kanarek")
        erasure = await erase_person(session, OPERATOR, ErasePerson(customer_id=customer.id, reason="asked"))
    await carry_out(database, erasure.id)
    async with database.begin() as session:
        order = await make_order(session, customer=customer, status=Status.DELIVERED)
        to_send = await make_order(session, customer=customer, status=Status.CONFIRMED)
    assert (await purge(database, KEPT))["left_over"] == 1
    async with database.begin() as session:
        assert (await session.get_one(Order, order.id)).erased_at is not None
        still = await session.get_one(Order, to_send.id)
        assert still.erased_at is None, "somebody has to send it first"
        still.status = Status.DELIVERED
    assert (await purge(database, KEPT))["left_over"] == 1


async def test_two_at_once_let_go_of_each_thing_once(database: Database) -> None:
    async with database.begin() as session:
        await shop_with_items(session)
        await session.execute(update(InboxItem).values(received_at=utc_now() - YEAR))
    done = await asyncio.gather(purge(database, KEPT, limit=1), purge(database, KEPT, limit=1))
    assert sum(one["raw"] for one in done) == 3


def test_what_is_kept_is_a_setting() -> None:
    assert kept({"OMNISALES_RETENTION_DAYS_RAW": "7"}).raw == timedelta(days=7)
    for text in ("0", "x", "nan", "99999999"):
        with pytest.raises(Invalid, match="OMNISALES_RETENTION_DAYS_RAW"):
            kept({"OMNISALES_RETENTION_DAYS_RAW": text})
