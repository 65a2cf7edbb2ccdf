"""Changing a channel's settings: what they name, what they leave, who else names it, and two who do it at once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.models import AuditEntry
from domain.channels.hold_expiry import SetHoldExpiry, set_hold_expiry
from domain.channels.models import Channel, ChannelClientGroup, ChannelSeriesPast
from domain.channels.settings import Interval, Settings, Syncs
from domain.channels.stock_settings import SetStockSettings, set_stock_settings
from domain.channels.update import UpdateChannel, update_channel
from domain.customers.groups import delete_customer_group
from domain.invoicing.entities import UpsertLegalEntity, upsert_legal_entity
from domain.invoicing.models import InvoiceKind, LegalEntity
from domain.invoicing.series import UpsertSeries, upsert_series
from domain.kernel.clock import utc_now
from domain.kernel.database import Database
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, NotFound, Refusal, StaleVersion
from domain.kernel.schedule import Schedule
from domain.pricing.lists import UpsertPriceList, archive_price_list, upsert_price_list
from domain.stock.warehouses import UpsertWarehouse, upsert_warehouse
from tests.support.builders import OPERATOR, make_channel, make_customer
from tests.support.discounts import put_in_group

SYNCS = Syncs({"ORDERS": timedelta(minutes=5)})


async def change(session: AsyncSession, channel: Channel, **settings: Any) -> Channel:
    command = UpdateChannel(channel_id=channel.id, settings=Settings(**settings), syncs=SYNCS)
    return await update_channel(session, OPERATOR, command)


async def problems_of(session: AsyncSession, channel: Channel, **settings: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        await change(session, channel, **settings)
    return [(".".join(one.path), one.code) for one in refusal.value.problems]


async def entity_with(session: AsyncSession, name: str, *series: tuple[str, InvoiceKind | None]) -> LegalEntity:
    entity = await upsert_legal_entity(session, OPERATOR, UpsertLegalEntity(name=name))
    for prefix, kind in series:
        await upsert_series(session, OPERATOR, UpsertSeries(prefix=prefix, legal_entity=entity.id, kind=kind))
    return entity


@pytest.mark.spec("CHN-2")
async def test_what_settings_name_must_be_there_and_every_wrong_one_is_told(session: AsyncSession) -> None:
    channel = await make_channel(session, connector="portal")
    await upsert_warehouse(session, OPERATOR, UpsertWarehouse(code="old", name="Old", active=False))
    found = await problems_of(
        session,
        channel,
        title="",
        warehouse="old",
        price_list="none",
        invoice_series="NO",
        credit_series="NO\x00",
        legal_entity=new_id(),
        client_groups=["nobody", "no body", "nobody"],
    )
    assert found == [
        ("title", "MISSING"),
        ("warehouse", "NOT_FOUND"),
        ("priceList", "NOT_FOUND"),
        ("invoiceSeries", "NOT_FOUND"),
        ("creditSeries", "NOT_FOUND"),
        ("legalEntity", "NOT_FOUND"),
        ("clientGroups.0", "UNKNOWN_GROUP"),
        ("clientGroups.1", "UNKNOWN_GROUP"),
        ("clientGroups.2", "UNKNOWN_GROUP"),
    ]
    assert (channel.title, channel.version) == (channel.slug.title(), 1)
    assert (
        await session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.subject_kind == "channel"))
        == 0
    )
    with pytest.raises(NotFound):
        await update_channel(session, OPERATOR, UpdateChannel(channel_id=new_id()))


@pytest.mark.spec("CHN-2")
async def test_a_stale_version_is_told_before_all_else(session: AsyncSession) -> None:
    channel = await make_channel(session)
    with pytest.raises(StaleVersion) as refusal:
        command = UpdateChannel(channel_id=channel.id, expected_version=7, settings=Settings(title=""))
        await update_channel(session, OPERATOR, command)
    assert (refusal.value.expected, refusal.value.current_version) == (7, 1)


@pytest.mark.spec("CHN-2")
async def test_what_a_channel_names_cannot_go_away(session: AsyncSession) -> None:
    await put_in_group(session, await make_customer(session), "vip")
    channel = await make_channel(session, connector="portal")
    prices = UpsertPriceList(slug="own", name="Own", currency="RON", channels=[channel.slug])
    await upsert_price_list(session, OPERATOR, prices)
    await upsert_warehouse(session, OPERATOR, UpsertWarehouse(code="east", name="East"))
    await change(session, channel, client_groups=["vip"], price_list="own", warehouse="east")
    for refused in (
        delete_customer_group(session, OPERATOR, "vip"),
        archive_price_list(session, OPERATOR, "own"),
        upsert_warehouse(session, OPERATOR, UpsertWarehouse(code="east", name="East", active=False)),
        upsert_price_list(
            session, OPERATOR, UpsertPriceList(slug="own", name="Own", currency="EUR", channels=[channel.slug])
        ),
    ):
        with pytest.raises(Invalid) as refusal:
            await refused
        assert [one.code for one in refusal.value.problems] == ["IN_USE"]


@pytest.mark.spec("CHN-2")
async def test_a_channel_cannot_be_switched_on_without_its_warehouse(session: AsyncSession) -> None:
    channel = await make_channel(session)
    await upsert_warehouse(session, OPERATOR, UpsertWarehouse(code="east", name="East"))
    await change(session, channel, warehouse="east")
    await change(session, channel, enabled=False)
    await upsert_warehouse(session, OPERATOR, UpsertWarehouse(code="east", name="East", active=False))
    assert (await change(session, channel, title="Renamed")).title == "Renamed"
    assert await problems_of(session, channel, enabled=True) == [
        ("enabled", "CONTRADICTION"),
        ("warehouse", "CONTRADICTION"),
    ]
    assert (await change(session, channel, enabled=True, warehouse="main")).enabled is True


@pytest.mark.spec("CHN-2")
async def test_groups_are_replaced_and_emptied(session: AsyncSession) -> None:
    for slug in ("vip", "gold"):
        await put_in_group(session, await make_customer(session), slug)
    channel = await make_channel(session, connector="portal")
    held = select(func.count()).select_from(ChannelClientGroup).where(ChannelClientGroup.channel_id == channel.id)
    for groups, count in ((["vip"], 1), (["vip", "gold"], 2), (["gold"], 1)):
        await change(session, channel, client_groups=groups)
        assert await session.scalar(held) == count
    assert await problems_of(session, channel, client_groups=["gold", "gold"]) == [("clientGroups.1", "TWICE")]
    await change(session, channel, clear=["clientGroups"])
    assert await session.scalar(held) == 0


@pytest.mark.spec("CHN-4")
async def test_both_series_are_of_one_legal_entity(session: AsyncSession) -> None:
    channel = await make_channel(session)
    other = await entity_with(session, "Other SRL", ("O", None), ("OC", InvoiceKind.CREDIT_NOTE))
    both = [("invoiceSeries", "CONTRADICTION"), ("creditSeries", "CONTRADICTION")]
    assert await problems_of(session, channel, invoice_series="O") == both
    found = await problems_of(session, channel, legal_entity=other.id)
    assert {path for path, _ in found} == {"legalEntity", "invoiceSeries", "creditSeries"}
    wrong = await problems_of(session, channel, legal_entity=other.id, invoice_series="OC", credit_series="O")
    assert wrong == [("invoiceSeries", "WRONG_KIND")]
    await change(session, channel, legal_entity=other.id, invoice_series="O", credit_series="OC")
    assert await session.scalar(select(func.count()).select_from(ChannelSeriesPast)) == 1
    await entity_with(session, "Other SRL", ("O2", None))
    await change(session, channel, invoice_series="O2")
    kept = await session.scalar(select(func.count()).select_from(ChannelSeriesPast))
    assert kept == 1, "another series of the same entity is for all that is to be invoiced"


async def scheduled(session: AsyncSession, channel: Channel) -> Schedule:
    row = Schedule(
        kind="fetch_orders",
        subject_id=channel.id,
        every=timedelta(minutes=5),
        next_run_at=utc_now() + timedelta(minutes=5),
        enabled=True,
    )
    session.add(row)
    await session.flush()
    return row


@pytest.mark.spec("CHN-2")
@pytest.mark.spec("SYN-1")
async def test_intervals_move_the_schedule_and_null_is_the_connectors_own(session: AsyncSession) -> None:
    channel = await make_channel(session)
    row = await scheduled(session, channel)
    await change(session, channel, intervals=[Interval(kind="ORDERS", every=timedelta(seconds=60))])
    assert (row.every, row.next_run_at <= utc_now() + timedelta(seconds=61)) == (timedelta(seconds=60), True)
    assert channel.intervals == {"ORDERS": {"every": 60, "paused": False}}
    await change(session, channel, intervals=[Interval(kind="ORDERS", paused=True)])
    assert (row.every, row.enabled) == (timedelta(minutes=5), False)
    await change(session, channel, intervals=[Interval(kind="ORDERS")])
    assert (row.enabled, channel.intervals) == (True, {})
    assert row.next_run_at <= utc_now(), "it goes on at once"


@pytest.mark.spec("CHN-2")
async def test_a_channel_that_is_switched_off_runs_nothing_and_a_pause_outlives_it(session: AsyncSession) -> None:
    channel = await make_channel(session)
    row = await scheduled(session, channel)
    await change(session, channel, enabled=False)
    assert row.enabled is False
    await change(session, channel, enabled=True)
    assert row.enabled is True
    await change(session, channel, enabled=False, intervals=[Interval(kind="ORDERS", paused=True)])
    await change(session, channel, enabled=True)
    assert row.enabled is False


async def test_the_older_mutations_take_the_same_path(session: AsyncSession) -> None:
    channel = await make_channel(session)
    await set_hold_expiry(session, OPERATOR, SetHoldExpiry(channel_id=channel.id, hours=5))
    await set_stock_settings(session, OPERATOR, SetStockSettings(channel_id=channel.id, pre_order_check_days=2))
    assert (channel.version, channel.hold_expiry_hours, channel.pre_order_check_days) == (3, 5, 2)
    await set_hold_expiry(session, OPERATOR, SetHoldExpiry(channel_id=channel.id, hours=None))
    assert (channel.version, channel.hold_expiry_hours) == (4, None)
    told = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "channel.update")
    assert await session.scalar(told) == 3


async def at_once(database: Database, *works: Callable[[AsyncSession], Awaitable[object]]) -> list[object]:
    """Runs each in a transaction of its own, all at once; a refusal is its outcome."""

    async def run(work: Callable[[AsyncSession], Awaitable[object]]) -> object:
        try:
            async with database.begin() as session:
                return await work(session)
        except Refusal as refusal:
            return refusal

    return await asyncio.gather(*map(run, works))


@pytest.mark.spec("CHN-2")
async def test_of_two_at_once_one_is_stale(database: Database) -> None:
    async with database.begin() as session:
        channel = await make_channel(session)

    def rename(title: str) -> Callable[[AsyncSession], Awaitable[object]]:
        command = UpdateChannel(channel_id=channel.id, expected_version=1, settings=Settings(title=title))
        return lambda session: update_channel(session, OPERATOR, command)

    outcomes = await at_once(database, rename("One"), rename("Two"), rename("Three"))
    assert sum(isinstance(one, StaleVersion) for one in outcomes) == 2
    async with database.begin() as session:
        assert (await session.get_one(Channel, channel.id)).version == 2


@pytest.mark.spec("CHN-2")
async def test_a_list_is_not_archived_while_a_channel_makes_it_its_own(database: Database) -> None:
    async with database.begin() as session:
        channel = await make_channel(session)
        for number in range(4):
            prices = UpsertPriceList(slug=f"l{number}", name="L", currency="RON", channels=[channel.slug])
            await upsert_price_list(session, OPERATOR, prices)
    for number in range(4):
        slug = f"l{number}"
        command = UpdateChannel(channel_id=channel.id, settings=Settings(price_list=slug))
        named, archived = await at_once(
            database,
            lambda session, command=command: update_channel(session, OPERATOR, command),
            lambda session, slug=slug: archive_price_list(session, OPERATOR, slug),
        )
        assert isinstance(named, Invalid) != isinstance(archived, Invalid), "exactly one of the two holds"
