"""How an order adds up (spec ORD-10). Pure functions on exact decimals; rounding happens per line, half up.

A line: subtotal = quantity × unit price; total = subtotal − discount + tax.
An order: total = subtotal − discounts + fees + shipping + taxes. Rounding charges count as fees.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from domain.kernel.money import ZERO, to_cents, total_of

from .models import ChargeKind

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class LineAmounts:
    """The amounts of one line; all but `total` are without tax."""

    subtotal: Decimal
    discount: Decimal
    tax: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """The amounts of an order; all but `total` are without tax, `tax_total` is the tax of lines and charges."""

    subtotal: Decimal
    discount_total: Decimal
    fee_total: Decimal
    shipping_total: Decimal
    tax_total: Decimal
    total: Decimal


class LineLike(Protocol):
    @property
    def subtotal(self) -> Decimal: ...
    @property
    def discount(self) -> Decimal: ...
    @property
    def tax(self) -> Decimal: ...


class ChargeLike(Protocol):
    @property
    def kind(self) -> ChargeKind: ...
    @property
    def amount(self) -> Decimal: ...
    @property
    def tax(self) -> Decimal: ...


def line_amounts(
    quantity: Decimal, unit_price: Decimal, *, tax_rate: Decimal | None = None, discount: Decimal = ZERO
) -> LineAmounts:
    """The amounts of a line from its net price; `tax_rate` in percent, None for no tax."""
    subtotal = to_cents(quantity * unit_price)
    net = subtotal - discount
    tax = to_cents(net * tax_rate / HUNDRED) if tax_rate is not None else ZERO
    return LineAmounts(subtotal=subtotal, discount=discount, tax=tax, total=net + tax)


def order_totals(lines: Iterable[LineLike], charges: Iterable[ChargeLike] = ()) -> Totals:
    """The totals of an order from its lines and charges, exact to the ban."""
    lines, charges = tuple(lines), tuple(charges)
    subtotal = total_of(line.subtotal for line in lines)
    discount = total_of(line.discount for line in lines)
    shipping = total_of(charge.amount for charge in charges if charge.kind is ChargeKind.SHIPPING)
    fees = total_of(charge.amount for charge in charges if charge.kind is not ChargeKind.SHIPPING)
    tax = total_of(line.tax for line in lines) + total_of(charge.tax for charge in charges)
    return Totals(
        subtotal=subtotal,
        discount_total=discount,
        fee_total=fees,
        shipping_total=shipping,
        tax_total=tax,
        total=subtotal - discount + fees + shipping + tax,
    )
