"""Placing orders: one statement for an order with all its parts."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.flows.place import NewCharge, NewPayment
from domain.kernel.outbox import OutboxRow
from domain.orders.counts import shown_counts, true_counts
from domain.orders.models import ChargeKind, HistoryEntry, PaymentState
from domain.orders.status import Status
from tests.support.builders import make_order, make_variant


@pytest.mark.spec("ORD-1")
async def test_a_placed_order_has_its_lines_charges_totals_history_counts_and_event(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", price="10.005", vat_rate="21")
    order = await make_order(
        session,
        [(mug, 3)],
        charges=[NewCharge(kind=ChargeKind.SHIPPING, title="Courier", amount=Decimal("15.00"), tax=Decimal("3.15"))],
        payments=[NewPayment(amount=Decimal("20.00"), external_id="p1")],
        status=Status.PROCESSING,
    )
    assert order.number >= 100001
    assert [(line.sku, line.quantity, line.subtotal, line.tax, line.total) for line in order.lines] == [
        ("MUG", Decimal(3), Decimal("30.02"), Decimal("6.30"), Decimal("36.32"))
    ]
    assert order.total == Decimal("54.47")
    assert order.tax_total == Decimal("9.45")
    assert order.payment_state is PaymentState.PARTLY_PAID
    assert order.shortages is None
    assert order.shipping is not None
    [entry] = (await session.scalars(select(HistoryEntry).where(HistoryEntry.order_id == order.id))).all()
    assert (entry.seq, entry.kind, entry.data["status"], entry.data["totals"]["total"]) == (
        1,
        "order_created",
        1,
        "54.47",
    )
    [row] = (await session.scalars(select(OutboxRow).where(OutboxRow.aggregate == f"order:{order.id}"))).all()
    assert row.payload == {"event": "order_created", "order_id": str(order.id), "seq": 1}
    assert await shown_counts(session, channels=[order.channel_id]) == await true_counts(session)
