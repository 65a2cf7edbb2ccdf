"""Whatever is edited in whatever order, an order adds up to the ban and its history tells it (spec ORD-8, ORD-10).

A slow book-keeper in exact fractions stands beside the product and must agree after each edit.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.flows.charge_input import Fee
from domain.flows.edit_lines import EditedContents, EditedLine
from domain.flows.edit_order import EditOrder, edit_order
from domain.flows.pay import RecordPayment, pay_order
from domain.kernel.refusals import Invalid
from domain.orders.models import Order
from tests.domain.flows.moving import proven
from tests.support.builders import OPERATOR, make_order, make_variant

RATES = [None, Decimal(0), Decimal(9), Decimal(11), Decimal(21), Decimal("19.75")]
EDITS = 8


def half_up(amount: Fraction) -> Fraction:
    """To the ban, away from zero at the half."""
    cents = abs(amount) * 100
    whole = (cents + Fraction(1, 2)).__floor__()
    return Fraction(whole if amount >= 0 else -whole, 100)


@dataclass
class Book:
    """What was bought, as a book-keeper has it: (quantity, net price, VAT) per line, (net, VAT) per charge."""

    lines: list[tuple[Decimal, Decimal, Decimal | None]] = field(default_factory=list)
    fees: list[tuple[Decimal, Decimal | None]] = field(default_factory=list)
    shipping: tuple[Decimal, Decimal | None] | None = None

    @property
    def total(self) -> Fraction:
        nets = [(half_up(Fraction(quantity) * Fraction(price)), rate) for quantity, price, rate in self.lines]
        nets += [(Fraction(net), rate) for net, rate in [*self.fees, *([self.shipping] if self.shipping else [])]]
        return sum((net + half_up(net * Fraction(rate or 0) / 100) for net, rate in nets), Fraction(0))


def some_amount(random: Random) -> Decimal:
    return Decimal(random.choice([0, 1, 99, 12_345, random.randrange(10**6)])) / 100


@pytest.mark.spec("ORD-7")
@pytest.mark.spec("ORD-8")
@pytest.mark.spec("ORD-10")
@pytest.mark.parametrize("seed", range(12))
async def test_an_order_adds_up_after_any_edits(session: AsyncSession, seed: int) -> None:
    random = Random(seed)
    variants = [
        await make_variant(session, price=some_amount(random), vat_rate=rate, sku=f"SKU-LAW-{seed}-{n}")
        for n, rate in enumerate(RATES)
    ]
    rate_of = {variant.sku: variant.vat_rate for variant in variants}
    order = await make_order(session, [(variants[0], 1)])
    book = Book(lines=[(Decimal(1), variants[0].price or Decimal(0), variants[0].vat_rate)])
    agrees(order, book)
    for _ in range(EDITS):
        contents, wanted = EditedContents(), Book(list(book.lines), list(book.fees), book.shipping)
        if random.random() < 0.7:
            kept = [line for line in order.lines if random.random() < 0.6]
            skus = random.sample(sorted(rate_of), random.randrange(1, 4))
            edited = [
                EditedLine(quantity=some_quantity(random), unit_price=some_price(random), line=line, sku=sku)
                for line, sku in [*((line.id, None) for line in kept), *((None, sku) for sku in skus)]
            ]
            rates = [rate_of[str(line.sku)] for line in kept] + [rate_of[sku] for sku in skus]
            wanted.lines = [
                (line.quantity, line.unit_price or Decimal(0), rate) for line, rate in zip(edited, rates, strict=True)
            ]
            contents = EditedContents(lines=edited)
        if random.random() < 0.5:
            fees = [Fee(some_amount(random) - 20, random.choice(RATES), "fee") for _ in range(random.randrange(3))]
            wanted.fees = [(fee.amount, fee.tax_rate) for fee in fees]
            contents = EditedContents(lines=contents.lines, fees=fees)
        if random.random() < 0.5:
            shipping = Fee(some_amount(random), random.choice(RATES))
            wanted.shipping = (shipping.amount, shipping.tax_rate) if shipping.amount else None
            contents = EditedContents(lines=contents.lines, fees=contents.fees, shipping_fee=shipping)
        command = EditOrder(order_id=order.id, expected_version=order.version, contents=contents)
        if wanted.total < 0:
            with pytest.raises(Invalid):
                async with session.begin_nested():
                    await edit_order(session, OPERATOR, command)
        else:
            await edit_order(session, OPERATOR, command)
            book = wanted
        if random.random() < 0.3:
            await pay_order(session, OPERATOR, RecordPayment(order_id=order.id, amount=some_amount(random) + 1))
        order = await proven(session, order)
        agrees(order, book)


def some_quantity(random: Random) -> Decimal:
    return Decimal(random.choice([1, 1000, 333, random.randrange(1, 10**6)])) / 1000


def some_price(random: Random) -> Decimal:
    return Decimal(random.choice([0, 5000, 33_335_000, random.randrange(10**8)])) / 10**6


def agrees(order: Order, book: Book) -> None:
    """The order's parts add up to its total, which is the book-keeper's."""
    parts = order.subtotal - order.discount_total + order.fee_total + order.shipping_total + order.tax_total
    assert order.total == parts
    assert order.subtotal == sum(line.subtotal for line in order.lines)
    assert order.total == sum(line.total for line in order.lines) + sum(one.amount + one.tax for one in order.charges)
    assert Fraction(order.total) == book.total
    assert len(order.lines) == len(book.lines)
