"""The engine room's processes, as the command line starts them."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from domain.kernel.database import Database
from domain.kernel.schedule import Schedule
from domain.orders.models import StatusCount
from domain.orders.status import Status
from jobs.due import HOUSE
from tests.jobs.engine_room import eventually
from tests.support.builders import make_order
from tests.support.valkey import Valkey

ROOT = Path(__file__).parent.parent.parent
ROLES = ("relay", "worker", "scheduler")


def environment(**settings: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("OMNISALES_", "DATABASE_"))}
    return {**inherited, "PYTHONPATH": f"{ROOT}:{ROOT / 'plugins'}", **settings}


@contextmanager
def started(role: str, **settings: str) -> Iterator["subprocess.Popen[bytes]"]:
    child = subprocess.Popen(
        [sys.executable, "-m", f"jobs.{role}"],
        cwd=ROOT,
        env=environment(**settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


@pytest.mark.parametrize("role", ROLES)
def test_a_missing_setting_is_one_sentence(role: str) -> None:
    with started(role) as child:
        out, err = child.communicate(timeout=30)
    assert child.returncode == 2
    assert err.decode() == f"{role}: DATABASE_URL is not set. Set it, or start with `omnisales up`.\n"
    assert b"Traceback" not in out


@pytest.mark.parametrize("name", ["OMNISALES_WORKER_THREADS", "OMNISALES_SWEEP_SECONDS", "OMNISALES_POOL_SIZE"])
def test_a_setting_that_is_no_number_is_one_sentence(name: str) -> None:
    with started("worker", **{name: "many"}) as child:
        _, err = child.communicate(timeout=30)
    assert child.returncode == 2
    assert err.decode().startswith(f"worker: {name} is 'many': set a ")
    assert err.count(b"\n") == 1


async def test_the_three_together_do_what_is_due_and_end_when_told(database: Database, valkey: Valkey) -> None:
    """From nothing: the scheduler makes the house's schedules, the relay sends, the worker folds the counts."""
    async with database.begin() as session:
        order = await make_order(session)
    settings = {"DATABASE_URL": database.url, "REDIS_URL": valkey.url, "OMNISALES_SECRET_KEY": "a secret key"}

    async def folded() -> bool:
        async with database.begin() as session:
            count = await session.scalar(select(StatusCount.count).where(StatusCount.channel_id == order.channel_id))
            return count == 1

    with ExitStack() as stack:
        children = [stack.enter_context(started(role, **settings)) for role in ROLES]
        await eventually(folded, seconds=30)
        for child in children:
            child.send_signal(signal.SIGTERM)
        outputs = [await asyncio.to_thread(child.communicate, timeout=30) for child in children]
    assert [child.returncode for child in children] == [0, 0, 0]
    assert order.status is Status.DRAFT
    async with database.begin() as session:
        kinds = select(func.count()).select_from(Schedule).where(Schedule.subject_id.is_(None))
        assert await session.scalar(kinds) == len(HOUSE)
    for role, (out, err) in zip(ROLES, outputs, strict=True):
        assert err == b""
        lines = [json.loads(line) for line in out.splitlines()]
        assert {line["process"] for line in lines} == {role}
        assert {line["event"] for line in lines} >= {f"{role}_started", f"{role}_ended"}
