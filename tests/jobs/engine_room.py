"""Stand-ins for the engine room's tests: consumers whose effect is a row in a table, and the room running in-process.

`python -m tests.jobs.engine_room worker|relay` runs a real process with these consumers, for tests that kill it.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from importlib.metadata import EntryPoint
from pathlib import Path

from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.clock import utc_now
from domain.kernel.database import Database
from domain.kernel.outbox import OutboxRow
from domain.kernel.settings import Settings
from jobs import relay, worker
from jobs.broker import connect
from jobs.environment import number
from jobs.frame import carry_out
from jobs.process import run_process
from jobs.queues import BULK, PUSH, REACT
from jobs.relay import Relay
from jobs.runtime import Runtime, start_runtime
from jobs.signals import LeaveAlone, NotNow
from jobs.work import Consumer, Work, finishing, finishing_all
from omnisales_sdk import NeedsHuman, TryLater
from plugins.host import load_connectors

ROOT = Path(__file__).parent.parent.parent
SECRET = "a secret of the tests"
TABLE = "create table if not exists effects (id bigserial primary key, work bigint, consumer text, note text)"


async def add_effect(session: AsyncSession, work: Work, note: str = "") -> None:
    await session.execute(
        text("insert into effects (work, consumer, note) values (:work, :consumer, :note)"),
        {"work": work.id, "consumer": work.consumer, "note": note or str(work.payload.get("note", ""))},
    )


def do(runtime: Runtime, work: Work) -> None:
    """Waits as long as the payload says, then leaves its effect."""
    time.sleep(float(work.payload.get("seconds", 0)))
    runtime.run(_finish(runtime, work))


async def _finish(runtime: Runtime, work: Work) -> None:
    async with finishing(runtime, work) as session:
        await add_effect(session, work)


def fail(runtime: Runtime, work: Work) -> None:
    raise RuntimeError("as told")


def fail_late(runtime: Runtime, work: Work) -> None:
    runtime.run(_finish_and_fail(runtime, work))


async def _finish_and_fail(runtime: Runtime, work: Work) -> None:
    async with finishing(runtime, work) as session:
        await add_effect(session, work)
        raise RuntimeError("within the transaction")


def later(runtime: Runtime, work: Work) -> None:
    raise TryLater("busy", after=timedelta(seconds=90))


def person(runtime: Runtime, work: Work) -> None:
    raise NeedsHuman("credentials:refused", "the store refuses the key", remedy="enter a new one")


def leave(runtime: Runtime, work: Work) -> None:
    raise LeaveAlone


def leave_until(runtime: Runtime, work: Work) -> None:
    raise LeaveAlone(utc_now() + timedelta(seconds=40))


def not_now(runtime: Runtime, work: Work) -> None:
    raise NotNow("not our turn", after=timedelta(seconds=7))


def lose_database(runtime: Runtime, work: Work) -> None:
    """The server ends the connection in the middle of the transaction."""
    runtime.run(_finish_and_ask(runtime, work, "select pg_terminate_backend(pg_backend_pid())"))


def ask_nonsense(runtime: Runtime, work: Work) -> None:
    """A statement that the database refuses."""
    runtime.run(_finish_and_ask(runtime, work, "select 1 / 0"))


async def _finish_and_ask(runtime: Runtime, work: Work, question: str) -> None:
    async with finishing(runtime, work) as session:
        await session.execute(text(question))


def find_no_database(runtime: Runtime, work: Work) -> None:
    """Nobody listens where the database should be."""
    runtime.run(_look_elsewhere())


async def _look_elsewhere() -> None:
    nowhere = Database("postgresql+asyncpg://nobody@127.0.0.1:1/none")
    try:
        async with nowhere.begin() as session:
            await session.execute(text("select 1"))
    finally:
        await nowhere.close()


def find_no_store(runtime: Runtime, work: Work) -> None:
    raise TryLater("the store does not answer") from ConnectionRefusedError("refused")


def forget(runtime: Runtime, work: Work) -> None:
    """A handler with a fault: it returns without having ended its work."""


def do_together(runtime: Runtime, works: list[Work]) -> None:
    runtime.run(_finish_together(runtime, works))


async def _finish_together(runtime: Runtime, works: list[Work]) -> None:
    async with finishing_all(runtime, works) as (session, left):
        for work in left:
            if work.payload.get("bad"):
                raise RuntimeError("a bad one")
            await add_effect(session, work, note=f"of {len(works)}")


def do_alone(runtime: Runtime, work: Work) -> None:
    if work.payload.get("bad"):
        raise RuntimeError("a bad one")
    do(runtime, work)


async def told(runtime: Runtime, session: AsyncSession, work: Work, error: Exception) -> None:
    await add_effect(session, work, note=f"told: {error}")


async def told_badly(runtime: Runtime, session: AsyncSession, work: Work, error: Exception) -> None:
    raise RuntimeError("cannot tell")


CONSUMERS: Mapping[str, Consumer] = {
    "do": Consumer(queue=PUSH, handle=do),
    "do_bulk": Consumer(queue=BULK, handle=do),
    "together": Consumer(queue=REACT, handle=do_alone, together=do_together, batch=10),
    "fail": Consumer(queue=PUSH, handle=fail, attempts=3),
    "fail_late": Consumer(queue=PUSH, handle=fail_late, attempts=3),
    "fail_told": Consumer(queue=PUSH, handle=fail, attempts=1, gave_up=told),
    "fail_badly": Consumer(queue=PUSH, handle=fail, attempts=1, gave_up=told_badly),
    "later": Consumer(queue=PUSH, handle=later, attempts=3),
    "person": Consumer(queue=PUSH, handle=person, gave_up=told),
    "leave": Consumer(queue=PUSH, handle=leave),
    "leave_until": Consumer(queue=PUSH, handle=leave_until),
    "not_now": Consumer(queue=PUSH, handle=not_now, attempts=1),
    "lose_database": Consumer(queue=PUSH, handle=lose_database, attempts=1),
    "find_no_database": Consumer(queue=PUSH, handle=find_no_database, attempts=1),
    "ask_nonsense": Consumer(queue=PUSH, handle=ask_nonsense, attempts=3),
    "find_no_store": Consumer(queue=PUSH, handle=find_no_store, attempts=3),
    "forget": Consumer(queue=PUSH, handle=forget, attempts=3),
}


def runtime_for(database: Database, redis_url: str, entry_points: Iterable[EntryPoint] = ()) -> Runtime:
    settings = Settings(database_url=database.url, redis_url=redis_url, secret_key=SECRET)
    return start_runtime(settings, load_connectors(entry_points=entry_points, environ={}))


@asynccontextmanager
async def running(
    runtime: Runtime,
    consumers: Mapping[str, Consumer] = CONSUMERS,
    *,
    sweep_after: float = 30,
    threads: int = 8,
    works: bool = True,
) -> AsyncIterator[Relay]:
    """A relay and (if it `works`) workers in this process, for as long as the block lasts."""
    database = Database(runtime.database.url, pool_size=2)
    client = connect(runtime.settings.need("redis_url"))
    one = Relay(database=database, client=client, consumers=consumers, sweep_after=timedelta(seconds=sweep_after))
    stop = asyncio.Event()
    workers = worker.start_workers(runtime, consumers, threads) if works else []
    relaying = asyncio.create_task(relay.run(one, stop))
    try:
        yield one
    finally:
        stop.set()
        await relaying
        await worker.stop_workers(workers)
        client.close()
        await database.close()


async def work_it(runtime: Runtime, consumer: str, *, empty: bool = False) -> None:
    """One round of the house's workers on this consumer's rows, as if all pauses were over. Work that was asked for is
    there, unless `empty` says that none may be.
    """
    from jobs.consumers import CONSUMERS as OF_THE_HOUSE

    async with runtime.database.begin() as session:
        rows = await session.execute(
            update(OutboxRow)
            .where(OutboxRow.consumer == consumer)
            .values(sent_at=OutboxRow.created_at)
            .returning(OutboxRow.id)
        )
        ids = sorted(rows.scalars())
    assert ids or empty, f"nothing to do for {consumer}"
    await asyncio.to_thread(carry_out, runtime, OF_THE_HOUSE, consumer, ids)


async def eventually(question: Callable[[], Awaitable[bool]], *, seconds: float = 10) -> None:
    """Waits until the answer is yes. `seconds` are those of a quiet machine; a busy one gets more and fails nothing."""
    deadline = time.monotonic() + seconds * 5
    while not await question():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {question}")
        await asyncio.sleep(0.02)


@contextmanager
def process(role: str, runtime: Runtime, **env: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A real process of one of the roles below."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.jobs.engine_room", role],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": f"{ROOT}:{ROOT / 'plugins'}",
            "DATABASE_URL": runtime.database.url,
            "REDIS_URL": runtime.settings.need("redis_url"),
            "OMNISALES_SECRET_KEY": SECRET,
            "OMNISALES_LEASE_MARGIN_SECONDS": "0.5",
            **env,
        },
        stdout=subprocess.DEVNULL,
    )
    try:
        yield child
    finally:
        child.kill()
        child.wait()


async def _worker(settings: Settings, stop: asyncio.Event) -> None:
    runtime = start_runtime(settings, load_connectors(entry_points=[], environ={}))
    await worker.work(runtime, CONSUMERS, 8, stop)
    await runtime.close()


async def _relay(settings: Settings, stop: asyncio.Event) -> None:
    database = Database(settings.need("database_url"), pool_size=2)
    client = connect(settings.need("redis_url"))
    sweep_after = timedelta(seconds=number("OMNISALES_SWEEP_SECONDS"))
    await relay.run(Relay(database=database, client=client, consumers=CONSUMERS, sweep_after=sweep_after), stop)
    client.close()
    await database.close()


if __name__ == "__main__":
    run_process(sys.argv[1], {"worker": _worker, "relay": _relay}[sys.argv[1]])
