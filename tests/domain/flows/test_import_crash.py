"""A process that dies inside an import leaves nothing half done, and the work can simply be done again."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from domain.channels.models import Channel
from domain.intake.models import InboxItem, InboxState
from domain.kernel.crash import POINTS
from domain.kernel.database import Database
from domain.orders.models import HistoryEntry, Order
from tests.domain.flows.import_crashing import KNOWN
from tests.support.builders import make_channel, make_variant
from tests.support.incoming import bring_one, map_cod

ROOT = Path(__file__).parent.parent.parent.parent
CASES = {
    "inbox.after_items": 0,
    "import.after_lock": 2,
    "import.after_orders": 2,
    "import.after_applied": 2,
    "import.after_settle": 2,
}
"""Where the process dies, and how many items are stored by then."""


async def run(database: Database, shop: Channel, point: str | None) -> int:
    """The exit code of a process that does it, dying at the point if one is named."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "plugins")])}
    if point is not None:
        environment["OMNISALES_CRASH_AT"] = point
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.domain.flows.import_crashing", database.url, str(shop.id)),
        env=environment,
        cwd=ROOT,
    )
    return await asyncio.wait_for(process.wait(), 60)


def test_every_point_of_an_import_is_died_at() -> None:
    assert {point for point in POINTS if point.partition(".")[0] in ("inbox", "import")} == set(CASES)


@pytest.mark.spec("SYN-3")
@pytest.mark.spec("SYN-4")
@pytest.mark.parametrize("point", CASES)
async def test_dying_leaves_nothing_half_done(database: Database, point: str) -> None:
    async with database.begin() as session:
        shop = await make_channel(session)
        await map_cod(session, shop)
        await make_variant(session, "CUP")
        await bring_one(session, shop, KNOWN)
    before = await _orders(database)
    assert await run(database, shop, point) == -signal.SIGKILL
    assert await _orders(database) == before
    async with database.begin() as session:
        left = (await session.scalars(select(InboxItem).where(InboxItem.state == InboxState.RECEIVED))).all()
        assert len(left) == CASES[point]
    assert await run(database, shop, None) == 0
    async with database.begin() as session:
        orders = {order.external_id: order for order in await session.scalars(select(Order))}
        assert orders.keys() == {"known", "new"}
        assert orders["known"].note == "changed"
        assert await session.scalar(select(func.count()).select_from(HistoryEntry)) == 4


async def _orders(database: Database) -> object:
    async with database.begin() as session:
        rows = await session.execute(select(Order.external_id, Order.note, Order.total, Order.history_seq))
        return [tuple(row) for row in rows]
