"""Runs the benchmarks and prints their table.

Floor and product are measured in interleaved rounds of one run on one machine; read the ratios, not the figures.
"""

import argparse
import asyncio
import base64
import hashlib
import hmac
import json
import statistics
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import uvloop
from rich.console import Console
from rich.table import Table

from api.cli.up.postgres import EmbeddedPostgres
from bench import data, desk, load, pgbench, queries, servers
from bench.embedded import valkey
from bench.webhooks import channel_for_webhooks, recorded_order

console = Console()
PARTS = ("reads", "webhook", "place", "confirm", "scarce", "import", "queue", "screens", "search")
"""The queue, screens and search come last: with new orders in front."""
JSON = {"Content-Type": "application/json", "Authorization": f"Bearer {servers.ADMIN_KEY}"}


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    options.add_argument("--orders", type=int, default=200_000, help="orders in the database")
    options.add_argument("--rounds", type=int, default=5, help="interleaved rounds")
    options.add_argument("--imports", type=int, default=1_000, help="webhooks in the import benchmark")
    options.add_argument("--home", type=Path, default=Path(".omnisales-bench"), help="kept, so that data are made once")
    options.add_argument("--only", nargs="*", help=", ".join(PARTS))
    uvloop.run(Bench(options.parse_args()).run())


class Bench:
    """One run: its servers, its rounds, its table."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.table = Table("what", "floor", "ours", "ratio", "target", title="OmniSales against its floors (medians)")

    async def run(self) -> None:
        options = self.options
        options.home.mkdir(exist_ok=True)
        server = EmbeddedPostgres(options.home.resolve(), {"shared_buffers": "512MB"})
        server.start()
        try:
            server.create_database("desk")
            server.create_database("desk_small")
            server.create_database("desk_tenth")
            self.url = server.url("desk")
            console.print(f"filling {options.orders:,} orders (kept in {options.home})")
            await data.fill(self.url, options.orders)
            self.small_url, self.tenth_url = server.url("desk_small"), server.url("desk_tenth")
            await data.fill(self.small_url, 2_000)
            await data.fill(self.tenth_url, options.orders // 10)
            with valkey(options.home) as redis_url:
                self.env = {
                    "DATABASE_URL": self.url,
                    "REDIS_URL": redis_url,
                    "OMNISALES_ADMIN_KEY": servers.ADMIN_KEY,
                    "OMNISALES_SECRET_KEY": servers.SECRET_KEY,
                    "OMNISALES_LOG_LEVEL": "WARNING",
                    "OMNISALES_HOME": str(options.home.resolve()),
                }
                self.log = options.home / "servers.log"
                await self._all()
        finally:
            server.stop()
        console.print(self.table)

    async def _all(self) -> None:
        for name in PARTS:
            if not self.options.only or name in self.options.only:
                console.print(f"[bold]{name}[/bold]")
                await getattr(self, f"_{name}")()

    async def _reads(self) -> None:
        one = str(await self._value("select id from orders order by created_at desc offset 100 limit 1"))
        cases: list[tuple[str, str, bytes, int, float]] = [
            ("list of 50 orders × 12 fields", "/orders", queries.body(queries.LIST), 200, 12),
            ("… with 3 lines × 6 and customer", "/orders-deep", queries.body(queries.DEEP), 120, 12),
            ("one order", f"/orders/{one}", queries.body(queries.ONE, {"id": one}), 4000, 6),
        ]
        with servers.floor(self.env, self.log) as floor, servers.ours(self.env, self.log) as ours:
            for title, path, body, requests, target in cases:
                plain, request = load.get(path), load.post("/graphql", body, JSON)
                floors: list[load.Load] = []
                product: list[load.Load] = []
                for number in range(self.options.rounds + 1):
                    below = await load.run(floor.port, same(plain), requests=requests, clients=8, pids=[floor.pid])
                    above = await load.run(ours.port, same(request), requests=requests, clients=8, pids=[ours.pid])
                    if number:  # the first round warms caches
                        floors.append(below)
                        product.append(above)
                a, b = (statistics.median(one.cpu_ms for one in side) for side in (floors, product))
                rates = [statistics.median(one.rate for one in side) for side in (floors, product)]
                p99 = [statistics.median(one.percentile(0.99) for one in side) for side in (floors, product)]
                self._row(f"{title}: CPU ms", f"{a:.2f}", f"{b:.2f}", b / a, f"≤ {target:g}×", b / a <= target)
                self._show(f"{title}: requests/s", f"{rates[0]:.0f}", f"{rates[1]:.0f}")
                self._show(f"{title}: p99 ms", f"{p99[0]:.0f}", f"{p99[1]:.0f}")

    async def _queue(self) -> None:
        request = load.post("/graphql", queries.body(queries.QUEUE), JSON)
        with (
            servers.ours(self.env, self.log) as large,
            servers.ours({**self.env, "DATABASE_URL": self.small_url}, self.log) as small,
        ):
            figures: dict[int, list[float]] = {small.port: [], large.port: []}
            for number in range(self.options.rounds + 1):
                for server in (small, large):
                    one = await load.run(server.port, same(request), requests=150, clients=1, pids=[server.pid])
                    if number:
                        figures[server.port].append(one.percentile(0.5))
        a, b = (statistics.median(figures[server.port]) for server in (small, large))
        title = f"first page of the queue, p50 ms: 2,000 and {self.options.orders:,} orders"
        self._row(title, f"{a:.2f}", f"{b:.2f}", b / a, "≈ 1×", b / a <= 1.25)

    async def _screens(self) -> None:
        await self._pages(desk.screens, 1.5)

    async def _search(self) -> None:
        await self._pages(desk.searches, None)

    async def _pages(self, cases: Callable[[Any], Iterable[desk.Case]], most: float | None) -> None:
        """Times of full first pages at a tenth of the orders and at all; the second may take `most` times longer."""
        told = f"p50 ms: {self.options.orders // 10:,} and {self.options.orders:,} orders"
        asked = []
        for url in (self.tenth_url, self.url):
            async with connected(url) as connection:
                asked.append(list(cases(await desk.known(connection))))
        with (
            servers.ours({**self.env, "DATABASE_URL": self.tenth_url}, self.log) as small,
            servers.ours(self.env, self.log) as large,
        ):
            for few, many in zip(*asked, strict=True):
                times: tuple[list[float], list[float]] = ([], [])
                for number in range(self.options.rounds + 1):
                    for place, (server, case) in enumerate(((small, few), (large, many))):
                        one = await load.run(server.port, same(case.request), requests=40, clients=1, pids=[server.pid])
                        if number:
                            times[place].append(one.percentile(0.5))
                a, b = (statistics.median(one) for one in times)
                target = f"≤ {most:g}×" if most else ""
                self._row(f"{many.title}, {told}", f"{a:.2f}", f"{b:.2f}", b / a, target, not most or b / a <= most)

    async def _scarce(self) -> None:
        """Eight clients confirm orders of ten products of which there is half of what they want, against orders of a
        thousand products of which there is plenty."""
        plenty, scarce, p99 = [], [], []
        reserved = over = 0
        with servers.ours(self.env, self.log) as ours:
            for number in range(self.options.rounds + 1):
                async with connected(self.url) as connection:
                    skus = await desk.stock_up(connection, f"SCARCE-{int(time.time())}-{number}")
                wide = await self._confirmed(ours, [f"SKU-{1 + n}" for n in range(data.VARIANTS)])
                narrow = await self._confirmed(ours, skus)
                if number:
                    plenty.append(wide.rate)
                    scarce.append(narrow.rate)
                    p99.append(narrow.percentile(0.99))
                    async with connected(self.url) as connection:
                        held, more = await desk.oversold(connection, skus)
                    reserved, over = reserved + held, over + more
        a, b = statistics.median(plenty), statistics.median(scarce)
        self._row(
            "orders of scarce goods confirmed, per second; floor: of plenty", f"{a:.0f}", f"{b:.0f}", b / a, "", True
        )
        self._show("… p99 ms", "", f"{statistics.median(p99):.0f}")
        there = desk.SCARCE * desk.PIECES * self.options.rounds
        self._row(
            "… pieces there, reserved; oversold", str(there), f"{reserved}; {over}", reserved / there, "0", over == 0
        )

    async def _confirmed(self, ours: servers.Server, skus: Sequence[str]) -> load.Load:
        """Orders with two lines, entered and then confirmed by eight clients at once."""
        count = desk.SCARCE * desk.PIECES

        def create(number: int) -> bytes:
            lines = [{"sku": skus[(number * 7 + k * 3) % len(skus)], "quantity": "1"} for k in range(2)]
            order = {"channel": "manual", "customer": {"name": "Bench", "email": "c1@example.com"}, "lines": lines}
            return load.post("/graphql", queries.body(queries.CREATE, {"input": order}), JSON)

        await load.run(ours.port, create, requests=count, clients=8, pids=[ours.pid], expect=b'"Order"')
        rows = await self._rows(f"select id from orders where status = 0 order by created_at desc limit {count}")
        entered = [str(row["id"]) for row in rows]

        def confirm(number: int) -> bytes:
            return load.post("/graphql", queries.body(queries.CONFIRM, {"input": {"id": entered[number]}}), JSON)

        return await load.run(ours.port, confirm, requests=len(entered), clients=8, pids=[ours.pid], expect=b'"Order"')

    async def _webhook(self) -> None:
        with servers.ours(self.env, self.log) as ours:
            channel = await channel_for_webhooks(ours.port, "bench-webhooks")
            make, below = self._webhooks(channel), pgbench.webhook(recorded_order(0))
            rates, floors = [], []
            for number in range(self.options.rounds):
                floors.append(pgbench.rate(self.url, below, clients=8, seconds=3))
                one = await load.run(
                    ours.port,
                    partial(lambda base, n: make(base + n), number * 3000),
                    requests=3000,
                    clients=16,
                    pids=[ours.pid],
                    expect=b"",
                )
                rates.append(one.rate)
        a, b = statistics.median(floors), statistics.median(rates)
        self._row("webhook stored, per second", f"{a:.0f}", f"{b:.0f}", b / a, "≥ 0.5×", b / a >= 0.5)

    def _webhooks(self, channel: Any) -> Callable[[int], bytes]:
        def make(number: int) -> bytes:
            body = recorded_order(number)
            signature = base64.b64encode(hmac.digest(channel.secret.encode(), body, hashlib.sha256)).decode()
            headers = {
                "Content-Type": "application/json",
                "X-WC-Webhook-Topic": "order.created",
                "X-WC-Webhook-Signature": signature,
            }
            return load.post(f"/webhooks/{channel.slug}", body, headers)

        return make

    async def _place(self) -> None:
        def make(number: int) -> bytes:
            lines = [{"sku": f"SKU-{1 + (number * 3 + k) % data.VARIANTS}", "quantity": "1"} for k in range(3)]
            order = {"channel": "manual", "customer": {"name": "Bench", "email": "c1@example.com"}, "lines": lines}
            return load.post("/graphql", queries.body(queries.CREATE, {"input": order}), JSON)

        await self._writes("order with 3 lines placed, per second", pgbench.ORDER, make, 400, b'"Order"', 200)

    async def _confirm(self) -> None:
        needed = (self.options.rounds + 1) * 300
        with servers.ours(self.env, self.log) as ours:

            def create(number: int) -> bytes:
                lines = [{"sku": f"SKU-{1 + (number * 3 + k) % data.VARIANTS}", "quantity": "1"} for k in range(3)]
                order = {"channel": "manual", "customer": {"name": "Bench", "email": "c1@example.com"}, "lines": lines}
                return load.post("/graphql", queries.body(queries.CREATE, {"input": order}), JSON)

            await load.run(ours.port, create, requests=needed, clients=8, pids=[ours.pid], expect=b'"Order"')
        rows = await self._rows(f"select id from orders where status = 0 order by created_at desc limit {needed}")
        ids = iter([str(row["id"]) for row in rows])

        def make(number: int) -> bytes:
            return load.post("/graphql", queries.body(queries.CONFIRM, {"input": {"id": next(ids)}}), JSON)

        await self._writes("order with 3 lines confirmed, per second", pgbench.CONFIRM, make, 300, b'"CONFIRMED"', 0)

    async def _writes(
        self, title: str, script: str, make: Callable[[int], bytes], requests: int, expect: bytes, enough: float
    ) -> None:
        rates, floors = [], []
        with servers.ours(self.env, self.log) as ours:
            for number in range(self.options.rounds + 1):
                below = pgbench.rate(self.url, script, clients=8, seconds=3)
                one = await load.run(ours.port, make, requests=requests, clients=8, pids=[ours.pid], expect=expect)
                if number:
                    floors.append(below)
                    rates.append(one.rate)
        a, b = statistics.median(floors), statistics.median(rates)
        target = f"≥ {enough:.0f}/s or 0.33×" if enough else "≥ 0.33×"
        self._row(title, f"{a:.0f}", f"{b:.0f}", b / a, target, b / a >= 1 / 3 or (enough > 0 and b >= enough))

    async def _import(self) -> None:
        # What the other benchmarks left to be done is not part of this one.
        await self._rows("truncate outbox")
        rates, floors, stored = [], [], []
        with servers.ours(self.env, self.log) as ours:
            channel = await channel_for_webhooks(ours.port, f"bench-import-{int(time.time())}")
            make = self._webhooks(channel)
            with (
                servers.process(["-m", "jobs.relay"], self.env, log=self.log),
                servers.process(["-m", "jobs.worker"], self.env, log=self.log),
            ):
                sent = 0
                for number in range(self.options.rounds + 1):
                    # The first round waits for the processes to start, and warms them.
                    count = self.options.imports if number else 50
                    below = pgbench.rate(self.url, pgbench.ORDER, clients=8, seconds=3) if number else 0.0
                    begun = time.perf_counter()
                    one = await load.run(
                        ours.port,
                        partial(lambda base, n: make(base + n), 10_000_000 + sent),
                        requests=count,
                        clients=8,
                        pids=[ours.pid],
                        expect=b"",
                    )
                    sent += count
                    await self._imported(channel.slug, sent)
                    if number:
                        floors.append(below)
                        rates.append(count / (time.perf_counter() - begun))
                        stored.append(one.seconds)
        a, b = statistics.median(floors), statistics.median(rates)
        title = (
            f"{self.options.imports:,} webhooks to orders, end to end, per second "
            f"(stored after {statistics.median(stored):.1f} s)"
        )
        self._row(title, f"{a:.0f}", f"{b:.0f}", b / a, "", True)

    async def _imported(self, slug: str, count: int) -> None:
        """Waits until so many of a channel's items are imported."""
        until = time.monotonic() + 300
        while True:
            states = await self._rows(
                "select state, count(*) n from inbox i join channels c on c.id = i.channel_id "
                f"where c.slug = '{slug}' group by 1"
            )
            found = {row["state"]: row["n"] for row in states}
            if found.get("imported") == count:
                return
            if time.monotonic() > until or found.keys() - {"received", "imported"}:
                raise RuntimeError(f"the import stopped: {json.dumps(found)}")
            await asyncio.sleep(0.05)

    async def _rows(self, query: str) -> list[asyncpg.Record]:
        async with connected(self.url) as connection:
            return list(await connection.fetch(query))

    async def _value(self, query: str) -> Any:
        return (await self._rows(query))[0][0]

    def _row(self, title: str, floor: str, ours: str, ratio: float, target: str, met: bool) -> None:
        mark = "" if not target else " ✓" if met else " ✗"
        self._show(title, floor, ours, f"{ratio:.2f}", target + mark)

    def _show(self, title: str, floor: str, ours: str, ratio: str = "", target: str = "") -> None:
        self.table.add_row(title, floor, ours, ratio, target)
        console.print(f"  {title}: {floor} → {ours} {ratio} {target}", highlight=False)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a database of the benchmark."""
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))
    try:
        yield connection
    finally:
        await connection.close()


def same(request: bytes) -> Callable[[int], bytes]:
    """The same request over and over."""
    return lambda _: request


if __name__ == "__main__":
    main()
