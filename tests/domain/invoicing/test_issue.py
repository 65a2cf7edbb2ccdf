"""Invoices are copies of the order as it was, one lives per order, and what is credited is credited whole."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.flows.place import NewCharge
from domain.invoicing.issue import credit_invoice, issue_invoice, live_invoice
from domain.invoicing.models import Invoice, InvoiceSeries
from domain.kernel.money import total_of
from domain.orders.models import ChargeKind
from domain.orders.queries import order_for_update
from tests.support.builders import ADDRESS, OPERATOR, make_channel, make_customer, make_order, make_variant


@pytest.mark.spec("INV-1")
@pytest.mark.spec("ORD-10")
async def test_an_invoice_copies_lines_charges_and_buyer_and_adds_up(session: AsyncSession) -> None:
    customer = await make_customer(session, name="Ana", email="ana@example.com", tax_id="RO1")
    mug = await make_variant(session, "MUG", price="33.335", vat_rate="21")
    shipping = NewCharge(kind=ChargeKind.SHIPPING, title="Courier", amount=Decimal(15), tax=Decimal("3.15"))
    none = NewCharge(kind=ChargeKind.ROUNDING, title="Rounding", amount=Decimal(0))
    order = await make_order(
        session, [(mug, 3)], charges=[shipping, none], customer=customer, buyer_tax_id="RO2", billing={"city": "Cluj"}
    )
    invoice = await issue_invoice(session, OPERATOR, await order_for_update(session, order.id))
    assert invoice is not None
    assert invoice.lines == [
        {
            "sku": "MUG",
            "name": "Product MUG",
            "quantity": "3.000",
            "net": "100.01",
            "tax": "21.00",
            "tax_rate": "21.00",
            "total": "121.01",
        },
        {
            "sku": None,
            "name": "Courier",
            "quantity": "1",
            "net": "15.00",
            "tax": "3.15",
            "tax_rate": None,
            "total": "18.15",
        },
    ]
    assert invoice.buyer == {"name": "Ana", "tax_id": "RO2", "email": "ana@example.com", "address": {"city": "Cluj"}}
    assert (invoice.net, invoice.tax, invoice.total) == (Decimal("115.01"), Decimal("24.15"), Decimal("139.16"))
    for name in ("net", "tax", "total"):
        assert total_of(Decimal(line[name]) for line in invoice.lines) == getattr(invoice, name)


@pytest.mark.spec("INV-1")
async def test_the_orders_own_words_about_the_buyer_come_first(session: AsyncSession) -> None:
    order = await make_order(session, customer=await make_customer(session, name="Ana", phone="07"))
    invoice = await issue_invoice(session, OPERATOR, order)
    assert invoice is not None
    assert (invoice.buyer["name"], invoice.buyer["phone"]) == (ADDRESS["name"], ADDRESS["phone"])


@pytest.mark.spec("INV-1")
async def test_issuing_again_gives_the_one_that_lives_and_takes_no_number(session: AsyncSession) -> None:
    order = await make_order(session)
    first = await issue_invoice(session, OPERATOR, order)
    assert await issue_invoice(session, OPERATOR, order) is first
    channel = await make_channel(session)
    series = await session.get_one(InvoiceSeries, channel.invoice_series_id, populate_existing=True)
    assert (series.prefix, series.next_number) == ("INV", 2)


@pytest.mark.spec("INV-1")
async def test_after_a_credit_note_a_new_invoice_may_be_issued_and_nothing_is_credited_twice(
    session: AsyncSession,
) -> None:
    order = await make_order(session)
    assert await credit_invoice(session, OPERATOR, order) is None
    first = await issue_invoice(session, OPERATOR, order)
    credit = await credit_invoice(session, OPERATOR, order, "wrong address")
    assert first is not None
    assert credit is not None
    assert (credit.credits_id, credit.total) == (first.id, -first.total)
    assert (credit.lines[0]["quantity"], credit.lines[0]["net"]) == ("-1.000", "-100.00")
    assert await live_invoice(session, order.id) is None
    assert await credit_invoice(session, OPERATOR, order) is None
    second = await issue_invoice(session, OPERATOR, order)
    assert second is not None
    assert (second.display_number, await session.scalar(select(func.count()).select_from(Invoice))) == ("INV-2", 3)


@pytest.mark.spec("ORD-11")
async def test_a_test_order_gets_no_invoice(session: AsyncSession) -> None:
    assert await issue_invoice(session, OPERATOR, await make_order(session, test=True)) is None
