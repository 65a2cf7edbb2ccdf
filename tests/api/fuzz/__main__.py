"""The long run: `python -m tests.api.fuzz [cases of each root field] [seed]`. Ends with 1 where something was found."""

import asyncio
import os
import random
import sys
import time
from collections.abc import Awaitable

import structlog

from api.graphql.mutations.shipping import awb_create
from domain.kernel.database import Database
from tests.api.conftest import Api, running
from tests.api.graphql.walk.callers import Callers
from tests.api.graphql.walk.documents import roots
from tests.support import databases

from .attack import NO_LIMITS, Report, fuzz_documents, fuzz_doors, fuzz_roots
from .documents import BOMBS, random_documents
from .doors import bad_addresses, bad_bodies, bad_files, bad_headers


async def main(cases: int, seed: int) -> int:
    name = f"fuzz_{os.getpid()}"
    database = Database(await databases.clone(name))
    awb_create.WAIT = 0.0  # no worker asks a courier here
    try:
        async with running(database, **NO_LIMITS) as api:
            await Callers(api).prepare()
            tried, faults = await long_run(api, cases, seed)
    finally:
        await database.close()
        await databases.admin(f"drop database if exists {name} with (force)")
    say(f"{tried} cases, {faults} faults, seed {seed}")
    return 1 if faults else 0


async def long_run(api: Api, cases: int, seed: int) -> tuple[int, int]:
    """How much was tried, and how much of it was answered with a fault."""
    total = Report()

    async def part(name: str, work: Awaitable[None], report: Report) -> None:
        began = time.monotonic()
        await work
        say(f"{name}: {report.cases} cases, {time.monotonic() - began:.1f} s", *report.faults[:5])
        total.cases += report.cases
        total.faults += report.faults

    for name, requests in (
        ("bodies", bad_bodies()),
        ("headers", bad_headers()),
        ("files", bad_files()),
        ("addresses", bad_addresses(random.Random(seed), cases * 20)),
    ):
        report = Report()
        await part(name, fuzz_doors(api, requests, report), report)
    documents = {f"random {n}": text for n, text in enumerate(random_documents(cases * 2, seed))}
    for name, texts in (("bombs", BOMBS), ("documents", documents)):
        report = Report()
        await part(name, fuzz_documents(api, texts, report), report)
    for root in roots("query", "mutation"):
        report = Report()
        await part(root.path, fuzz_roots(api, [root], seed, cases, report), report)
    return total.cases, len(total.faults)


def say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    given = sys.argv[1:]
    sys.exit(asyncio.run(main(int(given[0]) if given else 200, int(given[1]) if given[1:] else 1)))
