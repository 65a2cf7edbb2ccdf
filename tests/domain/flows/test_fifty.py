"""Fifty confirmations at once over ten scarce products, against a slow replay of them one after the other."""

import asyncio
import random
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import select

from domain.catalog.models import Variant
from domain.channels.models import InvoiceAt
from domain.kernel.database import Database
from domain.orders.models import HistoryEntry, Order
from domain.orders.status import Status
from domain.procurement.models import ProcurementRequest
from domain.stock.models import StockLevel
from tests.domain.flows.test_races import all_true, attempt
from tests.support.builders import make_channel, make_customer, make_order, make_variant

Demand = dict[str, Decimal]


@pytest.mark.spec("STK-2")
@pytest.mark.spec("STK-3")
@pytest.mark.parametrize("seed", [1, 2])
async def test_fifty_at_once_end_as_one_after_the_other(database: Database, seed: int) -> None:
    dice = random.Random(seed)
    async with database.begin() as session:
        channel = await make_channel(session, invoice_at=InvoiceAt.CONFIRMATION, auto_delivery_note=seed == 1)
        customer = await make_customer(session)
        variants = [await make_variant(session, f"V{n}", stock=dice.randint(3, 12)) for n in range(10)]
        demands: dict[UUID, Demand] = {}
        for _ in range(50):
            lines = [(dice.choice(variants), dice.randint(1, 3)) for _ in range(dice.randint(1, 4))]
            order = await make_order(session, lines, channel=channel, customer=customer)
            demands[order.id] = _demand(lines)
    stock = await _stock(database)
    outcomes = await asyncio.gather(*(attempt(database, order_id, Status.CONFIRMED) for order_id in demands))
    assert set(outcomes) == {"CONFIRMED", "STOCK_UNAVAILABLE"}
    await all_true(database)
    async with database.begin() as session:
        moves = await session.scalars(
            select(HistoryEntry).where(HistoryEntry.kind == "status_changed").order_by(HistoryEntry.at)
        )
        replay = [entry.order_id for entry in moves]
        ended = {order.id: (order.status, order.shortages) for order in await session.scalars(select(Order))}
        levels = (await session.scalars(select(StockLevel))).all()
        requests = (await session.scalars(select(ProcurementRequest.variant_id))).all()
    assert sorted(replay) == sorted(demands)
    assert ended == _one_after_the_other(replay, demands, stock)
    assert all(level.reserved <= level.on_hand for level in levels)
    assert len(requests) == len(set(requests)) > 0


def _demand(lines: list[tuple[Variant, int]]) -> Demand:
    demand: Demand = {}
    for variant, quantity in lines:
        demand[variant.sku] = demand.get(variant.sku, Decimal(0)) + quantity
    return demand


async def _stock(database: Database) -> dict[str, Decimal]:
    async with database.begin() as session:
        rows = await session.execute(
            select(Variant.sku, StockLevel.on_hand).join(StockLevel, StockLevel.variant_id == Variant.id)
        )
        return {row[0]: row[1] for row in rows}


def _one_after_the_other(
    replay: list[UUID], demands: dict[UUID, Demand], stock: dict[str, Decimal]
) -> dict[UUID, tuple[Status, list[dict[str, str]] | None]]:
    """Each takes all that it wants of what is left, or nothing; the shortages name what it found."""
    left = dict(stock)
    ended: dict[UUID, tuple[Status, list[dict[str, str]] | None]] = {}
    for order_id in replay:
        missing = [
            {"sku": sku, "ordered": f"{quantity:.3f}", "available": f"{left[sku]:.3f}"}
            for sku, quantity in sorted(demands[order_id].items())
            if quantity > left[sku]
        ]
        if missing:
            ended[order_id] = (Status.STOCK_UNAVAILABLE, missing)
            continue
        for sku, quantity in demands[order_id].items():
            left[sku] -= quantity
        ended[order_id] = (Status.CONFIRMED, None)
    return ended
