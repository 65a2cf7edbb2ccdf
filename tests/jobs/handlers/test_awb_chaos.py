"""Workers that die or stand still while an AWB is made: one AWB, and the house knows it."""

import asyncio
import signal

import pytest

from domain.kernel.crash import POINTS
from domain.orders.status import Status
from domain.shipping.models import ShipmentStatus
from jobs.consumers import CONSUMERS
from jobs.runtime import Runtime
from omnisales_sdk.testing.sandbox import Fault
from tests.jobs.couriers import Courier, ask_for_awb, order_now, shipment_now, works
from tests.jobs.engine_room import eventually, process, running

AWB_POINTS = sorted(name for name in POINTS if name.startswith("awb."))


def test_every_gap_between_durable_statements_has_a_crash_point() -> None:
    assert AWB_POINTS == ["awb.about_to_send", "awb.before_commit", "awb.journalled", "awb.sent"]


@pytest.mark.chaos
@pytest.mark.spec("FUL-3")
@pytest.mark.parametrize("point", AWB_POINTS)
async def test_a_worker_that_dies_leaves_one_awb(courier_runtime: Runtime, courier: Courier, point: str) -> None:
    runtime = courier_runtime
    asked = await ask_for_awb(runtime, courier.url)
    async with running(runtime, CONSUMERS, sweep_after=0.5, works=False):
        with process("house_worker", runtime, OMNISALES_CRASH_AT=point) as child:
            assert await asyncio.to_thread(child.wait, 20) == -signal.SIGKILL
        with process("house_worker", runtime):

            async def done() -> bool:
                return await works(runtime, "awb_create") == []

            await eventually(done, seconds=25)
    shipment = await shipment_now(runtime, asked.id)
    assert shipment.status is ShipmentStatus.CREATED
    assert courier.awbs_of(shipment.key) == [shipment.awb]
    assert (await order_now(runtime, asked.order_id)).status is Status.SHIPPING


@pytest.mark.chaos
@pytest.mark.spec("FUL-3")
async def test_a_worker_stopped_inside_the_call_and_continued_later_leaves_one_awb(
    courier_runtime: Runtime, courier: Courier
) -> None:
    """Its lease runs out, the sweep sends its work to another worker, which asks the courier; then it goes on."""
    runtime = courier_runtime
    asked = await ask_for_awb(runtime, courier.url)
    courier.faults.add(Fault(kind="slow", match="POST /api/Order", seconds=0.7))
    async with running(runtime, CONSUMERS, sweep_after=0.5, works=False):
        with process("house_worker", runtime) as first:

            async def is_inside() -> bool:
                return not courier.faults.pending()

            await eventually(is_inside, seconds=20)
            first.send_signal(signal.SIGSTOP)
            with process("house_worker", runtime):

                async def settled() -> bool:
                    return (await shipment_now(runtime, asked.id)).status is ShipmentStatus.CREATED

                await eventually(settled, seconds=25)
                first.send_signal(signal.SIGCONT)
                await asyncio.sleep(1.5)
    shipment = await shipment_now(runtime, asked.id)
    assert courier.awbs_of(shipment.key) == [shipment.awb]
    assert shipment.status is ShipmentStatus.CREATED
    assert shipment.attention is None
