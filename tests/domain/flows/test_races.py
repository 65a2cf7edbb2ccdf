"""Two real connections at once: exactly one wins, stock is never oversold, numbers have no gaps."""

import asyncio
from collections import Counter
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from domain.channels.models import InvoiceAt
from domain.flows.move import MoveOrder, move_order
from domain.flows.pay import RecordPayment, pay_order
from domain.flows.ship import awb_unknown, resolve_awb
from domain.flows.take_in import ReceiveStock, StockLine, receive_stock
from domain.invoicing.models import Invoice, InvoiceKind
from domain.kernel.database import Database
from domain.kernel.refusals import Refusal
from domain.orders.counts import fold_counts, shown_counts, true_counts
from domain.orders.models import HistoryEntry, Order
from domain.orders.queries import order_for_update
from domain.orders.rebuild import rebuild
from domain.orders.status import Status
from domain.payments.models import Payment
from domain.shipping.queries import shipment_for_update
from domain.stock.models import Reservation, StockLevel
from domain.stock.prove import prove_stock
from tests.support.builders import OPERATOR, make_channel, make_order, make_variant
from tests.support.shipping import make_account, make_confirmed_order, make_packed, make_shipment


async def attempt(database: Database, order_id: UUID, to: Status, expected_version: int | None = None) -> str:
    """The status that the order got, or the code of the refusal."""
    try:
        async with database.begin() as session:
            order = await move_order(
                session, OPERATOR, MoveOrder(order_id=order_id, to=to, expected_version=expected_version)
            )
            return order.status.name
    except Refusal as refusal:
        return refusal.code


async def all_true(database: Database) -> None:
    """What must hold whoever raced: stock, counts, and every order's history."""
    async with database.begin() as session:
        assert await prove_stock(session) == []
        assert await shown_counts(session) == await true_counts(session)
        entries: dict[UUID, list[HistoryEntry]] = {}
        for entry in await session.scalars(select(HistoryEntry)):
            entries.setdefault(entry.order_id, []).append(entry)
        for order in await session.scalars(select(Order)):
            built = rebuild(entries[order.id])
            assert (built.status, built.totals.total) == (order.status, order.total)


async def orders_of(database: Database, count: int, stock: int, **channel: Any) -> tuple[list[UUID], UUID]:
    """Orders of one piece each of one variant."""
    async with database.begin() as session:
        mug = await make_variant(session, "MUG", stock=stock)
        made = await make_channel(session, **channel)
        return [(await make_order(session, [(mug, 1)], channel=made)).id for _ in range(count)], mug.id


@pytest.mark.spec("ORD-4")
@pytest.mark.parametrize("version", [None, 1])
async def test_confirm_and_confirm(database: Database, version: int | None) -> None:
    [order_id], _ = await orders_of(database, 1, 5, invoice_at=InvoiceAt.CONFIRMATION, auto_delivery_note=True)
    outcomes = await asyncio.gather(*(attempt(database, order_id, Status.CONFIRMED, version) for _ in range(5)))
    second = "ILLEGAL_MOVE" if version is None else "STALE_VERSION"
    assert Counter(outcomes) == {"CONFIRMED": 1, second: 4}
    async with database.begin() as session:
        assert await session.scalar(select(func.count()).select_from(Invoice)) == 1
        assert await session.scalar(select(func.sum(Reservation.quantity))) == 1
    await all_true(database)


@pytest.mark.spec("ORD-4")
async def test_confirm_and_cancel(database: Database) -> None:
    order_ids, _ = await orders_of(database, 8, 8, invoice_at=InvoiceAt.CONFIRMATION)
    for order_id in order_ids:
        confirmed, cancelled = await asyncio.gather(
            attempt(database, order_id, Status.CONFIRMED), attempt(database, order_id, Status.CANCELLED)
        )
        assert cancelled == "CANCELLED"
        assert confirmed in ("CONFIRMED", "ILLEGAL_MOVE")
    async with database.begin() as session:
        assert await session.scalar(select(func.sum(StockLevel.reserved))) == 0
        kinds = Counter(await session.scalars(select(Invoice.kind)))
        assert kinds[InvoiceKind.INVOICE] == kinds[InvoiceKind.CREDIT_NOTE]
    await all_true(database)


@pytest.mark.spec("STK-2")
async def test_two_orders_for_the_last_unit(database: Database) -> None:
    order_ids, mug = await orders_of(database, 2, 1)
    outcomes = await asyncio.gather(*(attempt(database, order_id, Status.CONFIRMED) for order_id in order_ids))
    assert sorted(outcomes) == ["CONFIRMED", "STOCK_UNAVAILABLE"]
    async with database.begin() as session:
        level = (await session.scalars(select(StockLevel).where(StockLevel.variant_id == mug))).one()
        assert (level.on_hand, level.reserved) == (1, 1)
    await all_true(database)


@pytest.mark.spec("STK-2")
async def test_many_orders_for_crossing_goods_neither_oversell_nor_deadlock(database: Database) -> None:
    """Lines name the goods in opposite orders, goods come in and orders are cancelled meanwhile."""
    async with database.begin() as session:
        variants = [await make_variant(session, f"V{n}", stock=6) for n in range(4)]
        channel = await make_channel(session)
        order_ids = []
        for n in range(24):
            wanted = variants[n % 4 :] + variants[: n % 4]
            order = await make_order(session, [(v, 1) for v in (wanted if n % 2 else wanted[::-1])], channel=channel)
            order_ids.append(order.id)

    async def life(n: int, order_id: UUID) -> str:
        outcome = await attempt(database, order_id, Status.CONFIRMED)
        if n % 3 == 0:
            outcome = await attempt(database, order_id, Status.CANCELLED)
        if n % 6 == 1:
            async with database.begin() as session:
                lines = [StockLine(f"V{k}", Decimal(1)) for k in (3, 1, 2, 0)]
                await receive_stock(session, OPERATOR, ReceiveStock(lines=lines))
        return outcome

    outcomes = await asyncio.gather(*(life(n, order_id) for n, order_id in enumerate(order_ids)))
    assert set(outcomes) <= {"CONFIRMED", "STOCK_UNAVAILABLE", "CANCELLED"}
    async with database.begin() as session:
        confirmed = Counter(outcomes)["CONFIRMED"]
        assert {level.reserved for level in await session.scalars(select(StockLevel))} == {Decimal(confirmed)}
        assert {level.on_hand for level in await session.scalars(select(StockLevel))} == {Decimal(10)}
    await all_true(database)


@pytest.mark.spec("INV-1")
async def test_invoice_numbers_have_no_gaps_also_when_some_are_rolled_back(database: Database) -> None:
    order_ids, _ = await orders_of(database, 30, 30, invoice_at=InvoiceAt.CONFIRMATION)

    async def confirm(n: int, order_id: UUID) -> None:
        if n % 5 == 0:
            with pytest.raises(ZeroDivisionError):
                async with database.begin() as session:
                    await move_order(session, OPERATOR, MoveOrder(order_id=order_id, to=Status.CONFIRMED))
                    raise ZeroDivisionError
        await attempt(database, order_id, Status.CONFIRMED)

    await asyncio.gather(*(confirm(n, order_id) for n, order_id in enumerate(order_ids)))
    async with database.begin() as session:
        numbers = await session.scalars(select(Invoice.number).order_by(Invoice.number))
        assert list(numbers) == list(range(1, 31))
    await all_true(database)


@pytest.mark.spec("ORD-5")
async def test_one_external_payment_told_many_times_at_once_is_booked_once(database: Database) -> None:
    [order_id], _ = await orders_of(database, 1, 1)

    async def pay() -> None:
        async with database.begin() as session:
            await pay_order(
                session, OPERATOR, RecordPayment(order_id=order_id, amount=Decimal("60.50"), external_id="t")
            )

    await asyncio.gather(*(pay() for _ in range(5)))
    async with database.begin() as session:
        assert await session.scalar(select(func.count()).select_from(Payment)) == 1
    await all_true(database)


@pytest.mark.spec("ORD-6")
async def test_counts_are_right_at_any_moment_while_orders_move_and_counts_are_folded(database: Database) -> None:
    order_ids, _ = await orders_of(database, 12, 12)
    done = asyncio.Event()

    async def fold() -> int:
        folded = 0
        while not done.is_set():
            async with database.begin() as session:
                folded += await fold_counts(session, batch=3)
        return folded

    async def watch() -> None:
        while not done.is_set():
            async with database.read() as connection:
                counts = await shown_counts(connection)
                assert sum(counts.values()) == 12
                assert min(counts.values()) >= 0

    async def moves() -> None:
        try:
            await asyncio.gather(*(attempt(database, order_id, Status.CONFIRMED) for order_id in order_ids))
            await asyncio.gather(*(attempt(database, order_id, Status.ON_HOLD) for order_id in order_ids[:5]))
        finally:
            done.set()

    folded, again, _, _ = await asyncio.gather(fold(), fold(), watch(), moves())
    assert folded + again > 0
    async with database.begin() as session:
        await fold_counts(session)
        counts = await shown_counts(session)
        assert (counts[Status.CONFIRMED], counts[Status.ON_HOLD], counts[Status.DRAFT]) == (7, 5, 0)
    await all_true(database)


@pytest.mark.spec("FUL-3")
async def test_a_person_who_settles_an_awb_locks_the_order_before_its_shipment(database: Database) -> None:
    async with database.begin() as session:
        order = await make_confirmed_order(session)
        packed = await make_packed(session, order)
        shipment = await make_shipment(session, packed, await make_account(session), awb=None)
        await awb_unknown(session, shipment.id, "timed out", needs_person=True)

    async def settle() -> None:
        async with database.begin() as session:
            await resolve_awb(session, OPERATOR, shipment.id, "AWB-1")

    async with database.begin() as tracking:
        await order_for_update(tracking, order.id)
        settling = asyncio.create_task(settle())
        await asyncio.sleep(0.3)
        await shipment_for_update(tracking, shipment.id)
    await settling
    async with database.begin() as session:
        assert (await shipment_for_update(session, shipment.id)).awb == "AWB-1"
