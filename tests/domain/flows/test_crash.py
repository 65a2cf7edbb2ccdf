"""A process that dies inside a use case leaves nothing half done, and the work can simply be done again."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

import domain.flows.create_order
import domain.flows.move  # noqa: F401 - declares its points
from domain.channels.models import InvoiceAt
from domain.flows.move import MoveOrder, move_order
from domain.invoicing.models import Invoice
from domain.kernel.crash import POINTS
from domain.kernel.database import Database
from domain.orders.models import Order
from domain.orders.status import Status
from domain.stock.prove import prove_stock
from tests.support.builders import OPERATOR, make_channel, make_order, make_variant
from tests.support.snapshot import snapshot

ROOT = Path(__file__).parent.parent.parent.parent
POINTS_OF = {
    "create": ["create.after_claim", "create.after_place"],
    "CONFIRMED": [
        "confirm.after_reserve",
        "confirm.after_status",
        "confirm.after_note",
        "confirm.after_invoice",
    ],
    "CANCELLED": ["cancel.after_release", "cancel.after_void", "cancel.after_credit"],
}
CASES = [(what, point) for what, points in POINTS_OF.items() for point in points]


async def run(database: Database, what: str, order_id: UUID, point: str | None) -> int:
    """The exit code of a process that does it, dying at the point if one is named."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "plugins")])}
    if point is not None:
        environment["OMNISALES_CRASH_AT"] = point
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.domain.flows.crashing", database.url, what, str(order_id)),
        env=environment,
        cwd=ROOT,
    )
    return await asyncio.wait_for(process.wait(), 60)


def test_every_point_of_these_use_cases_is_died_at() -> None:
    declared = {point for point in POINTS if point.partition(".")[0] in ("create", "confirm", "cancel")}
    assert declared == {point for _, point in CASES}


@pytest.mark.spec("ORD-4")
@pytest.mark.parametrize(("what", "point"), CASES)
async def test_dying_leaves_nothing_half_done(database: Database, what: str, point: str) -> None:
    async with database.begin() as session:
        mug = await make_variant(session, "MUG", stock=2)
        channel = await make_channel(session, invoice_at=InvoiceAt.CONFIRMATION, auto_delivery_note=True)
        order = await make_order(session, [(mug, 2)], channel=channel)
        if what == "CANCELLED":
            await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.CONFIRMED))
    async with database.begin() as session:
        before = await snapshot(session)
    assert await run(database, what, order.id, point) == -signal.SIGKILL
    async with database.begin() as session:
        assert await snapshot(session) == before
    assert await run(database, what, order.id, None) == 0
    async with database.begin() as session:
        assert await prove_stock(session) == []
        orders = await session.scalar(select(func.count()).select_from(Order))
        numbers = list(await session.scalars(select(Invoice.display_number).order_by(Invoice.display_number)))
    expected = {"create": (2, []), "CONFIRMED": (1, ["INV-1"]), "CANCELLED": (1, ["CN-1", "INV-1"])}
    assert (orders, numbers) == expected[what]
