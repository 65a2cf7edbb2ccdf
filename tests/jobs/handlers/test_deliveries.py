"""Deliveries about several orders or parcels, and what a connector cannot read."""

import json
from collections.abc import AsyncIterator
from importlib.metadata import EntryPoint
from uuid import UUID

import pytest
from sqlalchemy import select, text

from domain.flows.ship import awb_succeeded
from domain.intake.models import InboxItem, InboxState, Source
from domain.intake.store import NewItem, store_items
from domain.kernel.database import Database
from domain.kernel.outbox import OutboxRow
from domain.shipping.models import Shipment, TrackingEvent
from jobs.runtime import Runtime
from omnisales_sdk import ENTRY_POINT_GROUP
from tests.jobs.couriers import ask_for_awb
from tests.jobs.engine_room import runtime_for, work_it
from tests.jobs.shops import deliver, diary, items, orders
from tests.support.builders import make_channel
from tests.support.valkey import Valkey

ENTRY_POINTS = [EntryPoint("many_orders", "tests.jobs.many_orders", ENTRY_POINT_GROUP)]


@pytest.fixture
async def many(database: Database, valkey: Valkey) -> AsyncIterator[Runtime]:
    runtime = runtime_for(database, valkey.url, ENTRY_POINTS)
    yield runtime
    await runtime.close()


@pytest.fixture
async def channel_id(many: Runtime) -> UUID:
    async with many.database.begin() as session:
        return (await make_channel(session, connector="many_orders")).id


def body(*parts: tuple[str, str], **more: str) -> bytes:
    return json.dumps([{"kind": kind, "id": number, **more} for kind, number in parts]).encode()


async def states(runtime: Runtime) -> dict[str | None, InboxState]:
    return {item.external_id: item.state for item in await items(runtime)}


@pytest.mark.spec("SYN-3")
async def test_each_part_of_a_delivery_becomes_an_item_of_its_own(many: Runtime, channel_id: UUID) -> None:
    parts = body(("order", "A"), ("order", "B"), ("hint", "C"), ("gone", "D"), ("else", "E"))
    await deliver(many, channel_id, parts, topic="t")
    await work_it(many, "intake")
    assert (await states(many))[None] is InboxState.IGNORED
    await work_it(many, "intake")
    await work_it(many, "fetch_order")
    assert sorted(order.external_id or "" for order in await orders(many)) == ["A", "B", "C"]
    assert await states(many) == {
        None: InboxState.IGNORED,
        "A": InboxState.IMPORTED,
        "B": InboxState.IMPORTED,
        "C": InboxState.IMPORTED,
        "D": InboxState.IGNORED,
        "E": InboxState.IGNORED,
    }


async def test_an_empty_delivery_is_ignored_with_its_reason(many: Runtime, channel_id: UUID) -> None:
    await deliver(many, channel_id, b"[]")
    await work_it(many, "intake")
    [item] = await items(many)
    assert (item.state, item.reason) == (InboxState.IGNORED, "nothing in it is about an order")


async def test_a_connector_gets_only_the_headers_it_asked_for(many: Runtime, channel_id: UUID) -> None:
    await deliver(many, channel_id, body(("else", "E")), headers={"X-Topic": "t", "Authorization": "secret"})
    await work_it(many, "intake")
    [item] = await items(many)
    assert item.reason == "headers ['x-topic']"


@pytest.mark.spec("SYN-2", "PLG-3")
@pytest.mark.parametrize(
    ("delivery", "cause"),
    [
        (b"bug", "fault:many_orders.parse_webhook"),
        (body(("order", "A"), odd="bug"), "fault:many_orders.parse_order"),
        (body(("order", "A"), odd="person"), "payload:odd"),
    ],
)
async def test_what_cannot_be_read_waits_under_its_cause(
    many: Runtime, channel_id: UUID, delivery: bytes, cause: str
) -> None:
    await deliver(many, channel_id, delivery, body(("order", "good")))
    await work_it(many, "intake")
    assert [order.external_id for order in await orders(many)] == ["good"]
    assert await diary(many) == [(cause, "WAITING")]


async def test_what_the_connector_ignores_is_ignored_with_its_reason(many: Runtime, channel_id: UUID) -> None:
    await deliver(many, channel_id, body(("order", "A"), odd="ignored"))
    await work_it(many, "intake")
    [item] = await items(many)
    assert (item.state, item.reason, item.external_id) == (InboxState.IGNORED, "a draft", "A")


async def courier_delivery(runtime: Runtime, account_id: UUID, content: bytes) -> None:
    async with runtime.database.begin() as session:
        await store_items(session, [NewItem(courier_account_id=account_id, source=Source.WEBHOOK, body=content)])


async def made(runtime: Runtime) -> Shipment:
    """A shipment with the AWB 4711, of an account of this connector."""
    asked = await ask_for_awb(runtime, "", connector="many_orders")
    async with runtime.database.begin() as session:
        return await awb_succeeded(session, asked.id, awb="4711", refs={}, tracking_url=None, price=None)


@pytest.mark.spec("FUL-5")
async def test_a_couriers_push_reaches_its_parcel(many: Runtime) -> None:
    shipment = await made(many)
    await courier_delivery(many, shipment.courier_account_id, b'["4711", "of somebody else"]')
    await work_it(many, "intake")
    async with many.database.begin() as session:
        [event] = await session.scalars(select(TrackingEvent))
        [item] = await session.scalars(select(InboxItem))
        assert list(await session.scalars(select(OutboxRow.id).where(OutboxRow.consumer == "intake"))) == []
    assert (event.shipment_id, event.code, event.known) == (shipment.id, "9", False)
    assert item.state is InboxState.IMPORTED


@pytest.mark.spec("FUL-5")
async def test_a_push_whose_parcel_meets_a_fault_is_tried_again(many: Runtime) -> None:
    shipment = await made(many)
    async with many.database.begin() as session:
        await session.execute(text("alter table tracking_events add constraint refuses check (code <> '9')"))
    await courier_delivery(many, shipment.courier_account_id, b'["4711"]')
    await work_it(many, "intake")
    async with many.database.begin() as session:
        [row] = await session.scalars(select(OutboxRow).where(OutboxRow.consumer == "intake"))
        [item] = await session.scalars(select(InboxItem))
        assert (row.attempts, item.state) == (1, InboxState.RECEIVED)
        await session.execute(text("alter table tracking_events drop constraint refuses"))
    await work_it(many, "intake")
    async with many.database.begin() as session:
        assert list(await session.scalars(select(TrackingEvent.code))) == ["9"]
        [item] = await session.scalars(select(InboxItem))
    assert item.state is InboxState.IMPORTED


@pytest.mark.parametrize(
    ("content", "state", "reason"),
    [
        (b'["of somebody else"]', InboxState.IGNORED, "none of its parcels is ours"),
        (b"odd", InboxState.REFUSED, "it is odd"),
        (b"not json", InboxState.REFUSED, None),
    ],
)
async def test_a_push_that_is_not_ours_or_cannot_be_read_is_an_outcome(
    many: Runtime, content: bytes, state: InboxState, reason: str | None
) -> None:
    shipment = await made(many)
    await courier_delivery(many, shipment.courier_account_id, content)
    await work_it(many, "intake")
    [item] = await items(many)
    assert item.state is state
    assert item.reason == reason or (reason is None and item.reason is not None)
