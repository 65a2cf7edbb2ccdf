"""Editing what is ordered, before the confirmation."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.flows.edit_lines import EditedContents, EditedLine
from domain.flows.edit_order import EditOrder, edit_order
from domain.flows.place import NewCharge, NewPayment
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, StaleVersion
from domain.orders.models import ChargeKind, Order, PaymentState
from domain.orders.status import Status
from tests.domain.flows.moving import history, move, proven
from tests.support.builders import OPERATOR, make_order, make_variant
from tests.support.snapshot import snapshot


def command(order: Order, lines: Sequence[EditedLine], version: int | None = None) -> EditOrder:
    return EditOrder(order_id=order.id, expected_version=version, contents=EditedContents(lines=lines))


async def edit(session: AsyncSession, order: Order, *lines: EditedLine, version: int | None = None) -> Order:
    await edit_order(session, OPERATOR, command(order, lines, version))
    return await proven(session, order)


async def refusal_of(session: AsyncSession, order: Order, *lines: EditedLine) -> list[tuple[str, str]]:
    before = await snapshot(session)
    with pytest.raises(Invalid) as refusal:
        async with session.begin_nested():
            await edit_order(session, OPERATOR, command(order, lines))
    assert await snapshot(session) == before
    return [(".".join(problem.path), problem.code) for problem in refusal.value.problems]


@pytest.mark.spec("ORD-7")
@pytest.mark.spec("ORD-10")
async def test_lines_are_changed_added_and_removed_and_totals_follow(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", price="10.00", vat_rate="21")
    cup = await make_variant(session, "CUP", price="5.00", vat_rate="21")
    await make_variant(session, "GIFT", price="3.00", vat_rate=None)
    order = await make_order(
        session,
        [(mug, 1), (cup, 1)],
        charges=[
            NewCharge(kind=ChargeKind.SHIPPING, title="Courier", amount=Decimal(15)),
            NewCharge(kind=ChargeKind.ROUNDING, title="Rounding", amount=Decimal("0.01")),
        ],
        payments=[NewPayment(amount=Decimal("33.16"))],
    )
    assert order.payment_state is PaymentState.PAID
    order = await edit(
        session,
        order,
        EditedLine(line=order.lines[0].id, quantity=Decimal(3), unit_price=Decimal("9.50")),
        EditedLine(sku="GIFT", quantity=Decimal(2)),
        version=1,
    )
    assert [(line.sku, line.quantity, line.subtotal, line.tax, line.total) for line in order.lines] == [
        ("MUG", 3, Decimal("28.50"), Decimal("5.99"), Decimal("34.49")),
        ("GIFT", 2, Decimal("6.00"), Decimal(0), Decimal("6.00")),
    ]
    assert [charge.kind for charge in order.charges] == [ChargeKind.SHIPPING]
    assert (order.total, order.version, order.payment_state) == (Decimal("55.49"), 2, PaymentState.PARTLY_PAID)
    entry = (await history(session, order))[-1]
    assert (entry.kind, entry.data["totals"]["total"], entry.data["before"]["totals"]["total"]) == (
        "lines_changed",
        "55.49",
        "33.16",
    )


@pytest.mark.spec("ORD-7")
async def test_a_line_keeps_its_price_and_its_discount_up_to_its_amount(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", price="10.00", vat_rate=None)
    order = await make_order(session, [(mug, 2)])
    order.lines[0].discount, order.lines[0].unit_price = Decimal("12.00"), Decimal("9.00")
    mug.active = False
    await session.flush()
    await edit_order(session, OPERATOR, command(order, [EditedLine(line=order.lines[0].id, quantity=Decimal(1))]))
    assert (order.lines[0].subtotal, order.lines[0].discount, order.total) == (9, 9, 0)


@pytest.mark.spec("ORD-7")
async def test_wrong_lines_are_named_at_once(session: AsyncSession) -> None:
    order = await make_order(session)
    mine = order.lines[0].id
    assert await refusal_of(
        session,
        order,
        EditedLine(line=mine, quantity=Decimal(0)),
        EditedLine(line=mine, quantity=Decimal(1)),
        EditedLine(line=new_id(), quantity=Decimal(1)),
        EditedLine(sku="NONE", quantity=Decimal(1)),
        EditedLine(sku="\x00", quantity=Decimal(1), unit_price=Decimal(-1)),
        EditedLine(quantity=Decimal(1)),
    ) == [
        ("lines.0.quantity", "OUT_OF_RANGE"),
        ("lines.1.line", "NOT_FOUND"),
        ("lines.2.line", "NOT_FOUND"),
        ("lines.3.sku", "UNKNOWN_SKU"),
        ("lines.4.sku", "NOT_A_TEXT"),
        ("lines.5.sku", "MISSING"),
    ]
    assert await refusal_of(session, order) == [("lines", "EMPTY")]
    huge = EditedLine(line=mine, quantity=Decimal(10**10), unit_price=Decimal(10**11))
    assert await refusal_of(session, order, huge) == [("lines.0.quantity", "OUT_OF_RANGE")]
    many = [EditedLine(sku=order.lines[0].sku, quantity=Decimal(10**10), unit_price=Decimal(10**4))] * 101
    assert await refusal_of(session, order, *many) == [("lines", "OUT_OF_RANGE")]


@pytest.mark.spec("ORD-7")
async def test_a_stale_write_and_one_after_the_confirmation_are_refused(session: AsyncSession) -> None:
    order = await make_order(session)
    line = EditedLine(line=order.lines[0].id, quantity=Decimal(2))
    with pytest.raises(StaleVersion):
        await edit(session, order, line, version=7)
    for to in (Status.CONFIRMED, Status.ON_HOLD, Status.CANCELLED):
        order = await move(session, order, to)
        assert await refusal_of(session, order, line) == [("lines", "CONFIRMED")]
    imported = await make_order(session, status=Status.DELIVERED)
    assert await refusal_of(session, imported, line) == [("lines", "CONFIRMED")]
