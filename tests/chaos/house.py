"""A house: servers and our own processes, any number of each, set up through the public doors."""

import os
import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.innoship.sandbox import API_KEY, LOCATION
from tests.chaos import quick
from tests.chaos.api import Api
from tests.chaos.books import Books
from tests.chaos.processes import Process, environment
from tests.chaos.shop import Shop
from tests.chaos.waiting import until, until_empty
from tests.jobs.couriers import Courier
from tests.support.valkey import running_valkey

ADMIN_KEY = "the key of the chaos tests, forty characters"
TIMES = {
    "OMNISALES_CONNECTORS": quick.NAMES,
    "OMNISALES_LEASE_MARGIN_SECONDS": "0.5",
    "OMNISALES_SWEEP_SECONDS": "0.6",
    "OMNISALES_WORKER_THREADS": "8",
}
"""Leases and sweeps of a test's patience; connectors with limits to match."""

PRODUCTS = ("CANA-300", "TRIC-RO", "TRIC-AL", "CARTE-01")


@dataclass
class House:
    """What runs. `env` is the environment of all our processes."""

    folder: Path
    env: dict[str, str]
    api_port: int
    api: Api
    books: Books
    _serial: int = field(default=0, init=False)

    def process(self, name: str, *argv: str, **env: str) -> Process:
        return Process(name, list(argv), self.env | env, self.folder)

    def worker(self, name: str = "worker", **env: str) -> Process:
        return self.process(name, "-m", "jobs.worker", **env)

    def relay(self, name: str = "relay", **env: str) -> Process:
        return self.process(name, "-m", "jobs.relay", **env)

    @asynccontextmanager
    async def another_api(self, name: str, **env: str) -> AsyncIterator[tuple[Process, Api]]:
        """One more API process, at a port of its own."""
        port = free_port()
        api = Api(f"http://127.0.0.1:{port}", self.api.key)
        with self.process(name, "-m", "api.cli", "serve", "--port", str(port), **env) as process:
            await ready(api, process)
            yield process, api
        await api.close()

    async def settled(self, seconds: float = 30, *, scheduled: bool = True) -> None:
        """Waits until nothing is under way; without `scheduled`, nothing but what the scheduler asks for."""
        await until_empty(lambda: self.books.open(scheduled=scheduled), what="work is done", seconds=seconds)

    async def channel(self, shop: Shop | None = None, *, stock: int = 100_000, **more: Any) -> str:
        """A channel of the shop (None: one of the house's own) and what its orders need; its slug."""
        self._serial += 1
        slug = f"channel-{self._serial}"
        for sku in PRODUCTS:
            price = {"amount": "33.06", "currency": "RON"}
            await self.api.do("UpsertProduct", input={"sku": sku, "name": sku, "price": price, "vatRate": "21"})
        if stock:
            lines = [{"sku": sku, "quantity": str(stock)} for sku in PRODUCTS]
            await self.api.do("ReceiveStock", input={"lines": lines})
        made = {} if shop is None else shop.channel
        await self.api.do("CreateChannel", input={"slug": slug, "title": slug, **made, **more})
        return slug

    async def polled(self, channel: str) -> None:
        """Waits until the scheduler's first poll of a new channel is over."""

        async def done() -> bool:
            return bool(
                await self.books.value(
                    "select count(*) from sync_cursors join channels on channel_id = channels.id"
                    " where slug = :slug and last_success_at is not null",
                    slug=channel,
                )
            )

        await until(done, what=f"{channel} is polled")
        await self.settled(scheduled=False)

    async def courier_account(self, courier: Courier, **more: Any) -> str:
        """An account at the courier; its slug."""
        self._serial += 1
        slug = f"courier-{self._serial}"
        settings = {"api_url": courier.url, "query_url": courier.url, "external_client_location": LOCATION}
        account = {"slug": slug, "title": slug, "connector": "innoship", "settings": settings}
        await self.api.do("CreateCourierAccount", input={**account, "credentials": {"api_key": API_KEY}, **more})
        return slug

    def door(self, slug: str) -> str:
        """The address of a channel's webhooks."""
        return f"{self.api.url}/webhooks/{slug}"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


async def ready(api: Api, process: Process, seconds: float = 30) -> None:
    """Waits until an API can serve."""

    async def answers() -> bool:
        assert process.runs, f"{process.name} ended at once:\n{process.last_words()}"
        return await api.health() == 200

    await until(answers, what=f"{process.name} is ready", seconds=seconds)


def house_env(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a house's processes, all but the addresses of its servers."""
    env = environment(OMNISALES_ADMIN_KEY=ADMIN_KEY, OMNISALES_SECRET_KEY="a secret of the tests", **TIMES, **more)
    return env | {"PYTHONPATH": os.pathsep.join([env["PYTHONPATH"], str(quick.install(folder))])}


@asynccontextmanager
async def running_house(folder: Path, database_url: str) -> AsyncIterator[House]:
    """A house on a database that is there, with one API and one relay that nobody kills, and no worker."""
    with ExitStack() as down:
        valkey = down.enter_context(running_valkey())
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        env = house_env(folder, DATABASE_URL=database_url, REDIS_URL=valkey.url)
        house = House(folder, env, port, Api(url, ADMIN_KEY), Books(database_url))
        api = down.enter_context(house.process("api", "-m", "api.cli", "serve", "--port", str(port)))
        down.enter_context(house.relay())
        await ready(house.api, api)
        try:
            yield house
        finally:
            await house.api.close()
            await house.books.close()
