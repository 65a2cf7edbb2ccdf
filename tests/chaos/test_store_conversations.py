"""A store and the house tell each other things, through real doors and processes."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from tests.chaos.api import Answer
from tests.chaos.house import House
from tests.chaos.shop import Sender, Shop, signed
from tests.chaos.warehouse import ask_for_awb, by_external, confirm, imported, packed
from tests.jobs.couriers import Courier

pytestmark = pytest.mark.chaos


@pytest.mark.spec("SYN-3")
async def test_one_bad_webhook_of_two_hundred_fails_alone(house: House, shop: Shop) -> None:
    """A NUL byte in one body, a NUL's escape in another, and a NUL in a header beside them, all at once."""
    channel = await house.channel(shop)
    numbers = shop.place(200)
    letters = [one for one in shop.letters() if one.headers["x-wc-webhook-topic"] == "order.created"]
    bad, odd = json.loads(letters[70].body)["id"], json.loads(letters[140].body)["id"]
    letters[70] = signed(letters[70].body.replace(b"cod", b"c\x00od", 1))
    letters[140] = signed(json.dumps({**json.loads(letters[140].body), "customer_note": "\x00"}).encode())
    sender = Sender(house.door(channel))
    answers = await asyncio.gather(with_a_header_of_nul(house, channel), sender.send(letters, parallel=100))
    assert answers[0].startswith(b"HTTP/1.1 400")
    assert sender.refused == 0
    with house.worker():
        await house.settled()
    rows = await house.books.rows(
        "select orders.external_id, orders.note from orders join channels on channel_id = channels.id"
        " where slug = :slug",
        slug=channel,
    )
    assert sorted(int(number) for number, _ in rows) == [number for number in numbers if number != bad]
    assert [int(number) for number, note in rows if note == "\N{REPLACEMENT CHARACTER}"] == [odd]
    audit = await house.books.audit(await channel_id(house, channel))
    assert audit.balanced
    assert (audit.items.received, audit.items.imported, audit.items.ignored) == (200, 199, 1)
    told = await house.books.rows(
        "select cause, diary.state from diary join channels on channel_id = channels.id where slug = :slug",
        slug=channel,
    )
    assert told == [("payload", "OPEN")]


async def with_a_header_of_nul(house: House, channel: str) -> bytes:
    """The first line of the answer to a request that no HTTP client would send."""
    reader, writer = await asyncio.open_connection("127.0.0.1", house.api_port)
    writer.write(
        b"POST /webhooks/%b HTTP/1.1\r\nHost: house\r\nX-WC-Webhook-Topic: order.\x00created\r\n"
        b"Content-Length: 2\r\nConnection: close\r\n\r\n{}" % channel.encode()
    )
    answer = await reader.readline()
    writer.close()
    return answer


async def channel_id(house: House, slug: str) -> UUID:
    found: UUID = await house.books.value("select id from channels where slug = :slug", slug=slug)
    return found


async def arrived(house: House, shop: Shop, channel: str, numbers: Sequence[int]) -> list[Answer]:
    await Sender(house.door(channel)).send(shop.letters())
    return await imported(house.api, channel, numbers)


@pytest.mark.spec("SYN-5")
@pytest.mark.spec("SYN-8")
async def test_an_operators_address_survives_the_echo_of_our_own_push(house: House, shop: Shop) -> None:
    channel = await house.channel(shop)
    [number] = shop.place(1)
    with house.worker():
        [order] = await arrived(house, shop, channel, [number])
        edited = {"name": "Ion Popescu", "street": "Str. Operatorului 5", "city": "Cluj-Napoca", "country": "RO"}
        await house.api.do(
            "EditAddress", input={"id": order["id"], "expectedVersion": order["version"], "shippingAddress": edited}
        )
        shop.later()
        await confirm(house.api, order)
        await house.settled()
        assert shop.order(number)["status"] == "processing"
        echoes = shop.letters()
        assert [json.loads(echo.body)["status"] for echo in echoes] == ["processing"]
        await Sender(house.door(channel)).send([*echoes, *echoes])
        await house.settled()
    order = await by_external(house.api, channel, number)
    assert (order["status"], order["shippingAddress"]) == ("CONFIRMED", {"street": "Str. Operatorului 5"})
    assert shop.order(number)["status_writes"] == 1
    assert await open_causes(house, channel) == []
    assert await house.books.faults() == []


async def open_causes(house: House, channel: str) -> list[str]:
    rows = await house.books.rows(
        "select cause from diary join channels on channel_id = channels.id"
        " where slug = :slug and diary.state in ('OPEN', 'WAITING') order by 1",
        slug=channel,
    )
    return [cause for (cause,) in rows]


@pytest.mark.spec("SYN-8")
async def test_the_store_cancels_after_confirmation_and_after_the_awb(
    house: House, shop: Shop, courier: Courier
) -> None:
    """Before the parcel is handed over the order is cancelled here too, its AWB voided; after it a person is told."""
    channel = await house.channel(shop, invoiceAt="CONFIRMATION")
    at_awb = await house.courier_account(courier)
    at_scan = await house.courier_account(courier, shippingStarts="FIRST_SCAN")
    numbers = shop.place(3)
    with house.worker():
        _, waiting, gone = [await confirm(house.api, order) for order in await arrived(house, shop, channel, numbers)]
        for order, account in ((waiting, at_scan), (gone, at_awb)):
            await ask_for_awb(house.api, await packed(house.api, order), account)
        await house.settled()
        shop.letters()
        shop.later()
        for number in numbers:
            shop.revise(number, {"status": "cancelled"})
        await Sender(house.door(channel)).send(shop.letters())
        await house.settled()
    orders = [await by_external(house.api, channel, number) for number in numbers]
    assert [summary(order) for order in orders] == [
        ("CANCELLED", 2, []),
        ("CANCELLED", 2, ["VOIDED"]),
        ("SHIPPING", 1, ["CREATED"]),
    ]
    assert [scan["cancelled"] for scan in courier.book.dump()["orders"]] == [True, False]
    assert await open_causes(house, channel) == [f"cancelled_there:{numbers[2]}"]
    held = await house.books.value(
        "select coalesce(sum(quantity), 0) from reservations where order_id = any(:ids)",
        ids=[UUID(order["id"]) for order in orders[:2]],
    )
    assert held == 0
    assert await house.books.faults() == []


def summary(order: Answer) -> Any:
    return (order["status"], len(order["invoices"]), [shipment["status"] for shipment in order["shipments"]])
