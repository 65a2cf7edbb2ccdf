"""Everything dies while orders pour in: nothing is lost, nothing is done twice, nobody has to help."""

import asyncio
import logging
import os
import random
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from tests.chaos.api import Api
from tests.chaos.house import House
from tests.chaos.shop import Sender, Shop
from tests.chaos.storm import BusyStore, busy_store, disordered, place_mixed, strike
from tests.chaos.supervised import Supervised, runs, supervised_house
from tests.chaos.waiting import until_true
from tests.chaos.warehouse import ask_for_awb, confirm, imported, packed
from tests.jobs.couriers import Courier

pytestmark = [pytest.mark.chaos, pytest.mark.spec("SYN-3"), pytest.mark.spec("SYN-4")]

log = logging.getLogger(__name__)

KILLED = (
    "worker-1",
    "worker-1",
    "worker-2",
    "worker-3",
    "relay",
    "relay",
    "api",
    "api",
    "scheduler",
    "postgres",
    "valkey",
)
FLUSHES = 3
CHANGED, OPERATED, SHIPPED = 92, 20, 5
LETTERS = 500
BY_ITSELF: dict[str, Any] = {"autoConfirm": True, "autoDeliveryNote": True, "invoiceAt": "CONFIRMATION"}


@pytest.fixture(scope="module")
async def supervised(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Supervised]:
    async with supervised_house(tmp_path_factory.mktemp("supervised")) as running:
        yield running


@pytest.fixture
def chance() -> random.Random:
    """Randomness that can be had again."""
    seed = int(os.environ.get("OMNISALES_CHAOS_SEED") or random.SystemRandom().randrange(10**6))
    log.warning("OMNISALES_CHAOS_SEED=%d makes the same storm again", seed)
    return random.Random(seed)


@pytest.mark.spec("SYN-5")
async def test_everything_is_killed_while_five_hundred_webhooks_come_in(
    supervised: Supervised, shop: Shop, courier: Courier, chance: random.Random
) -> None:
    house = supervised.house
    channel = await house.channel(shop)
    account = await house.courier_account(courier)
    await house.polled(channel)
    store = busy_store(shop, changed=CHANGED, operated=OPERATED)
    letters = disordered(store.letters, LETTERS - len(store.letters), chance)
    assert len(letters) == LETTERS
    sender = Sender(house.door(channel), pause=0.04)
    blows: list[Callable[[], bool]] = [
        *(partial(supervised.signal, name) for name in KILLED),
        *[supervised.flush] * FLUSHES,
    ]
    await asyncio.gather(
        sender.send(letters, parallel=6),
        operate(house, channel, account, store.operated),
        strike(blows, lambda: sender.acknowledged, LETTERS * 9 // 10, chance),
    )
    await house.settled(scheduled=False)
    assert {letter.mark for letter in letters} <= await house.books.marks()
    log.warning("letters sent again: %d, calls repeated: %d", sender.refused, house.api.outages)
    await newest_once(house, shop, channel, store)
    told_once(shop, store, courier)
    assert await house.books.faults() == []

    writes = writes_of(shop)
    echoes = shop.letters()
    assert len(echoes) == OPERATED
    await Sender(house.door(channel)).send(disordered(echoes, OPERATED // 2, chance))
    await house.settled(scheduled=False)
    assert writes_of(shop) == writes
    await newest_once(house, shop, channel, store)
    assert await house.books.faults() == []
    with house.process("audit", "-m", "api.cli", "audit", "import", "--channel", channel) as audit:
        assert await audit.ended() == 0, audit.last_words()


async def operate(house: House, channel: str, account: str, numbers: Sequence[int]) -> None:
    """A person confirms these orders as they come in, and ships the first of them."""
    for place, number in enumerate(numbers):
        [order] = await imported(house.api, channel, [number])
        await confirm(house.api, order)
        if place < SHIPPED:
            await ask_for_awb(house.api, await packed(house.api, order), account)


async def newest_once(house: House, shop: Shop, channel: str, store: BusyStore) -> None:
    """Each order of the store is here once, as the store has it now."""
    rows = await house.books.rows(
        "select external_id::bigint, shipping ->> 'street', status = 8, total from orders"
        " join channels on channel_id = channels.id where slug = :slug order by 1",
        slug=channel,
    )
    assert [number for number, *_ in rows] == sorted([*store.changed, *store.operated])
    theirs = {number: shop.store.shop.orders[number] for number, *_ in rows}
    assert {number: (street, cancelled, total) for number, street, cancelled, total in rows} == {
        number: (street_of(doc), doc["status"] == "cancelled", doc["total"]) for number, doc in theirs.items()
    }
    channel_id: UUID = await house.books.value("select id from channels where slug = :slug", slug=channel)
    audit = await house.books.audit(channel_id)
    assert audit.balanced, audit
    assert (audit.items.in_progress, audit.items.waiting, audit.items.refused) == (0, 0, 0)
    assert audit.items.received >= LETTERS
    assert audit.orders.orders == audit.orders.external == len(rows)


def street_of(doc: dict[str, Any]) -> str:
    return ", ".join(filter(None, (doc["shipping"]["address_1"], doc["shipping"]["address_2"])))


def told_once(shop: Shop, store: BusyStore, courier: Courier) -> None:
    """Every write of a status moved it, the last one to what became of the order here; each parcel has one AWB."""
    theirs = shop.orders()
    for place, number in enumerate(store.operated):
        order = theirs[number]
        assert order["status"] == ("completed" if place < SHIPPED else "processing"), (number, order)
        assert order["status_writes"] == order["status_changes"], (number, order)
    dump: dict[str, Any] = courier.book.dump()
    assert [len(awbs) for awbs in dump["orders_by_external_id"].values()] == [1] * SHIPPED


def writes_of(shop: Shop) -> dict[int, int]:
    return {number: order["writes"] for number, order in shop.orders().items()}


async def test_postgresql_restarts_under_three_workers_and_two_apis(supervised: Supervised, shop: Shop) -> None:
    """Both APIs say 503 meanwhile; none of our processes ends, and all go on by themselves."""
    house = supervised.house
    channel = await house.channel(shop, **BY_ITSELF)
    await house.polled(channel)
    numbers = place_mixed(shop, 80)
    letters = [letter.marked() for letter in shop.letters()]
    ours = {name: supervised.starts(name) for name in ("api", "worker-1", "worker-2", "worker-3", "relay", "scheduler")}
    async with house.another_api("second-api") as (second, second_api):
        apis = (house.api, second_api)
        senders = [Sender(f"{api.url}/webhooks/{channel}", pause=0.05) for api in apis]
        over = asyncio.Event()
        watching = [asyncio.create_task(watch(api, over)) for api in apis]

        async def restarts() -> None:
            for part in (1, 3):
                await until_true(
                    lambda part=part: sum(one.acknowledged for one in senders) >= len(letters) * part // 6,  # type: ignore[misc]
                    what="letters are taken",
                )
                before = supervised.starts("postgres")
                assert supervised.signal("postgres", signal.SIGINT)
                await until_true(
                    lambda before=before: supervised.starts("postgres") > before,  # type: ignore[misc]
                    what="PostgreSQL is started again",
                )

        await asyncio.gather(
            restarts(), *(one.send(letters[place::2], parallel=4) for place, one in enumerate(senders))
        )
        await house.settled(scheduled=False)
        over.set()
        for seen in await asyncio.gather(*watching):
            assert seen - {None} == {200, 503}
        assert all(sender.refused > 0 for sender in senders)
        assert second.runs
    assert {letter.mark for letter in letters} <= await house.books.marks()
    assert {name: supervised.starts(name) for name in ours} == ours, supervised.deaths()
    await confirmed_once(house, shop, channel, numbers)


async def test_the_next_start_after_kill_9_of_all_goes_on_with_what_was_there(
    supervised: Supervised, shop: Shop
) -> None:
    """The supervisor is killed in the middle of the work, and all the others end with it, soon, though the servers that
    they talk to are gone as well."""
    house = supervised.house
    channel = await house.channel(shop, **BY_ITSELF)
    await house.polled(channel)
    numbers = place_mixed(shop, 40)
    letters = [letter.marked() for letter in shop.letters()]
    sender = Sender(house.door(channel), pause=0.02)
    sending = asyncio.create_task(sender.send(letters, parallel=4))
    await until_true(lambda: sender.acknowledged >= len(letters) // 3, what="letters are taken")
    children = supervised.children()
    supervised.up.kill()
    await until_true(lambda: not any(map(runs, children)), what="all have ended", seconds=8)
    supervised.up.again()
    await sending
    await house.settled(scheduled=False)
    assert sender.refused > 0
    assert {letter.mark for letter in letters} <= await house.books.marks()
    await confirmed_once(house, shop, channel, numbers)


async def confirmed_once(house: House, shop: Shop, channel: str, numbers: Sequence[int]) -> None:
    """Each order is here once and confirmed, with its goods, its invoice and its delivery note; its store knows."""
    rows = await house.books.rows(
        "select orders.external_id::bigint, status, (select count(*) from invoices where order_id = orders.id),"
        " (select count(*) from delivery_notes where order_id = orders.id),"
        " (select count(*) from reservations where order_id = orders.id) = count(order_lines.id)"
        " from orders join channels on channel_id = channels.id join order_lines on order_id = orders.id"
        " where slug = :slug group by orders.id order by 1",
        slug=channel,
    )
    assert rows == [(number, 3, 1, 1, True) for number in numbers]
    assert writes_of(shop) == dict.fromkeys(numbers, 1)
    assert await house.books.faults() == []


async def watch(api: Api, over: asyncio.Event) -> set[int | None]:
    """All that an API says of its health until it is over."""
    seen = set()
    while not over.is_set():
        seen.add(await api.health())
        await asyncio.sleep(0.05)
    return seen
