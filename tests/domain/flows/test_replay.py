"""Mending a cause replays exactly what waited for it, once (spec SYN-3)."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.models import Listing
from domain.channels.models import Channel, MappingKind
from domain.customers.models import Customer
from domain.diary.models import DiaryEntry, DiaryState
from domain.flows.import_order import Arrival, Outcome
from domain.flows.link_listing import LinkListing, link_listing
from domain.flows.merge_customers import merge_customers
from domain.flows.replay import Replay, replay
from domain.flows.set_mapping import SetMapping, set_mapping
from domain.flows.upsert_product import UpsertProduct, upsert_product
from domain.intake.models import InboxItem, InboxState
from domain.intake.purge import purge_items
from domain.intake.settle import refused, settle
from domain.intake.types import IncomingCustomer, IncomingOrder
from domain.kernel.outbox import OutboxRow
from domain.kernel.refusals import Invalid, NotFound
from domain.orders.models import HistoryEntry
from domain.orders.status import Status
from domain.push.outcomes import push_failed
from tests.support.builders import OPERATOR, load_order, make_channel, make_customer, make_order
from tests.support.incoming import arrive, import_arrivals, incoming, item, line, map_cod


@pytest.fixture
async def shop(session: AsyncSession) -> Channel:
    channel = await make_channel(session)
    await map_cod(session, channel)
    return channel


async def wait(session: AsyncSession, shop: Channel, *orders: IncomingOrder) -> tuple[list[Arrival], list[Outcome]]:
    """Orders that arrived, were looked at, and wait."""
    arrivals = await arrive(session, shop, *orders)
    outcomes = await import_arrivals(session, shop, arrivals)
    assert {outcome.state for outcome in outcomes} == {InboxState.WAITING}
    await session.execute(delete(OutboxRow))
    return arrivals, outcomes


async def asked(session: AsyncSession) -> set[UUID]:
    """The items that are to be looked at again; none is asked for twice."""
    rows = list(await session.scalars(select(OutboxRow.payload).where(OutboxRow.consumer == "intake")))
    ids = [UUID(payload["item_id"]) for payload in rows]
    assert len(ids) == len(set(ids))
    return set(ids)


async def test_a_new_product_replays_what_waited_for_its_sku_and_nothing_else(
    session: AsyncSession, shop: Channel
) -> None:
    arrivals, _ = await wait(
        session, shop, incoming(line("A-1")), incoming(line("A-1"), line("B-1")), incoming(line("B-1"))
    )
    only_a, both, _only_b = arrivals
    await upsert_product(session, OPERATOR, UpsertProduct(sku="A-1", name="A"))
    assert await asked(session) == {only_a.item_id, both.item_id}
    assert [(await item(session, one.item_id)).state for one in arrivals] == [
        InboxState.RECEIVED,
        InboxState.RECEIVED,
        InboxState.WAITING,
    ]
    # A second release finds nobody: they are on their way.
    await upsert_product(session, OPERATOR, UpsertProduct(sku="A-1", name="A again"))
    assert await replay(session, OPERATOR, Replay(cause="sku:A-1")) == 0
    first, second = await import_arrivals(session, shop, [only_a, both])
    assert (first.state, second.state, second.causes) == (InboxState.IMPORTED, InboxState.WAITING, ("sku:B-1",))
    states = dict(
        (
            await session.execute(select(DiaryEntry.cause, DiaryEntry.state).where(DiaryEntry.item_id == both.item_id))
        ).all()
    )
    assert states == {"sku:A-1": DiaryState.RESOLVED, "sku:B-1": DiaryState.WAITING}


@pytest.mark.parametrize(
    ("fields", "kind", "source", "target"),
    [
        ({"payment_method": "crypto"}, MappingKind.PAYMENT_METHOD, "crypto", "Cash on delivery"),
        ({"status": "packed"}, MappingKind.STATUS_IN, "packed", "PROCESSING"),
    ],
)
async def test_a_mapping_replays_what_waited_for_it_in_its_channel(
    session: AsyncSession, shop: Channel, fields: dict[str, str], kind: MappingKind, source: str, target: str
) -> None:
    other = await make_channel(session)
    await map_cod(session, other)
    [mine], _ = await wait(session, shop, incoming(line(None, variant=None), **fields))
    [theirs], _ = await wait(session, other, incoming(line(None, variant=None), **fields))
    await set_mapping(session, OPERATOR, SetMapping(channel=shop.slug, kind=kind, source=source, target=target))
    assert await asked(session) == {mine.item_id}
    [outcome] = await import_arrivals(session, shop, [mine])
    assert outcome.state is InboxState.IMPORTED
    assert (await item(session, theirs.item_id)).state is InboxState.WAITING


async def test_what_is_mapped_outward_releases_nothing(session: AsyncSession, shop: Channel) -> None:
    await wait(session, shop, incoming(line(None, variant=None), status="packed"))
    command = SetMapping(channel=shop.slug, kind=MappingKind.STATUS_OUT, source="CONFIRMED", target="packed")
    assert (await set_mapping(session, OPERATOR, command)).target == "packed"
    assert await asked(session) == set()


async def test_a_listing_by_hand_replays_what_waited_for_the_variant(session: AsyncSession, shop: Channel) -> None:
    [arrival], [outcome] = await wait(session, shop, incoming(line(None, variant="77", name="Mug")))
    assert outcome.causes == ("variant:77",)
    _, variant = await upsert_product(session, OPERATOR, UpsertProduct(sku="MUG", name="Mug"))
    await link_listing(session, OPERATOR, LinkListing(channel=str(shop.id), external_variant_id="77", sku="MUG"))
    assert await asked(session) == {arrival.item_id}
    [outcome] = await import_arrivals(session, shop, [arrival])
    assert (await load_order(session, outcome.order_id)).lines[0].variant_id == variant.id
    assert await session.scalar(select(func.count()).select_from(Listing)) == 1
    for channel, sku in (("nowhere", "MUG"), (shop.slug, "NOPE")):
        with pytest.raises(NotFound):
            await link_listing(session, OPERATOR, LinkListing(channel=channel, external_variant_id="77", sku=sku))


async def test_merging_customers_replays_what_did_not_know_whose_it_is(session: AsyncSession, shop: Channel) -> None:
    ana, twin = [await make_customer(session, name=name, email="ana@example.com") for name in ("Ana", "Ana P.")]
    order = await make_order(session, customer=twin)
    [arrival], _ = await wait(
        session, shop, incoming(line(None, variant=None), customer=IncomingCustomer(email="ana@example.com"))
    )
    kept = await merge_customers(session, OPERATOR, ana.id, twin.id)
    assert await asked(session) == {arrival.item_id}
    [outcome] = await import_arrivals(session, shop, [arrival])
    assert (await load_order(session, outcome.order_id)).customer_id == kept.id == ana.id
    assert (await load_order(session, order.id)).customer_id == ana.id
    told = await session.scalar(select(HistoryEntry.data).where(HistoryEntry.kind == "customer_changed"))
    assert told == {"from": str(twin.id), "to": str(ana.id)}
    assert await session.scalar(select(func.count()).where(Customer.id == twin.id)) == 0
    with pytest.raises(NotFound):
        await merge_customers(session, OPERATOR, ana.id, twin.id)
    with pytest.raises(Invalid):
        await merge_customers(session, OPERATOR, ana.id, ana.id)


async def test_entries_causes_or_all_are_replayed(session: AsyncSession, shop: Channel) -> None:
    arrivals, _ = await wait(session, shop, *(incoming(line("A-1")) for _ in range(3)))
    entry = await session.scalar(select(DiaryEntry.id).where(DiaryEntry.item_id == arrivals[0].item_id))
    assert await replay(session, OPERATOR, Replay(ids=(entry,))) == 1
    assert await replay(session, OPERATOR, Replay(ids=(entry,))) == 0
    assert await replay(session, OPERATOR, Replay(everything=True)) == 2
    assert await asked(session) == {arrival.item_id for arrival in arrivals}
    again = await import_arrivals(session, shop, arrivals)
    assert {outcome.state for outcome in again} == {InboxState.WAITING}


async def test_refused_items_are_replayed_by_their_entries_only(session: AsyncSession, shop: Channel) -> None:
    [arrival] = await arrive(session, shop, incoming(line(None, variant=None)))
    await settle(session, [refused(arrival.item_id, shop.id, "unreadable")])
    assert await replay(session, OPERATOR, Replay(everything=True)) == 0
    assert await replay(session, OPERATOR, Replay(cause="payload")) == 0
    entry = await session.scalar(select(DiaryEntry.id))
    assert await replay(session, OPERATOR, Replay(ids=(entry,))) == 1
    assert (await session.get_one(InboxItem, arrival.item_id, populate_existing=True)).state is InboxState.RECEIVED


@pytest.mark.spec("SYN-5")
async def test_a_push_that_failed_is_tried_again(session: AsyncSession, shop: Channel) -> None:
    order = await make_order(session, channel=shop, external_id="5", status=Status.PROCESSING)
    await push_failed(session, order.id, "the store is away", last=True)
    await session.execute(delete(OutboxRow))
    assert await replay(session, OPERATOR, Replay(cause="push:status")) == 1
    entry = await session.scalar(select(DiaryEntry.id))
    assert await replay(session, OPERATOR, Replay(ids=(entry,))) == 1
    rows = (await session.execute(select(OutboxRow.consumer, OutboxRow.aggregate))).all()
    assert rows == [("push_status", f"order:{order.id}")]


async def test_not_exactly_one_way_is_refused(session: AsyncSession) -> None:
    for command in (Replay(), Replay(cause="sku:A", everything=True), Replay(ids=(uuid4(),), cause="sku:A")):
        with pytest.raises(Invalid, match="exactly one"):
            await replay(session, OPERATOR, command)
    with pytest.raises(NotFound):
        await replay(session, OPERATOR, Replay(ids=(uuid4(),)))


@pytest.mark.parametrize(
    ("kind", "source", "target", "code"),
    [
        (MappingKind.PAYMENT_METHOD, "cod", "cash", "UNKNOWN_PAYMENT_KIND"),
        (MappingKind.STATUS_IN, "packed", "PACKED", "UNKNOWN_STATUS"),
        (MappingKind.STATUS_OUT, "PACKED", "packed", "UNKNOWN_STATUS"),
        (MappingKind.STATUS_IN, " ", "PROCESSING", "MISSING"),
    ],
)
async def test_a_mapping_that_means_nothing_is_refused(
    session: AsyncSession, shop: Channel, kind: MappingKind, source: str, target: str, code: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        await set_mapping(session, OPERATOR, SetMapping(channel=shop.slug, kind=kind, source=source, target=target))
    assert refusal.value.problems[0].code == code


@pytest.mark.spec("SEC-4")
async def test_what_lost_its_body_is_refused_with_words(session: AsyncSession, shop: Channel) -> None:
    gone, kept = (await wait(session, shop, incoming(line("A-1")), incoming(line("A-1"))))[0]
    await settle(session, [refused(one.item_id, shop.id, "it is no JSON") for one in (gone, kept)])
    await purge_items(session, [gone.item_id])
    entries = {
        row.item_id: row.id
        for row in await session.scalars(select(DiaryEntry).where(DiaryEntry.state == DiaryState.OPEN))
    }
    ids = [entries[kept.item_id], entries[gone.item_id]]
    with pytest.raises(Invalid) as refusal:
        await replay(session, OPERATOR, Replay(ids=ids))
    [problem] = refusal.value.problems
    assert (problem.path, problem.code) == (("ids", "1"), "PURGED")
    assert await asked(session) == set(), "all or none"
    assert await replay(session, OPERATOR, Replay(ids=ids[:1])) == 1
