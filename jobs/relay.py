"""The outbox relay (`python -m jobs.relay`): hands due rows to workers. Any number may run.

It sends before it commits the stamp, so that a row is sent at least once; the worker finds out whether there is still
something to do. It is woken after commits, and looks every second as well.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import redis
import structlog

from domain.kernel.database import Database
from domain.kernel.listener import listen
from domain.kernel.settings import Settings

from .broker import Broker, connect, send, waiting
from .consumers import CONSUMERS
from .environment import number
from .frame import DATABASE_AWAY
from .picking import LIMIT, Picked, due, forgotten, stamp
from .process import pause, run_process
from .runtime import PATIENCE
from .work import Consumer

log = structlog.get_logger(__name__)

POLL_SECONDS = 1.0
BACKLOG = 100
"""With more messages waiting in its queue, a row that is still there is most likely just not reached yet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Relay:
    """`sweep_after` is how long a row may be out before it is sent again."""

    database: Database
    client: redis.Redis
    consumers: Mapping[str, Consumer]
    sweep_after: timedelta

    async def send_due(self) -> int:
        """Sends what is due; returns how many rows."""
        async with self.database.begin() as session:
            picked = await due(session, list(self.consumers))
            await self._send(picked)
            await stamp(session, picked)
        return len(picked)

    async def sweep(self) -> int:
        """Sends again what was sent long ago and is still there; returns how many rows."""
        queues = {consumer.queue for consumer in self.consumers.values()}
        clear = await asyncio.to_thread(lambda: {name for name in queues if waiting(self.client, name) <= BACKLOG})
        names = [name for name, consumer in self.consumers.items() if consumer.queue in clear]
        async with self.database.begin() as session:
            picked = await forgotten(session, names, self.sweep_after)
            await self._send(picked)
            await stamp(session, picked)
        if picked:
            log.warning("sent_again", rows=len(picked))
        return len(picked)

    async def _send(self, picked: Sequence[Picked]) -> None:
        if picked:
            await asyncio.to_thread(self._send_now, picked)

    def _send_now(self, picked: Sequence[Picked]) -> None:
        broker = Broker(self.client)
        for name, ids in messages(picked, self.consumers):
            send(broker, self.consumers[name].queue, name, ids)


def messages(picked: Sequence[Picked], consumers: Mapping[str, Consumer]) -> Iterator[tuple[str, list[int]]]:
    """The rows by consumer, in their order, as many together as the consumer takes in one go."""
    ids: dict[str, list[int]] = {}
    for row in picked:
        ids.setdefault(row.consumer, []).append(row.id)
    for name, rows in ids.items():
        size = consumers[name].batch
        yield from ((name, rows[start : start + size]) for start in range(0, len(rows), size))


async def run(relay: Relay, stop: asyncio.Event) -> None:
    """Relays until told to stop. The database or Redis being away is waited for."""
    woken = asyncio.Event()
    listening = asyncio.create_task(listen(relay.database.url, woken))
    sweeping = asyncio.create_task(_sweep(relay, stop))
    stopping = asyncio.create_task(_wake_at(stop, woken))
    away = 0.0
    while not stop.is_set():
        woken.clear()
        try:
            more = await relay.send_due() >= LIMIT
            away = 0.0
        except (redis.RedisError, *DATABASE_AWAY) as error:
            more, away = False, min(5.0, away * 2 or 0.25)
            log.warning("cannot_relay", error=type(error).__name__, again_in=away)
            await pause(stop, away)
        if not more:
            await pause(woken, POLL_SECONDS)
    for task in (listening, sweeping, stopping):
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _wake_at(stop: asyncio.Event, woken: asyncio.Event) -> None:
    await stop.wait()
    woken.set()


async def _sweep(relay: Relay, stop: asyncio.Event) -> None:
    every = max(0.2, relay.sweep_after.total_seconds() / 6)
    while not await pause(stop, every):
        try:
            while await relay.sweep() >= LIMIT:
                pass
        except (redis.RedisError, *DATABASE_AWAY) as error:
            log.warning("cannot_sweep", error=type(error).__name__)


async def main(settings: Settings, stop: asyncio.Event) -> None:
    database = Database(settings.need("database_url"), pool_size=2, patience=PATIENCE)
    client = connect(settings.need("redis_url"))
    log.info("relay_started")
    try:
        sweep_after = timedelta(seconds=number("OMNISALES_SWEEP_SECONDS"))
        await run(Relay(database=database, client=client, consumers=CONSUMERS, sweep_after=sweep_after), stop)
    finally:
        client.close()
        await database.close()
    log.info("relay_ended")


if __name__ == "__main__":
    run_process("relay", main)
