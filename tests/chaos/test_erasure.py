"""The worker dies while it erases a person; the next goes on, and nothing is left."""

import signal
import subprocess
import sys

import pytest

from domain.flows.privacy.erase import ErasePerson, erase_person, erasure_of
from domain.kernel.database import Database
from domain.orders.status import Status
from tests.chaos.processes import ROOT, environment
from tests.domain.flows.privacy.test_erase import places_that_hold
from tests.support.builders import OPERATOR, make_channel, make_customer, make_order

pytestmark = pytest.mark.chaos

CARRY_OUT = """
import asyncio, sys
from uuid import UUID
import domain.models
from domain.flows.privacy.carry_out import carry_out
from domain.kernel.database import Database
asyncio.run(carry_out(Database(sys.argv[1]), UUID(sys.argv[2])))
"""


@pytest.mark.spec("SEC-4")
async def test_an_erasure_whose_worker_died_is_finished_by_the_next(database: Database) -> None:
    address = {"name": "Zebulon Kanarek", "street": "Strada Canarilor 7", "country": "RO"}
    async with database.begin() as session:
        channel = await make_channel(session)
        customer = await make_customer(session, name="Zebulon Kanarek", email="zk@canary.example")
        for _ in range(3):
            await make_order(
                session, channel=channel, customer=customer, status=Status.CANCELLED, billing=address, shipping=address
            )
        erasure = await erase_person(session, OPERATOR, ErasePerson(customer_id=customer.id, reason="asked"))

    def run(**env: str) -> int:
        argv = [sys.executable, "-c", CARRY_OUT, database.url, str(erasure.id)]
        return subprocess.run(argv, env=environment(**env), cwd=ROOT, timeout=60).returncode

    for point in ("erase.orders", "erase.looked_through"):
        assert run(OMNISALES_CRASH_AT=point) == -signal.SIGKILL
    async with database.begin() as session:
        half_way = await erasure_of(session, customer.id)
        assert half_way is not None and half_way.finished_at is None
    assert run() == 0
    async with database.begin() as session:
        finished = await erasure_of(session, customer.id)
        assert finished is not None and (finished.orders, finished.words) == (3, None)
        assert await places_that_hold(session, "Kanarek", "Canarilor", "canary.example") == set()
