"""What arrives is kept, raw, with work that will look at it."""

import pytest
import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.intake.models import InboxItem, InboxState, Source
from domain.intake.store import NewItem, store_items, store_items_at_once
from domain.kernel.database import Database
from domain.kernel.outbox import OutboxRow
from domain.kernel.secrets import Vault
from domain.shipping.accounts import CreateCourierAccount, create_account
from tests.support.builders import OPERATOR, make_channel
from tests.support.statements import counting


@pytest.mark.spec("SYN-3")
async def test_items_are_stored_with_their_work_in_their_order(session: AsyncSession) -> None:
    shop = await make_channel(session)
    items = [
        NewItem(
            channel_id=shop.id,
            source=Source.WEBHOOK,
            body=bytes([number, 0, 255]),
            headers={"x-topic": "order.created", "x-name": "ăâ"},
            correlation_id=f"c{number}",
        )
        for number in range(3)
    ]
    ids = await store_items(session, items)
    stored = {item.id: item for item in await session.scalars(select(InboxItem))}
    assert [stored[item_id].body for item_id in ids] == [item.body for item in items]
    assert stored[ids[0]].headers == {"x-topic": "order.created", "x-name": "ăâ"}
    assert {(item.state, item.verified, item.settled_at) for item in stored.values()} == {
        (InboxState.RECEIVED, True, None)
    }
    work = (await session.scalars(select(OutboxRow).order_by(OutboxRow.id))).all()
    assert [(row.consumer, row.aggregate, row.payload, row.correlation_id) for row in work] == [
        ("intake", f"inbox:{item_id}", {"item_id": str(item_id)}, f"c{number}") for number, item_id in enumerate(ids)
    ]
    assert session.info["outbox"] is True


async def test_it_costs_one_statement_however_many_items(session: AsyncSession) -> None:
    shop = await make_channel(session)
    for size in (1, 50):
        with counting(session) as seen:
            await store_items(session, [NewItem(channel_id=shop.id, source=Source.POLL, body=b"{}")] * size)
        assert len(seen) == 1
    with counting(session) as seen:
        assert await store_items(session, []) == []
    assert seen == []


async def test_what_the_database_cannot_hold_spoils_no_other_item(session: AsyncSession) -> None:
    shop = await make_channel(session)
    ids = await store_items(
        session,
        [
            NewItem(
                channel_id=shop.id,
                source=Source.POLL,
                body=b"\x00\xff",
                headers={"x-a\x00": "b\x00\ud800"},
                external_id="1\x00",
                version="v\x00",
                correlation_id="c\x00",
            ),
            NewItem(channel_id=shop.id, source=Source.POLL, body=b"good"),
        ],
    )
    broken, good = [await session.get_one(InboxItem, item_id) for item_id in ids]
    assert (broken.headers, broken.external_id, broken.body) == ({"x-a\ufffd": "b\ufffd\ufffd"}, "1\ufffd", b"\x00\xff")
    assert good.body == b"good"


async def test_couriers_items_and_the_correlation_of_the_log_are_kept(session: AsyncSession) -> None:
    command = CreateCourierAccount(slug="fan", title="Fan", connector="innoship")
    account = await create_account(session, OPERATOR, command, Vault("k"))
    with structlog.contextvars.bound_contextvars(correlation_id="from-the-log"):
        [item_id] = await store_items(
            session, [NewItem(courier_account_id=account.id, source=Source.WEBHOOK, body=b"[]", verified=False)]
        )
    stored = await session.get_one(InboxItem, item_id)
    assert (stored.channel_id, stored.courier_account_id, stored.verified) == (None, account.id, False)
    assert stored.correlation_id == "from-the-log"


async def test_past_the_orm_the_same_is_stored(database: Database) -> None:
    """In one statement, by itself; a connection that broke is found out and replaced."""
    async with database.begin() as session:
        shop = await make_channel(session)
    items = [
        NewItem(
            channel_id=shop.id,
            source=Source.WEBHOOK,
            body=bytes([number, 0, 255]),
            headers={"x-name": "ăâ\x00"},
            verified=number == 0,
            external_id=f"e{number}",
            version="v",
            correlation_id=f"c{number}\x00",
        )
        for number in range(2)
    ]
    async with database.driver() as connection:
        pass
    await connection.close()  # type: ignore[attr-defined]
    async with database.driver() as connection:
        await store_items_at_once(connection, items)
    async with database.begin() as session:
        stored = (await session.scalars(select(InboxItem).order_by(InboxItem.id))).all()
        work = (await session.scalars(select(OutboxRow).order_by(OutboxRow.id))).all()
        store_usually = await store_items(session, items)
        usual = [await session.get_one(InboxItem, item_id) for item_id in store_usually]
    alike = ("channel_id", "source", "body", "headers", "verified", "external_id", "version", "correlation_id", "state")
    assert [[getattr(item, name) for name in alike] for item in stored] == [
        [getattr(item, name) for name in alike] for item in usual
    ]
    assert [(row.aggregate, row.payload, row.correlation_id) for row in work] == [
        (f"inbox:{item.id}", {"item_id": str(item.id)}, item.correlation_id) for item in stored
    ]
