"""What a channel is told of an order, and what it is not."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel
from domain.diary.models import DiaryEntry, DiaryState, Direction
from domain.orders.models import Order
from domain.orders.status import Status
from domain.push.known import KnownStatus, keep_known, load_said
from domain.push.models import PushRecord, StatusPush
from domain.push.outcomes import conflicted, push_failed, pushed
from domain.push.wanted import Parcel, parcels_of, want_status
from tests.support.builders import make_channel, make_order
from tests.support.shipping import make_account, make_confirmed_order, make_packed, make_shipment

OUT = {Status.CONFIRMED: "processing", Status.SHIPPING: "processing", Status.DELIVERED: "completed"}


async def told(session: AsyncSession, order: Order) -> StatusPush:
    return await session.get_one(StatusPush, order.id, populate_existing=True)


async def diary(session: AsyncSession) -> dict[str, DiaryState]:
    return dict((await session.execute(select(DiaryEntry.cause, DiaryEntry.state))).all())


@pytest.fixture
async def shop(session: AsyncSession) -> Channel:
    return await make_channel(session)


@pytest.mark.spec("SYN-5")
async def test_a_status_is_wanted_until_it_is_known(session: AsyncSession, shop: Channel) -> None:
    order = await make_order(session, channel=shop, external_id="5", status=Status.CONFIRMED)
    assert await want_status(session, order, OUT)
    assert await want_status(session, order, OUT)
    assert not await pushed(session, order.id, "processing", "v2", True, [])
    assert not await want_status(session, order, OUT)
    push = await told(session, order)
    assert (push.wanted, push.known, push.known_version, push.failures) == ("processing", "processing", "v2", 0)
    record = (await session.scalars(select(PushRecord))).one()
    assert (record.order_id, record.status, record.version) == (order.id, "processing", "v2")
    assert await load_said(session, {order.id: None}) == {order.id: {"processing"}}


@pytest.mark.spec("SYN-5")
async def test_what_the_store_said_is_not_told_back(session: AsyncSession, shop: Channel) -> None:
    order = await make_order(session, channel=shop, external_id="5", status=Status.CONFIRMED)
    await keep_known(session, shop.id, [KnownStatus(order.id, "processing", "v1")])
    assert not await want_status(session, order, OUT)
    await keep_known(session, shop.id, [KnownStatus(order.id, "on-hold", "v2")])
    push = await told(session, order)
    assert (push.known, push.known_version, push.wanted) == ("on-hold", "v2", "processing")
    assert await want_status(session, order, OUT)


@pytest.mark.parametrize("case", ["own channel", "no external id", "not mapped"])
async def test_nothing_is_wanted(session: AsyncSession, shop: Channel, case: str) -> None:
    channel = await make_channel(session, connector="manual") if case == "own channel" else shop
    order = await make_order(
        session,
        channel=channel,
        external_id=None if case == "no external id" else "5",
        status=Status.ON_HOLD if case == "not mapped" else Status.CONFIRMED,
    )
    assert not await want_status(session, order, OUT)
    assert await session.scalar(select(StatusPush.order_id)) is None


@pytest.mark.spec("SYN-5")
async def test_parcels_are_told_once_each(session: AsyncSession, shop: Channel) -> None:
    order = await make_confirmed_order(session, channel=shop, external_id="5")
    await keep_known(session, shop.id, [KnownStatus(order.id, "processing", "v1")])
    await make_shipment(session, await make_packed(session, order), await make_account(session), awb="AWB-1")
    assert await parcels_of(session, order.id) == [Parcel("AWB-1", "Courier", None)]
    assert await want_status(session, order, OUT)
    await pushed(session, order.id, "processing", "v2", True, ["AWB-1"])
    await pushed(session, order.id, "processing", "v2", False, ["AWB-1"])
    assert (await told(session, order)).tracking_pushed == ["AWB-1"]
    assert not await want_status(session, order, OUT)


async def test_a_wish_that_changed_during_the_push_is_told_again(session: AsyncSession, shop: Channel) -> None:
    order = await make_order(session, channel=shop, external_id="5", status=Status.DELIVERED)
    await want_status(session, order, OUT)
    assert await pushed(session, order.id, "processing", "v2", True, [])


@pytest.mark.spec("SYN-5")
async def test_a_store_that_was_changed_meanwhile_is_not_overwritten(session: AsyncSession, shop: Channel) -> None:
    order = await make_order(session, channel=shop, external_id="5", status=Status.DELIVERED)
    await want_status(session, order, OUT)
    await conflicted(session, order.id, "refunded", "v3", "somebody refunded it")
    push = await told(session, order)
    assert (push.wanted, push.known, push.known_version) == (None, "refunded", "v3")
    entry = (await session.scalars(select(DiaryEntry))).one()
    assert (entry.cause, entry.state, entry.direction, entry.order_id) == (
        "push:conflict",
        DiaryState.OPEN,
        Direction.OUT,
        order.id,
    )
    await pushed(session, order.id, "completed", "v4", True, [])
    assert await diary(session) == {"push:conflict": DiaryState.RESOLVED}


@pytest.mark.spec("SYN-5")
async def test_a_push_that_fails_shows_in_the_diary_after_the_last_try(session: AsyncSession, shop: Channel) -> None:
    order = await make_order(session, channel=shop, external_id="5", status=Status.CONFIRMED)
    await want_status(session, order, OUT)
    await push_failed(session, order.id, "503", last=False)
    assert await diary(session) == {}
    for _ in range(2):
        await push_failed(session, order.id, "503", last=True)
    assert await diary(session) == {"push:status": DiaryState.OPEN}
    assert (await told(session, order)).failures == 3
    await pushed(session, order.id, "processing", "v2", True, [])
    assert await diary(session) == {"push:status": DiaryState.RESOLVED}
    assert (await told(session, order)).failures == 0
