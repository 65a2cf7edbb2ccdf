"""The worker (`python -m jobs.worker`): carries out what the relay hands it, on Dramatiq's threads. Any number may run.

The process's event loop runs on the main thread; the domain's coroutines run there, connectors' hooks on the threads.
SIGTERM lets the work at hand be finished.
"""

import asyncio
import gc
from collections.abc import Mapping

import structlog

from .broker import ACTOR, Broker  # first: it sets what dramatiq reads when it is imported

import dramatiq  # isort: skip
from dramatiq.worker import Worker  # isort: skip

from domain.kernel.settings import Settings
from plugins.host import load_connectors

from .consumers import CONSUMERS
from .environment import number
from .frame import carry_out
from .process import run_process
from .queues import threads_of
from .runtime import Runtime, start_runtime
from .work import Consumer

log = structlog.get_logger(__name__)

LAST_WORK_MS = 60_000
"""How long the work at hand may take after SIGTERM."""


def start_workers(runtime: Runtime, consumers: Mapping[str, Consumer], threads: int) -> list[Worker]:
    """One Dramatiq worker per queue, each with its share of the threads, so that no queue takes another's."""

    def act(name: str, ids: list[int]) -> None:
        carry_out(runtime, consumers, name, ids)

    idle_ms = int(number("dramatiq_worker_timeout"))
    workers = []
    for queue in sorted({consumer.queue for consumer in consumers.values()}):
        broker = Broker(runtime.redis)
        dramatiq.Actor(act, broker=broker, actor_name=ACTOR, queue_name=queue, priority=0, options={})
        broker.declare_queue(queue)
        worker = Worker(broker, worker_timeout=idle_ms, worker_threads=threads_of(queue, threads))
        worker.start()
        workers.append(worker)
    return workers


async def stop_workers(workers: list[Worker]) -> None:
    """Lets each finish what it has begun, and gives back what it has not."""
    await asyncio.gather(*(asyncio.to_thread(worker.stop, LAST_WORK_MS) for worker in workers))


async def work(runtime: Runtime, consumers: Mapping[str, Consumer], threads: int, stop: asyncio.Event) -> None:
    """Works until told to stop."""
    workers = start_workers(runtime, consumers, threads)
    # What start-up made lives for ever; the collector need not look through it again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
    log.info("worker_started", threads=threads, owner=runtime.owner)
    await stop.wait()
    await stop_workers(workers)
    log.info("worker_ended")


async def main(settings: Settings, stop: asyncio.Event) -> None:
    host = load_connectors()
    for failure in host.failures():
        log.error("connector_not_loaded", name=failure.name, reason=failure.reason, traceback=failure.traceback)
    runtime = start_runtime(settings, host)
    try:
        await work(runtime, CONSUMERS, int(number("OMNISALES_WORKER_THREADS")), stop)
    finally:
        await runtime.close()


if __name__ == "__main__":
    run_process("worker", main)
