"""Whatever is sent is answered with what is wrong with it: never a fault of ours, nothing of our inside, always JSON.

The seed is fixed, so that the same is tried everywhere; `python -m tests.api.fuzz` tries more.
"""

import random

import pytest

from api.graphql.mutations.shipping import awb_create
from domain.kernel.database import Database
from tests.api.conftest import running
from tests.api.graphql.walk.callers import Callers
from tests.api.graphql.walk.documents import roots

from .attack import NO_LIMITS, Report, fuzz_documents, fuzz_doors, fuzz_roots
from .documents import BOMBS, random_documents
from .doors import bad_addresses, bad_bodies, bad_files, bad_headers

pytestmark = pytest.mark.spec("SEC-1")

SEED = 20261122


async def test_arguments_that_are_none(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Good arguments of every root field, made bad in one to three places, as the administrator."""
    monkeypatch.setattr(awb_create, "WAIT", 0.0)  # no worker asks a courier here
    report = Report()
    async with running(database, **NO_LIMITS) as api:
        await Callers(api).prepare()
        await fuzz_roots(api, roots("query", "mutation"), SEED, 5, report)
    assert report.cases > 500
    assert not report.faults, "\n".join(report.faults)


async def test_documents_that_are_built_to_break_it(database: Database) -> None:
    report = Report()
    async with running(database, **NO_LIMITS) as api:
        await fuzz_documents(api, BOMBS, report)
        await fuzz_documents(api, {str(n): text for n, text in enumerate(random_documents(50, SEED))}, report)
    assert not report.faults, "\n".join(report.faults)


async def test_requests_that_nobody_should_send(database: Database) -> None:
    report = Report()
    async with running(database, **NO_LIMITS) as api:
        for requests in (bad_bodies(), bad_headers(), bad_files(), bad_addresses(random.Random(SEED), 2_000)):
            await fuzz_doors(api, requests, report)
    assert not report.faults, "\n".join(report.faults)
