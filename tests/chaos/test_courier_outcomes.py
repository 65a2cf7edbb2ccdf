"""Answers of a courier that never come: asked about by our key, never blindly bought again.

The courier of these tests would sell a second AWB for the same key.
"""

import asyncio
from datetime import timedelta

import pytest

from omnisales_sdk.testing.sandbox import Fault
from tests.chaos.house import House
from tests.chaos.shop import Sender, Shop
from tests.chaos.waiting import until
from tests.chaos.warehouse import ask_for_awb, by_external, confirm, imported, packed
from tests.jobs.couriers import running_courier

pytestmark = [pytest.mark.chaos, pytest.mark.spec("FUL-3")]

ORDER = "POST /api/Order"
FAULTS = (
    Fault(kind="lost_answer", match=ORDER),
    Fault(kind="error_after_act", match=ORDER),
    Fault(kind="slow", seconds=1.2, match=ORDER),
    Fault(kind="drop", match=ORDER),
    Fault(kind="status", status=503, match=ORDER),
    Fault(kind="status", status=429, match=ORDER),
    Fault(kind="status", status=500, match="POST /api/Track/by-external-order-id", times=2),
)


async def test_each_parcel_gets_one_awb_whatever_becomes_of_the_answers(house: House, shop: Shop) -> None:
    """What the courier made is found by our key only after a while, within its settling time."""
    with running_courier(unique=False, lag=timedelta(seconds=0.5)) as courier, house.worker():
        channel = await house.channel(shop)
        account = await house.courier_account(courier)
        numbers = shop.place(len(FAULTS))
        await Sender(house.door(channel)).send(shop.letters())
        orders = await imported(house.api, channel, numbers)
        lists = [await packed(house.api, await confirm(house.api, order)) for order in orders]
        for fault in FAULTS:
            courier.faults.add(fault)
        await asyncio.gather(*[ask_for_awb(house.api, one, account) for one in lists])
        await house.settled()
        assert courier.faults.pending() == ()
        kinds = []
        for order in await imported(house.api, channel, numbers):
            [shipment] = order["shipments"]
            assert courier.awbs_of(shipment["id"]) == [shipment["awb"]]
            assert (order["status"], shipment["status"]) == ("SHIPPING", "CREATED")
            kinds += [entry["kind"] for entry in order["history"]]
        assert kinds.count("awb_unknown") >= 5
        assert kinds.count("awb_created") == len(FAULTS)
    assert await house.books.faults() == []


async def test_a_worker_stopped_inside_its_calls_and_continued_later_does_nothing_twice(
    house: House, shop: Shop
) -> None:
    """Its leases run out, the sweep hands its work to another worker, which finds out what happened; then it goes
    on."""
    with running_courier(unique=False) as courier:
        channel = await house.channel(shop)
        account = await house.courier_account(courier)
        [shipped, told] = shop.place(2)
        await Sender(house.door(channel)).send(shop.letters())
        with house.worker("first") as first:
            orders = await imported(house.api, channel, [shipped, told])
            packing_list = await packed(house.api, await confirm(house.api, orders[0]))
            await house.settled()
            courier.faults.add(Fault(kind="slow", match=ORDER, seconds=0.7))
            shop.store.faults.add(Fault(kind="slow", match="POST /wp-json/wc/v3/orders/", seconds=0.7))
            asked = asyncio.create_task(ask_for_awb(house.api, packing_list, account))
            await confirm(house.api, orders[1])

            async def is_inside() -> bool:
                return not courier.faults.pending() and not shop.store.faults.pending()

            await until(is_inside, what="the worker calls the courier and the store", every=0.02)
            first.pause()
            with house.worker("second"):
                await asked
                await house.settled()
                first.go_on()
                await asyncio.sleep(1.5)
            assert first.runs
        [shipment] = (await by_external(house.api, channel, shipped))["shipments"]
        assert courier.awbs_of(shipment["id"]) == [shipment["awb"]]
        assert shipment["status"] == "CREATED"
        written = shop.order(told)
        assert (written["status"], written["status_writes"]) == ("processing", 1)
        assert await house.books.value("select count(*) from shipments where attention is not null") == 0
    assert await house.books.faults() == []
