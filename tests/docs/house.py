"""A house for a guide to be played in: API at a real address, relay, worker, scheduler, a store and a courier."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx
from sqlalchemy import text

from api.app import create_app
from domain.kernel.database import Database
from domain.kernel.settings import Settings
from jobs import scheduler
from jobs.consumers import CONSUMERS
from jobs.runtime import Runtime, start_runtime
from omnisales_sdk.testing.sandbox import serve
from plugins.host import Host, load_connectors
from tests.connectors.woocommerce.support import Store, running_store
from tests.jobs.couriers import Courier, running_courier
from tests.jobs.engine_room import eventually, running
from tests.jobs.handlers.test_mail import Sink
from tests.jobs.handlers.test_mail import running as receiving
from tests.support.valkey import running_valkey

DESK = "https://desk.example"
KEY = "oms_the-key-of-the-guides"

_BUSY = text("""
    select exists (select from outbox where not_before <= now())
        or exists (select from inbox where state = 'received')
        or exists (select from schedules where enabled and next_run_at <= now())
""")


@dataclass(frozen=True)
class House:
    """What runs. Names that the guides leave to the reader are in `known`."""

    url: str
    database: Database
    http: httpx.AsyncClient
    store: Store
    courier: Courier
    redis_url: str
    mails: Sink

    async def is_ready(self) -> bool:
        return (await self.http.get("/health/ready")).status_code == 200

    async def at_rest(self) -> None:
        """Waits until nothing is due and nothing is being done."""
        await eventually(self._rests, seconds=30)

    async def _rests(self) -> bool:
        async with self.database.read() as connection:
            return not await connection.scalar(_BUSY)

    @property
    def known(self) -> dict[str, str]:
        """What stands for a reader's own values."""
        return {
            "<key>": KEY,
            "<consumer key>": "ck_sandbox",
            "<consumer secret>": "cs_sandbox",
            "<webhook secret>": "a-long-random-text-of-our-own",
            "<innoship key>": "sandbox-key",
            "<push secret>": "another-long-random-text",
        }

    @property
    def addresses(self) -> dict[str, str]:
        """The addresses in the guides, and where they lead here."""
        return {
            "https://shop.example": self.store.url,
            "https://api.innoship.com": self.courier.url,
            "https://query.innoship.com": self.courier.url,
            "https://oms.example": self.url,
            "http://127.0.0.1:8000": self.url,
        }


@asynccontextmanager
async def running_house(database: Database, *, mails: bool = False) -> AsyncIterator[House]:
    """Everything runs inside the block, in threads and tasks of this process. `mails`: it has a mail server."""
    with ExitStack() as down:
        valkey = down.enter_context(running_valkey())
        store, courier = down.enter_context(running_store()), down.enter_context(running_courier())
        sink = Sink()
        smtp = down.enter_context(receiving(sink)) if mails else None
        port = _free_port()
        settings = Settings(
            port=port,
            admin_key=KEY,
            secret_key="a secret of the tests",
            database_url=database.url,
            redis_url=valkey.url,
            public_url=f"http://127.0.0.1:{port}",
            desk_url=DESK,
            smtp=smtp,
            mail_from="The Shop <shop@shop.example>",
        )
        host = load_connectors()
        api = down.enter_context(serve(create_app(settings, host=host), port=port))
        async with (
            _runtime(settings, host) as runtime,
            _scheduler(runtime, host),
            running(runtime, CONSUMERS),
            httpx.AsyncClient(base_url=api.url, timeout=30) as http,
        ):
            house = House(api.url, database, http, store, courier, valkey.url, sink)
            await eventually(house.is_ready)
            await house.at_rest()
            yield house


@asynccontextmanager
async def _runtime(settings: Settings, host: Host) -> AsyncIterator[Runtime]:
    runtime = start_runtime(settings, host)
    try:
        yield runtime
    finally:
        await runtime.close()


@asynccontextmanager
async def _scheduler(runtime: Runtime, host: Host) -> AsyncIterator[None]:
    stop = asyncio.Event()
    scheduling = asyncio.create_task(scheduler.run(runtime.database, host, stop))
    try:
        yield
    finally:
        stop.set()
        await scheduling


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])
