"""What a channel's settings do to orders that are imported: they wait under a named cause, and nothing is lost."""

import asyncio

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel
from domain.channels.settings import Settings
from domain.diary.models import DiaryEntry, DiaryState
from domain.flows.update_channel import UpdateChannel, update_channel
from domain.intake.models import InboxState
from domain.kernel.database import Database
from domain.kernel.outbox import OutboxRow
from domain.orders.models import Order
from domain.push.models import StatusPush
from domain.push.wanted import PUSH_STATUS
from tests.support.builders import OPERATOR, make_channel, make_customer, make_order, make_variant
from tests.support.discounts import put_in_group
from tests.support.incoming import arrive, bring, bring_one, import_arrivals, incoming, item, later, line, map_cod


async def change(session: AsyncSession, channel: Channel, *clear: str, **settings: object) -> None:
    command = UpdateChannel(channel_id=channel.id, settings=Settings(**settings, clear=clear))  # type: ignore[arg-type]
    await update_channel(session, OPERATOR, command)


async def shop(session: AsyncSession, **fields: object) -> Channel:
    await make_variant(session, "MUG", stock=10)
    channel = await make_channel(session, **fields)  # type: ignore[arg-type]
    await map_cod(session, channel)
    await map_cod(session, channel, "ramburs")
    return channel


@pytest.mark.spec("CHN-2")
@pytest.mark.spec("SYN-2")
async def test_an_order_paid_in_a_way_that_is_not_allowed_waits_and_is_imported_when_it_is(
    session: AsyncSession,
) -> None:
    channel = await shop(session, allowed_payment_methods=["Ramburs"])
    fine, waits = await bring(session, channel, incoming(line("MUG"), payment_method="ramburs"), incoming(line("MUG")))
    assert (fine.state, waits.state) == (InboxState.IMPORTED, InboxState.WAITING)
    assert waits.causes == ("payment_not_allowed:cod",)
    entry = (await session.scalars(select(DiaryEntry))).one()
    assert (entry.state, entry.cause) == (DiaryState.WAITING, "payment_not_allowed:cod")
    await change(session, channel, allowed_payment_methods=["card"])
    assert (await item(session, waits.item_id)).state is InboxState.WAITING, "another one was allowed"
    await change(session, channel, allowed_payment_methods=["card", "COD"])
    assert (await item(session, waits.item_id)).state is InboxState.RECEIVED
    asked = select(OutboxRow.payload).where(OutboxRow.consumer == "intake")
    assert str(waits.item_id) in {row["item_id"] for row in await session.scalars(asked)}


@pytest.mark.spec("CHN-2")
async def test_emptying_the_list_lets_in_all_that_waited_for_it(session: AsyncSession) -> None:
    channel, other = await shop(session, allowed_payment_methods=["card"]), await make_channel(session)
    await map_cod(session, other)
    outcomes = await bring(session, channel, incoming(line("MUG")), incoming(line("MUG"), payment_method="ramburs"))
    other.allowed_payment_methods = ["card"]
    await session.flush()
    elsewhere = await bring_one(session, other, incoming(line("MUG")))
    await change(session, channel, "allowedPaymentMethods")
    states = [(await item(session, one.item_id)).state for one in (*outcomes, elsewhere)]
    assert states == [InboxState.RECEIVED, InboxState.RECEIVED, InboxState.WAITING], "another channel's wait on"


@pytest.mark.spec("CHN-2")
async def test_a_change_of_an_imported_order_to_such_a_method_waits_too(session: AsyncSession) -> None:
    channel = await shop(session, allowed_payment_methods=["cod"])
    order = incoming(line("MUG"))
    first = await bring_one(session, channel, order)
    changed = await bring_one(session, channel, later(order, payment_method="ramburs"))
    assert (changed.state, changed.causes) == (InboxState.WAITING, ("payment_not_allowed:ramburs",))
    ours = await session.get_one(Order, first.order_id, populate_existing=True)
    assert ours.payment_method == "cod"
    noted = await bring_one(session, channel, later(order, "2026-07-01T14:00:00", note="Ring twice"))
    assert noted.state is InboxState.IMPORTED, "what does not change the method is not held up"


@pytest.mark.spec("CHN-2")
async def test_client_groups_bar_nobody_whose_order_is_imported(session: AsyncSession) -> None:
    channel = await shop(session)
    await put_in_group(session, await make_customer(session), "vip")
    assert (await bring_one(session, channel, incoming(line("MUG")))).state is InboxState.IMPORTED


@pytest.mark.spec("CHN-2")
@pytest.mark.spec("SYN-2")
async def test_what_comes_while_a_channel_is_switched_off_waits_and_is_imported_then(session: AsyncSession) -> None:
    channel = await shop(session)
    order = incoming(line("MUG"))
    await bring_one(session, channel, order)
    await change(session, channel, enabled=False)
    new = await bring_one(session, channel, incoming(line("MUG")))
    changed = await bring_one(session, channel, later(order, status="cancelled"))
    again = await bring_one(session, channel, order)
    assert (new.state, new.causes) == (InboxState.WAITING, ("channel:disabled",))
    assert (changed.state, changed.causes) == (InboxState.WAITING, ("channel:disabled",))
    assert again.state is InboxState.DUPLICATE
    await change(session, channel, title="Renamed")
    assert (await item(session, new.item_id)).state is InboxState.WAITING
    await change(session, channel, enabled=True)
    assert (await item(session, new.item_id)).state is InboxState.RECEIVED
    assert (await item(session, changed.item_id)).state is InboxState.RECEIVED


@pytest.mark.spec("CHN-2")
@pytest.mark.spec("SYN-5")
async def test_a_channel_that_is_on_again_is_told_what_it_missed(session: AsyncSession) -> None:
    channel, other = await shop(session), await make_channel(session)
    missed, known, elsewhere = [
        await make_order(session, channel=one, external_id=name)
        for one, name in ((channel, "1"), (channel, "2"), (other, "3"))
    ]
    for order, said in ((missed, "processing"), (known, "completed"), (elsewhere, "processing")):
        session.add(
            StatusPush(
                order_id=order.id,
                channel_id=order.channel_id,
                wanted="completed",
                known=said,
                tracking_pushed=[],
                failures=0,
            )
        )
    await change(session, channel, enabled=False)
    asked = select(OutboxRow.payload).where(OutboxRow.consumer == PUSH_STATUS)
    assert (await session.scalars(asked)).all() == []
    await change(session, channel, enabled=True)
    assert (await session.scalars(asked)).all() == [{"order_id": str(missed.id)}]


@pytest.mark.spec("CHN-2")
async def test_an_import_that_is_about_to_wait_is_not_forgotten(database: Database) -> None:
    """The method is allowed between the import's look and its commit: it looks again, or is found waiting."""
    async with database.begin() as session:
        channel = await shop(session, allowed_payment_methods=["card"])
    looked, allowed = asyncio.Event(), asyncio.Event()

    async def importing() -> None:
        async with database.begin() as session:
            arrivals = await arrive(session, channel, incoming(line("MUG")))
            outcomes = await import_arrivals(session, channel, arrivals)
            assert outcomes[0].state is InboxState.WAITING
            looked.set()
            await asyncio.wait_for(allowed.wait(), 30)

    async def allowing() -> None:
        await asyncio.wait_for(looked.wait(), 30)
        async with database.begin() as session:
            asyncio.get_running_loop().call_later(0.2, allowed.set)
            await change(session, channel, allowed_payment_methods=["cod"])

    await asyncio.gather(importing(), allowing())
    async with database.begin() as session:
        entry = (await session.scalars(select(DiaryEntry))).one()
        assert entry.item_id is not None
        assert (await item(session, entry.item_id)).state is InboxState.RECEIVED
