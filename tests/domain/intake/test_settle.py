"""Each item ends in one state, and the diary tells what a person has to know of it."""

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel
from domain.diary.models import DiaryEntry, DiaryState, Direction
from domain.intake.causes import unknown_sku, unmapped_payment_method
from domain.intake.models import InboxCause, InboxItem, InboxState, Source
from domain.intake.release import release_items
from domain.intake.settle import Settled, ignored, refused, settle
from domain.intake.store import NewItem, store_items
from domain.kernel.ids import new_id
from domain.kernel.secrets import Vault
from domain.shipping.accounts import CreateCourierAccount, create_account
from tests.support.builders import OPERATOR, make_channel
from tests.support.statements import counting


@pytest.fixture
async def shop(session: AsyncSession) -> Channel:
    return await make_channel(session)


async def store(session: AsyncSession, shop: Channel) -> UUID:
    [item_id] = await store_items(session, [NewItem(channel_id=shop.id, source=Source.WEBHOOK, body=b"{}")])
    return item_id


async def item(session: AsyncSession, item_id: UUID) -> InboxItem:
    return await session.get_one(InboxItem, item_id, populate_existing=True)


async def diary(session: AsyncSession) -> dict[str, DiaryEntry]:
    rows = await session.scalars(select(DiaryEntry).execution_options(populate_existing=True))
    return {entry.cause: entry for entry in rows}


async def causes(session: AsyncSession) -> set[str]:
    return set(await session.scalars(select(InboxCause.cause)))


@pytest.mark.spec("SYN-2")
@pytest.mark.spec("SYN-3")
async def test_a_waiting_item_names_its_causes_until_they_are_gone(session: AsyncSession, shop: Channel) -> None:
    item_id = await store(session, shop)
    sku, method = unknown_sku("A-1"), unmapped_payment_method("cod")
    waiting = Settled(
        item_id=item_id,
        channel_id=shop.id,
        state=InboxState.WAITING,
        causes=(sku, method),
        external_id="7",
        version="v",
    )
    await settle(session, [waiting])
    stored = await item(session, item_id)
    assert (stored.state, stored.external_id, stored.version, stored.settled_at) == (
        InboxState.WAITING,
        "7",
        "v",
        None,
    )
    assert await causes(session) == {"sku:A-1", "payment_method:cod"}
    entry = (await diary(session))["sku:A-1"]
    assert (entry.state, entry.direction, entry.external_id, entry.item_id) == (
        DiaryState.WAITING,
        Direction.IN,
        "7",
        item_id,
    )
    assert entry.message == "There is no product with the SKU A-1."
    assert entry.remedy == "Create the product A-1; what waits for it is then imported by itself."

    await settle(session, [Settled(item_id=item_id, channel_id=shop.id, state=InboxState.WAITING, causes=(method,))])
    assert await causes(session) == {"payment_method:cod"}
    states = {cause: entry.state for cause, entry in (await diary(session)).items()}
    assert states == {"sku:A-1": DiaryState.RESOLVED, "payment_method:cod": DiaryState.WAITING}

    await settle(session, [waiting])
    assert {entry.state for entry in (await diary(session)).values()} == {DiaryState.WAITING}

    order_id = new_id()
    await settle(session, [Settled(item_id=item_id, channel_id=shop.id, state=InboxState.IMPORTED, order_id=order_id)])
    stored = await item(session, item_id)
    assert (stored.state, stored.order_id, stored.attempts, stored.external_id) == (
        InboxState.IMPORTED,
        order_id,
        4,
        "7",
    )
    assert stored.settled_at is not None
    assert await causes(session) == set()
    done = (await diary(session)).values()
    assert {(entry.state, entry.order_id, entry.resolved_at is not None) for entry in done} == {
        (DiaryState.RESOLVED, order_id, True)
    }


@pytest.mark.spec("SYN-2")
@pytest.mark.parametrize(
    ("outcome", "cause", "state"),
    [
        (lambda item, shop: ignored(item, shop, "a draft"), "ignored", DiaryState.IGNORED),
        (lambda item, shop: ignored(item, shop, "an error object", urgent=True), "payload", DiaryState.OPEN),
        (lambda item, shop: refused(item, shop, "no JSON"), "payload", DiaryState.OPEN),
        (
            lambda item, shop: Settled(item_id=item, channel_id=shop, state=InboxState.SUPERSEDED, reason="late"),
            "superseded",
            DiaryState.IGNORED,
        ),
    ],
)
async def test_outcomes_in_the_diary(session, shop, outcome, cause, state) -> None:
    item_id = await store(session, shop)
    settled = outcome(item_id, shop.id)
    await settle(session, [settled])
    found = await diary(session)
    assert {key: (entry.state, entry.message) for key, entry in found.items()} == {cause: (state, settled.reason)}
    assert (await item(session, item_id)).reason == settled.reason


async def test_imported_and_duplicate_are_no_news(session: AsyncSession, shop: Channel) -> None:
    for state in (InboxState.IMPORTED, InboxState.DUPLICATE):
        await settle(
            session, [Settled(item_id=await store(session, shop), channel_id=shop.id, state=state, order_id=new_id())]
        )
    assert await diary(session) == {}


async def test_a_refused_item_can_be_replayed_and_then_resolves(session: AsyncSession, shop: Channel) -> None:
    item_id = await store(session, shop)
    await settle(session, [refused(item_id, shop.id, "a fault of ours")])
    assert await release_items(session, [item_id]) == 1
    assert (await item(session, item_id)).state is InboxState.RECEIVED
    await settle(session, [Settled(item_id=item_id, channel_id=shop.id, state=InboxState.DUPLICATE)])
    assert (await diary(session))["payload"].state is DiaryState.RESOLVED
    assert await release_items(session, [item_id]) == 0


async def test_a_couriers_item_has_no_channel_and_so_no_diary(session: AsyncSession) -> None:
    command = CreateCourierAccount(slug="fan", title="Fan", connector="innoship")
    account = await create_account(session, OPERATOR, command, Vault("k"))
    [item_id] = await store_items(session, [NewItem(courier_account_id=account.id, source=Source.WEBHOOK, body=b"[]")])
    await settle(session, [refused(item_id, None, "no JSON")])
    assert (await item(session, item_id)).state is InboxState.REFUSED
    assert await diary(session) == {}


async def test_many_are_settled_in_few_statements(session: AsyncSession, shop: Channel) -> None:
    items = [await store(session, shop) for _ in range(20)]
    outcomes = [
        Settled(item_id=one, channel_id=shop.id, state=InboxState.WAITING, causes=(unknown_sku("A"),)) for one in items
    ]
    with counting(session) as seen:
        await settle(session, outcomes)
    assert len(seen) == 4


def waits(item_id: UUID, shop: Channel, version: str) -> Settled:
    return Settled(
        item_id=item_id,
        channel_id=shop.id,
        state=InboxState.WAITING,
        causes=(unknown_sku("A"),),
        external_id="7",
        version=version,
    )


@pytest.mark.spec("SYN-2")
async def test_of_the_states_of_one_order_only_the_newest_waits(session: AsyncSession, shop: Channel) -> None:
    old, twin, new, late = [await store(session, shop) for _ in range(4)]
    await settle(session, [waits(old, shop, "1")])
    await settle(session, [waits(twin, shop, "1")])
    assert [(await item(session, one)).state for one in (old, twin)] == [InboxState.WAITING, InboxState.DUPLICATE]
    await settle(session, [waits(new, shop, "2")])
    await settle(session, [waits(late, shop, "1")])
    states = [(await item(session, one)).state for one in (old, new, late)]
    assert states == [InboxState.SUPERSEDED, InboxState.WAITING, InboxState.SUPERSEDED]
    open_entries = await session.scalars(select(DiaryEntry.item_id).where(DiaryEntry.state == DiaryState.WAITING))
    assert list(open_entries) == [new]


async def test_two_states_of_one_version_both_wait(session: AsyncSession, shop: Channel) -> None:
    one = await store(session, shop)
    [other] = await store_items(session, [NewItem(channel_id=shop.id, source=Source.WEBHOOK, body=b"{ }")])
    await settle(session, [waits(one, shop, "1"), waits(other, shop, "1")])
    assert {(await item(session, each)).state for each in (one, other)} == {InboxState.WAITING}


async def test_errors_in_the_place_of_orders_are_one_entry(session: AsyncSession, shop: Channel) -> None:
    for _ in range(3):
        await settle(session, [ignored(await store(session, shop), shop.id, "the order is gone", urgent=True)])
    rows = await session.scalars(select(DiaryEntry.state).where(DiaryEntry.cause == "payload"))
    assert list(rows) == [DiaryState.OPEN]
