"""The audit balances whatever happens, and says so when something is lost or made twice."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel
from domain.diary.models import DiaryEntry
from domain.flows.gone import order_gone
from domain.flows.import_order import Arrival
from domain.flows.replay import Replay, replay
from domain.flows.upsert_product import UpsertProduct, upsert_product
from domain.intake.models import ExternalOrder, InboxCause, InboxItem, InboxState, Source
from domain.intake.settle import ignored, refused, settle
from domain.intake.types import IncomingOrder
from domain.kernel.clock import utc_now
from domain.kernel.outbox import DeadLetter, OutboxRow
from domain.orders.models import Order
from domain.reads.audit import ImportAudit, audit_import
from tests.support.builders import OPERATOR, make_channel, make_order
from tests.support.incoming import SHOP, arrive, bring_one, import_arrivals, incoming, line, map_cod

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SKUS = ("A-1", "B-1", "C-1")


@pytest.fixture
async def shop(session: AsyncSession) -> Channel:
    channel = await make_channel(session)
    await map_cod(session, channel)
    return channel


async def audit(session: AsyncSession, shop: Channel | None = None) -> ImportAudit:
    until = utc_now() + timedelta(minutes=1)
    return await audit_import(session, LONG_AGO, until, None if shop is None else shop.id)


@dataclass
class World:
    """A shop under random traffic, with a worker that does what the outbox asks."""

    session: AsyncSession
    shop: Channel
    chance: random.Random
    arrivals: dict[UUID, Arrival] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)

    async def deliver(self) -> None:
        orders = [self.some_order() for _ in range(self.chance.randint(2, 6))]
        source = self.chance.choice([Source.WEBHOOK, Source.POLL])
        for arrival in await arrive(self.session, self.shop, *orders, source=source):
            self.arrivals[arrival.item_id] = arrival

    def some_order(self) -> IncomingOrder:
        number = self.chance.randint(1, 5)
        sku = self.chance.choice([*SKUS, None])
        return incoming(
            line(sku, self.chance.randint(1, 3), external_id=f"L{number}", variant=None),
            external_id=str(number),
            version=f"2026-07-0{self.chance.randint(1, 5)}",
            status=self.chance.choice(["processing", "on-hold", "cancelled", "checkout-draft", "packed"]),
            payment_method=self.chance.choice(["cod", "cod", "crypto"]),
            currency=self.chance.choice(["RON", "RON", "RON", "?"]),
            note=self.chance.choice(["", "wrap it"]),
        )

    async def work(self) -> None:
        """Some of the waiting work, in any order; what is unclear is fetched at once."""
        rows = (await self.session.scalars(select(OutboxRow).where(OutboxRow.consumer == "intake"))).all()
        some = self.chance.sample(list(rows), k=min(len(rows), self.chance.randint(1, 5)))
        taken = [self.arrivals[UUID(row.payload["item_id"])] for row in some]
        outcomes = await import_arrivals(self.session, self.shop, taken)
        for arrival, outcome in zip(taken, outcomes, strict=True):
            if outcome.need_fetch:
                fetched = Arrival(
                    item_id=arrival.item_id,
                    order=arrival.order,
                    received_at=arrival.received_at,
                    authoritative=True,
                )
                await import_arrivals(self.session, self.shop, [fetched])
        await self.session.execute(delete(OutboxRow).where(OutboxRow.id.in_([row.id for row in some])))

    async def mend(self) -> None:
        sku = self.chance.choice(SKUS)
        self.made.add(sku)
        await upsert_product(self.session, OPERATOR, UpsertProduct(sku=sku, name=sku))

    async def again(self) -> None:
        await replay(self.session, OPERATOR, Replay(everything=True))

    async def vanish(self) -> None:
        [arrival] = await arrive(self.session, self.shop, self.some_order())
        await self.session.execute(delete(OutboxRow).where(OutboxRow.aggregate == f"inbox:{arrival.item_id}"))
        external_id = arrival.order.external_id
        await order_gone(self.session, SHOP, self.shop, arrival.item_id, external_id, utc_now(), "deleted there")


STEPS = ("deliver", "work", "mend", "again", "vanish")


@pytest.mark.spec("SYN-3")
@pytest.mark.spec("SYN-4")
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6), steps=st.lists(st.sampled_from(STEPS), min_size=10, max_size=30))
async def test_the_audit_balances_under_any_traffic(session: AsyncSession, seed: int, steps: Sequence[str]) -> None:
    async with session.begin_nested() as attempt:
        shop = await make_channel(session)
        await map_cod(session, shop)
        world = World(session, shop, random.Random(seed))
        for step in ("deliver", *steps, "work", "work"):
            await getattr(world, step)()
            found = await audit(session, shop)
            assert found.balanced, (step, found)
        assert found.items.received == sum(1 for _ in await session.scalars(select(InboxItem.id)))
        numbers = list(await session.scalars(select(Order.external_id).where(Order.channel_id == shop.id)))
        assert len(numbers) == len(set(numbers)) == found.orders.orders
        await attempt.rollback()


async def test_the_sums_say_where_everything_is(session: AsyncSession, shop: Channel) -> None:
    told = incoming(line(None, variant=None))
    await bring_one(session, shop, told)
    await bring_one(session, shop, told)
    await bring_one(session, shop, incoming(line("NOPE")))
    await bring_one(session, shop, incoming(line(None, variant=None), status="checkout-draft"))
    await bring_one(session, shop, incoming(line(None, variant=None), currency="?"))
    [late] = await arrive(session, shop, incoming(line(None, variant=None)))
    found = await audit(session, shop)
    items = found.items
    assert (items.received, items.imported, items.duplicate, items.waiting, items.ignored, items.refused) == (
        *(6, 1, 1, 1, 1, 1),
    )
    assert (items.in_progress, items.superseded) == (1, 0)
    assert items.oldest is not None and timedelta(0) <= items.oldest < timedelta(minutes=1)
    orders = found.orders
    assert (orders.external, orders.orders, orders.waiting, orders.ignored, orders.refused, orders.unnamed) == (
        *(4, 1, 1, 1, 1, 1),
    )
    assert found.balanced
    await settle(session, [ignored(late.item_id, shop.id, "a ping")])
    assert (await audit(session, shop)).items.in_progress == 0


async def test_a_period_and_a_channel_bound_it(session: AsyncSession, shop: Channel) -> None:
    await bring_one(session, shop, incoming(line(None, variant=None)))
    other = await make_channel(session)
    await arrive(session, other, incoming(line(None, variant=None)))
    now = utc_now()
    assert (await audit(session)).items.received == 2
    assert (await audit(session, other)).items.received == 1
    assert (await audit_import(session, now, now + timedelta(hours=1))).items.received == 0
    assert (await audit_import(session, now, now + timedelta(hours=1))).balanced


@pytest.mark.parametrize(
    ("kind", "damage"),
    [
        ("forgotten", lambda at: delete(OutboxRow)),
        ("waits_for_nothing", lambda at: delete(InboxCause)),
        ("waits_unseen", lambda at: delete(DiaryEntry)),
        ("imported_without_order", lambda at: update(InboxItem).where(InboxItem.id == at).values(order_id=uuid4())),
        ("unexplained", lambda at: update(InboxItem).where(InboxItem.state == InboxState.REFUSED).values(reason=None)),
        ("unclaimed", lambda at: update(ExternalOrder).values(order_id=None)),
    ],
)
async def test_what_is_lost_is_left_over(session, shop, kind, damage) -> None:
    imported = await bring_one(session, shop, incoming(line(None, variant=None)))
    await bring_one(session, shop, incoming(line("NOPE")))
    await arrive(session, shop, incoming(line(None, variant=None)))
    [bad] = await arrive(session, shop, incoming(line(None, variant=None)))
    await settle(session, [refused(bad.item_id, shop.id, "no JSON")])
    assert (await audit(session, shop)).balanced
    await session.execute(damage(imported.item_id))
    found = await audit(session, shop)
    assert not found.balanced
    assert [(leftover.kind, leftover.count) for leftover in found.leftovers] == [(kind, 1)]
    assert len(found.leftovers[0].ids) == 1


async def test_an_order_that_was_made_twice_is_left_over(session: AsyncSession, shop: Channel) -> None:
    told = incoming(line(None, variant=None))
    await bring_one(session, shop, told)
    await make_order(session, channel=shop, external_id=told.external_id)
    found = await audit(session, shop)
    assert not found.balanced
    assert (found.orders.external, found.orders.orders) == (1, 2)
    assert {leftover.kind for leftover in found.leftovers} == {"doubled", "unclaimed"}


async def test_a_dead_letter_is_known_not_forgotten(session: AsyncSession, shop: Channel) -> None:
    [arrival] = await arrive(session, shop, incoming(line(None, variant=None)))
    await session.execute(delete(OutboxRow))
    now = utc_now()
    session.add(
        DeadLetter(
            id=1,
            consumer="intake",
            aggregate=f"inbox:{arrival.item_id}",
            payload={},
            created_at=now,
            died_at=now,
            attempts=10,
            error="a fault",
        )
    )
    await session.flush()
    assert (await audit(session, shop)).balanced
    assert await session.scalar(text("select count(*) from dead_letters")) == 1
