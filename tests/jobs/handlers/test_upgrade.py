"""Orders of a third party's connector whose settings were stored under an older version of it (spec CHN-3)."""

import json
from collections.abc import AsyncIterator
from importlib.metadata import EntryPoint
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from domain.channels.models import Channel
from domain.diary.models import DiaryEntry
from domain.flows.accounts import Locked
from domain.flows.release_account import release_account
from domain.kernel.database import Database
from domain.kernel.outbox import OutboxRow
from jobs.runtime import Runtime
from omnisales_sdk import ENTRY_POINT_GROUP
from tests.jobs.engine_room import runtime_for, work_it
from tests.jobs.shops import deliver, diary, orders
from tests.support.builders import make_channel
from tests.support.valkey import Valkey

pytestmark = pytest.mark.spec("CHN-3")

ENTRY_POINTS = [EntryPoint("upgrading", "tests.jobs.upgrading", ENTRY_POINT_GROUP)]


@pytest.fixture
async def upgrading(database: Database, valkey: Valkey) -> AsyncIterator[Runtime]:
    runtime = runtime_for(database, valkey.url, ENTRY_POINTS)
    yield runtime
    await runtime.close()


async def channel(runtime: Runtime, settings: dict[str, Any], version: int) -> UUID:
    async with runtime.database.begin() as session:
        made = await make_channel(session, connector="upgrading", settings=settings, settings_version=version)
        return made.id


async def stored(runtime: Runtime, channel_id: UUID) -> tuple[dict[str, Any], int]:
    async with runtime.database.begin() as session:
        row = await session.get_one(Channel, channel_id)
        return row.settings, row.settings_version


def order(number: str) -> bytes:
    return json.dumps([{"kind": "order", "id": number, "version": "1"}]).encode()


@pytest.mark.parametrize(
    ("settings", "version", "number"),
    [({"region": "ro"}, 1, "RO-7"), ({"area": "BG"}, 2, "BG-7"), ({"prefix": "x"}, 3, "x7")],
)
async def test_work_reads_settings_of_every_version(
    upgrading: Runtime, settings: dict[str, Any], version: int, number: str
) -> None:
    channel_id = await channel(upgrading, settings, version)
    await deliver(upgrading, channel_id, order("7"))
    await work_it(upgrading, "intake")
    assert [one.external_number for one in await orders(upgrading)] == [number]
    assert await stored(upgrading, channel_id) == (settings, version)  # an older version may run again tomorrow


async def test_what_cannot_be_upgraded_waits_alone_and_goes_on_when_it_is_mended(upgrading: Runtime) -> None:
    good = await channel(upgrading, {"region": "ro"}, 1)
    bad = await channel(upgrading, {"region": 7, "note": "s3cret"}, 1)
    await deliver(upgrading, bad, order("1"), order("2"))
    await deliver(upgrading, good, order("3"))

    for _ in range(2):
        await work_it(upgrading, "intake")

    assert [one.external_number for one in await orders(upgrading)] == ["RO-3"]
    assert await diary(upgrading) == [("settings", "OPEN")]
    async with upgrading.database.begin() as session:
        [entry] = await session.scalars(select(DiaryEntry))
        assert entry.channel_id == bad
        assert "version 1 and could not be brought to version 3 (it raised AttributeError)" in entry.message
        assert "s3cret" not in f"{entry.message} {entry.remedy}"
        waits = [row.attempts for row in await session.scalars(select(OutboxRow))]
        assert waits and not any(waits)  # waiting for a person costs no attempt

    async with upgrading.database.begin() as session:
        mended = {"settings": {"prefix": "M-"}, "settings_version": 3, "version": 2}
        await session.execute(update(Channel).where(Channel.id == bad).values(mended))
        await release_account(session, Locked("channel", await session.get_one(Channel, bad)))
    await work_it(upgrading, "intake")

    assert sorted(one.external_number or "" for one in await orders(upgrading)) == ["M-1", "M-2", "RO-3"]
