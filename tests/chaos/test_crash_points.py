"""A process dies at each named crash point in its turn; what it was doing is done all the same, and once.

Each scene runs one process per point, all at the same work, until each has killed itself at its point; then a healthy
process finishes. A point that nobody comes by fails its scene.
"""

import asyncio
import importlib
import json
import pkgutil
from collections.abc import Sequence
from contextlib import ExitStack
from uuid import UUID, uuid4

import pytest

import domain
import jobs
from domain.kernel.crash import POINTS
from tests.chaos.api import Answer
from tests.chaos.house import House
from tests.chaos.processes import Process
from tests.chaos.shop import Letter, Sender, Shop, signed
from tests.chaos.warehouse import ask_for_awb, confirm, imported, packed
from tests.jobs.couriers import Courier

pytestmark = pytest.mark.chaos

ARRIVALS = (
    "intake.read",
    "intake.before_commit",
    "intake.committed",
    "import.after_lock",
    "import.after_orders",
    "import.after_applied",
    "import.after_settle",
    "fetch_order.fetched",
    "fetch_order.before_commit",
)
POLLS = ("fetch_orders.fetched", "fetch_orders.before_commit", "fetch_orders.stored")
STORED = "inbox.after_items"
ROTATION = "keys.batch_rotated"
"""Its scene is in test_key_rotation."""
PURGE = "purge.batch"
"""Its scene is in test_purge."""
ERASURE = ("erase.orders", "erase.looked_through")
"""Their scene is in test_erasure."""
PUSHES = ("push.journalled", "push.sent", "push.before_commit")
AWBS = ("awb.journalled", "awb.about_to_send", "awb.sent", "awb.before_commit")
REQUESTS = {
    "CreateOrder": ("create.after_claim", "create.after_place"),
    "Confirm": ("confirm.after_reserve", "confirm.after_status", "confirm.after_note", "confirm.after_invoice"),
    "Cancel": ("cancel.after_release", "cancel.after_void", "cancel.after_credit"),
}


def test_every_crash_point_has_its_scene() -> None:
    for package in (domain, jobs):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "migrations" not in module.name:
                importlib.import_module(module.name)
    requests = [point for points in REQUESTS.values() for point in points]
    assert sorted(POINTS) == sorted([STORED, ROTATION, PURGE, *ERASURE, *ARRIVALS, *POLLS, *PUSHES, *AWBS, *requests])


def dying_workers(house: House, points: Sequence[str], stack: ExitStack) -> list[Process]:
    return [stack.enter_context(house.worker(point, OMNISALES_CRASH_AT=point)) for point in points]


async def all_dead(workers: Sequence[Process]) -> None:
    await asyncio.gather(*(worker.dies() for worker in workers))


@pytest.mark.spec("SYN-3")
async def test_an_api_dies_while_it_stores_a_webhook(house: House, shop: Shop) -> None:
    """It has not acknowledged, so that the store's network sends again; the item is there with its work, or not."""
    channel = await house.channel(shop)
    [number] = shop.place(1)
    letter = shop.letters()[0]
    async with house.another_api("stores", OMNISALES_CRASH_AT=STORED) as (process, api):
        assert not await Sender(f"{api.url}/webhooks/{channel}").taken(letter)
        await process.dies()
    stored = (await house.books.audit(await channel_id(house, channel))).items.received
    assert await house.books.faults() == []
    await Sender(house.door(channel)).send([letter])
    with house.worker():
        await house.settled()
    await exactly_one_each(house, channel, [number])
    items = (await house.books.audit(await channel_id(house, channel))).items
    assert (items.imported, items.duplicate) == (1, stored)


@pytest.mark.spec("SYN-3")
@pytest.mark.spec("SYN-4")
async def test_what_arrived_is_imported_once(house: House, shop: Shop) -> None:
    channel = await house.channel(shop)
    sender = Sender(house.door(channel))
    numbers: list[int] = []
    with ExitStack() as stack:
        workers = dying_workers(house, ARRIVALS, stack)
        while any(worker.runs for worker in workers):
            # One by one, so that there is a message for each worker.
            numbers += shop.place(1)
            letters = shop.letters()
            await sender.send([*letters, contradicting(letters[0])], parallel=1)
            assert len(numbers) < 200, f"nobody comes by {[worker.name for worker in workers if worker.runs]}"
        await all_dead(workers)
    with house.worker():
        await house.settled()
    await exactly_one_each(house, channel, numbers)
    notes = await house.books.value("select count(*) from orders where note = 'Never written.'")
    assert notes == 0


def contradicting(letter: Letter) -> Letter:
    """Says something else of the same version, so that the store must be asked which is true."""
    return signed(json.dumps({**json.loads(letter.body), "customer_note": "Never written."}).encode())


@pytest.mark.spec("SYN-1")
async def test_what_a_poll_finds_is_imported_once(house: House, shop: Shop) -> None:
    channel = await house.channel(shop)
    key = str(await channel_id(house, channel))
    with house.worker():
        await house.api.do("Sync", id=key)
        await house.settled()
    shop.later()
    numbers = shop.place(7)
    await house.api.do("Sync", id=key)
    with ExitStack() as stack:
        await all_dead(dying_workers(house, POLLS, stack))
    with house.worker():
        await house.settled()
    await exactly_one_each(house, channel, numbers)
    assert await house.books.value("select count(*) from sync_runs where finished_at is null") == 0


async def exactly_one_each(house: House, channel: str, numbers: Sequence[int]) -> None:
    rows = await house.books.rows(
        "select external_id, count(*) from orders join channels on channel_id = channels.id where slug = :slug"
        " group by 1",
        slug=channel,
    )
    assert dict(rows) == {str(number): 1 for number in numbers}
    audit = await house.books.audit(await channel_id(house, channel))
    assert audit.balanced
    assert (audit.items.in_progress, audit.items.waiting) == (0, 0)
    assert audit.orders.orders == len(numbers)
    assert await house.books.faults() == []


async def channel_id(house: House, slug: str) -> UUID:
    found = await house.books.value("select id from channels where slug = :slug", slug=slug)
    assert isinstance(found, UUID)
    return found


@pytest.mark.spec("SYN-5")
async def test_the_store_is_told_once(house: House, shop: Shop) -> None:
    channel, numbers = await imported_orders(house, shop, count=6)
    await asyncio.gather(*[confirm(house.api, order) for order in await imported(house.api, channel, numbers)])
    with ExitStack() as stack:
        await all_dead(dying_workers(house, PUSHES, stack))
    with house.worker():
        await house.settled()
    told = [shop.order(number) for number in numbers]
    assert [(order["status"], order["status_writes"]) for order in told] == [("processing", 1)] * len(numbers)
    assert await house.books.faults() == []


async def imported_orders(house: House, shop: Shop, count: int) -> tuple[str, list[int]]:
    """A channel with orders, imported by a worker that has gone home since."""
    channel = await house.channel(shop)
    numbers = shop.place(count)
    await Sender(house.door(channel)).send(shop.letters())
    with house.worker():
        await house.settled()
    return channel, numbers


@pytest.mark.spec("FUL-3")
async def test_an_awb_is_bought_once(house: House, shop: Shop, courier: Courier) -> None:
    channel, numbers = await imported_orders(house, shop, count=5)
    account = await house.courier_account(courier)
    orders = await imported(house.api, channel, numbers)
    lists = [await packed(house.api, await confirm(house.api, order)) for order in orders]
    with ExitStack() as stack:
        workers = dying_workers(house, AWBS, stack)
        asked = [asyncio.create_task(ask_for_awb(house.api, one, account)) for one in lists]
        await all_dead(workers)
    with house.worker():
        await asyncio.gather(*asked)
        await house.settled()
    for order in await imported(house.api, channel, numbers):
        [shipment] = order["shipments"]
        assert courier.awbs_of(shipment["id"]) == [shipment["awb"]]
        assert (order["status"], shipment["status"]) == ("SHIPPING", "CREATED")
    assert await house.books.faults() == []


@pytest.mark.spec("ORD-4")
async def test_a_request_whose_answer_never_came_is_repeated_and_done_once(house: House) -> None:
    """The API dies; the caller asks another API again, under the same Idempotency-Key."""
    channel = await house.channel(invoiceAt="CONFIRMATION", autoDeliveryNote=True)
    orders = [await place(house, channel, f"before-{number}") for number in range(4)]
    await dying_apis(house, "CreateOrder", [order_input(channel, f"made-{number}") for number in range(2)])
    await dying_apis(house, "Confirm", [{"id": order["id"]} for order in orders])
    await dying_apis(house, "Cancel", [{"id": order["id"], "reason": "changed my mind"} for order in orders[:3]])
    assert await house.books.rows(
        "select external_id, status, count(invoices.id), count(*) filter (where kind = 'credit_note')"
        " from orders join channels on channel_id = channels.id left join invoices on order_id = orders.id"
        " where slug = :slug group by 1, 2 order by 1",
        slug=channel,
    ) == [
        ("before-0", 8, 2, 1),
        ("before-1", 8, 2, 1),
        ("before-2", 8, 2, 1),
        ("before-3", 3, 1, 0),
        ("made-0", 0, 0, 0),
        ("made-1", 0, 0, 0),
    ]
    assert await house.books.faults() == []


def order_input(channel: str, external_id: str) -> Answer:
    return {
        "channel": channel,
        "externalId": external_id,
        "customer": {"name": "Ana Pop", "email": "ana@example.com"},
        "lines": [{"sku": "CANA-300", "quantity": "2"}],
        "shippingAddress": {"name": "Ana Pop", "street": "Str. Lungă 1", "city": "Brașov", "country": "RO"},
    }


async def place(house: House, channel: str, external_id: str) -> Answer:
    return await house.api.do("CreateOrder", input=order_input(channel, external_id))


async def dying_apis(house: House, operation: str, inputs: Sequence[Answer]) -> None:
    """Each request goes to an API that dies at a point of its own, and then again to one that lives."""

    async def one(point: str, asked: Answer) -> None:
        key = uuid4().hex
        async with house.another_api(point, OMNISALES_CRASH_AT=point) as (process, api):
            assert await api.once(operation, idempotency_key=key, input=asked) is None
            await process.dies()
        done = await house.api.ask(operation, idempotency_key=key, input=asked)
        assert "code" not in done, done
        assert await house.api.ask(operation, idempotency_key=key, input=asked) == done

    await asyncio.gather(*(one(point, asked) for point, asked in zip(REQUESTS[operation], inputs, strict=True)))
