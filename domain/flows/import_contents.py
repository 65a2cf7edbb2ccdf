"""An incoming order in our own amounts and fields. Pure; new orders and later changes are written from the same values.

The channel's total is the truth: what the sum of the parts differs from it is a rounding charge (spec ORD-10).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.intake.types import IncomingAddress, IncomingLine, IncomingOrder
from domain.kernel.money import MAX_AMOUNT, ZERO, is_currency, to_cents
from domain.orders.models import ChargeKind
from domain.orders.totals import order_totals

from .place import NewCharge, NewDiscount, NewLine

ROUNDING = "Rounding"
_THOUSANDTH = Decimal("0.001")
_MILLIONTH = Decimal("0.000001")
_MAX_QUANTITY = Decimal("99999999999")
_MAX_RATE = Decimal("999.99")
_MAX_NAME = 500
"""Characters of what is searched for: an index entry holds no more than about 2,700 bytes."""
_ADDRESS = ("name", "company", "street", "city", "county", "postcode", "country", "phone", "email")


@dataclass(frozen=True, slots=True)
class Contents:
    """What was bought, in our amounts: the totals that follow equal the channel's."""

    lines: tuple[NewLine, ...]
    charges: tuple[NewCharge, ...]
    discounts: tuple[NewDiscount, ...]


def unusable(incoming: IncomingOrder) -> str | None:
    """Why the order cannot be kept at all, in words for people; None when it can."""
    return next(_problems(incoming), None)


def contents(incoming: IncomingOrder, variants: Mapping[str, UUID | None]) -> Contents:
    """Lines, charges with the rounding, and discounts; `variants` gives our variant per line id."""
    lines = tuple(new_line(line, variants.get(line.external_id)) for line in incoming.lines)
    charges = tuple(
        NewCharge(
            kind=ChargeKind(charge.kind),
            title=charge.title,
            amount=to_cents(charge.amount),
            tax=to_cents(charge.tax),
            code=charge.code or None,
        )
        for charge in incoming.charges
    )
    rounding = to_cents(incoming.total) - order_totals(lines, charges).total
    if rounding:
        charges = (*charges, NewCharge(kind=ChargeKind.ROUNDING, title=ROUNDING, amount=rounding))
    discounts = tuple(NewDiscount(code=found.code, amount=to_cents(found.amount)) for found in incoming.discounts)
    return Contents(lines, charges, discounts)


def new_line(line: IncomingLine, variant_id: UUID | None) -> NewLine:
    """A line from its whole amounts; the unit price follows from them, never the other way round."""
    subtotal, net, tax = to_cents(line.subtotal), to_cents(line.total), to_cents(line.tax)
    quantity = line.quantity.quantize(_THOUSANDTH)
    rate = line.tax_rate
    return NewLine(
        name=line.name,
        quantity=quantity,
        unit_price=(subtotal / quantity).quantize(_MILLIONTH) if quantity else subtotal,
        subtotal=subtotal,
        discount=subtotal - net,
        tax=tax,
        tax_rate=to_cents(rate) if rate is not None and abs(rate) <= _MAX_RATE else None,
        total=net + tax,
        sku=line.sku or None,
        variant_id=variant_id,
        external_id=line.external_id,
    )


def address_json(address: IncomingAddress | None) -> dict[str, str] | None:
    """An address as orders keep it: the fields that say something; None when none does."""
    if address is None:
        return None
    return known_fields({name: getattr(address, name) for name in _ADDRESS})


def known_fields(address: Mapping[str, Any] | None) -> dict[str, str] | None:
    """An address without its empty fields, so that two spellings of "unknown" are equal."""
    found = {name: str(address[name]).strip() for name in _ADDRESS if address and address.get(name)}
    return {name: value for name, value in found.items() if value} or None


def shipping_of(incoming: IncomingOrder) -> dict[str, str] | None:
    """Where it goes; an empty shipping address means that of the bill."""
    return address_json(incoming.shipping) or address_json(incoming.billing)


def without_product(incoming: IncomingOrder) -> list[str]:
    """Names of lines whose product the channel no longer has: they are kept, and need no stock."""
    return [line.name for line in incoming.lines if line.variant is None and not line.sku]


def with_upper_currency(incoming: IncomingOrder) -> IncomingOrder:
    currency = incoming.currency.strip().upper()
    return incoming if currency == incoming.currency else replace(incoming, currency=currency)


def _problems(incoming: IncomingOrder) -> Iterator[str]:
    if not incoming.external_id.strip():
        yield "the order has no id"
    if not is_currency(incoming.currency):
        yield f"{incoming.currency!r} is no currency"
    if incoming.placed_at.tzinfo is None:
        yield "the time of the order has no zone"
    if len({line.external_id for line in incoming.lines}) < len(incoming.lines):
        yield "two lines have one id"
    for name, text in _names(incoming):
        if len(text or "") > _MAX_NAME:
            yield f"{name} has more than {_MAX_NAME} characters"
    for name, value, limit in _numbers(incoming):
        if not value.is_finite() or abs(value) > limit:
            yield f"{name} is {value}, which no order can have"


def _names(incoming: IncomingOrder) -> Iterator[tuple[str, str | None]]:
    customer = incoming.customer
    yield from (
        ("the id", incoming.external_id),
        ("the number", incoming.number),
        ("the status", incoming.status),
        ("the payment method", incoming.payment_method),
        ("the customer's id", customer.external_id),
        ("the customer's e-mail", customer.email),
        ("the customer's phone", customer.phone),
    )
    for line in incoming.lines:
        yield from (("a line's id", line.external_id), ("a SKU", line.sku), ("a variant's id", line.variant))


def _numbers(incoming: IncomingOrder) -> Iterator[tuple[str, Decimal, Decimal]]:
    # Sums of many parts must still fit, hence a thousandth of what one amount may be.
    limit = MAX_AMOUNT / 1000
    yield "the total", incoming.total, limit
    for line in incoming.lines:
        yield f"the quantity of {line.name}", line.quantity, _MAX_QUANTITY
        for name, value in (("subtotal", line.subtotal), ("total", line.total), ("tax", line.tax)):
            yield f"the {name} of {line.name}", value, limit
        yield f"the tax rate of {line.name}", line.tax_rate or ZERO, limit
    for charge in incoming.charges:
        yield f"the charge {charge.title}", charge.amount, limit
        yield f"the tax of the charge {charge.title}", charge.tax, limit
    for discount in incoming.discounts:
        yield f"the discount {discount.code}", discount.amount, limit
    for payment in incoming.payments:
        yield f"the payment {payment.external_id}", payment.amount, limit
    for refund in incoming.refunds:
        yield f"the refund {refund.external_id}", refund.amount, limit
