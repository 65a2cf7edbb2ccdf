"""What an order that is entered may say, and what is wrong with it, field by field. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from domain.kernel.money import MAX_AMOUNT, ZERO
from domain.kernel.refusals import Path, Problem
from domain.kernel.texts import text_problem
from domain.orders.inputs import price_problem
from domain.orders.totals import line_amounts, order_totals
from domain.stock.rules import quantity_problem

from .buyers import OrderCustomer
from .place import NewLine

MAX_LINES = 1_000
MAX_LINE = MAX_AMOUNT / 10
"""The largest amount of a line before tax, so that it fits with its tax."""
ADDRESS_FIELDS = ("name", "company", "street", "city", "county", "postcode", "country", "phone", "email")


class OrderedLine(NamedTuple):
    """What is ordered; without `unit_price` (net, six decimals at most) the variant's price is taken."""

    sku: str
    quantity: Decimal
    unit_price: Decimal | None = None


class Offer(NamedTuple):
    """A variant as it can be ordered; `price` is net, `vat_rate` in percent."""

    variant_id: UUID | None
    sku: str | None
    name: str
    price: Decimal | None
    currency: str
    vat_rate: Decimal | None
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOrder:
    """An order to enter. `channel` is a slug; addresses have the fields of `ADDRESS_FIELDS`; `currency` None is the
    channel's; `payment_method` a word of the channel, or of everybody's (`cod`, `bank_transfer`...)."""

    channel: str
    lines: Sequence[OrderedLine]
    customer: OrderCustomer = field(default_factory=OrderCustomer)
    external_id: str | None = None
    shipping: Mapping[str, str | None] | None = None
    billing: Mapping[str, str | None] | None = None
    payment_method: str | None = None
    currency: str | None = None
    note: str | None = None
    seller: str | None = None
    ticket: str | None = None
    delivery_point: str | None = None
    promised_on: date | None = None
    test: bool = False


_TEXTS = {
    "external_id": ("externalId", 200),
    "payment_method": ("paymentMethod", 200),
    "note": ("note", 10_000),
    "seller": ("seller", 200),
    "ticket": ("ticket", 200),
    "delivery_point": ("deliveryPoint", 200),
}


def text_problems(command: CreateOrder) -> Iterator[Problem]:
    """Texts that no statement may see: they would fail in the database."""
    for name, (shown, limit) in _TEXTS.items():
        yield from _text_problem((shown,), getattr(command, name), limit)
    if command.external_id is not None and not command.external_id.strip():
        yield Problem(("externalId",), "EMPTY", "Give the id that the order has there, or leave it out.")
    for index, line in enumerate(command.lines):
        yield from _text_problem(("lines", str(index), "sku"), line.sku, 200)
    for name, shown in OrderCustomer.TEXTS.items():
        yield from _text_problem(("customer", shown), getattr(command.customer, name), 200)
    for side, address in (("shippingAddress", command.shipping), ("billingAddress", command.billing)):
        for name, text in (address or {}).items():
            if name not in ADDRESS_FIELDS:
                yield Problem((side, name), "UNKNOWN_FIELD", f"An address has no {name}.")
            yield from _text_problem((side, name), text, 500)
    yield from _text_problem(("channel",), command.channel, 200)


def _text_problem(path: Path, text: str | None, limit: int) -> Iterator[Problem]:
    problem = text_problem(text, limit) if text is not None else None
    if problem:
        yield Problem(path, "NOT_A_TEXT", problem)


def priced_lines(
    ordered: Sequence[OrderedLine], variants: Mapping[str, Offer], currency: str
) -> tuple[list[NewLine], list[Problem]]:
    """The lines at their prices, and what is wrong with them; `variants` are offers by SKU."""
    if not ordered:
        return [], [Problem(("lines",), "EMPTY", "Name at least one SKU with its quantity.")]
    if len(ordered) > MAX_LINES:
        return [], [Problem(("lines",), "TOO_MANY", f"Use at most {MAX_LINES} lines.")]
    lines: list[NewLine] = []
    problems: list[Problem] = []
    for index, line in enumerate(ordered):
        wrong = list(line_problems(("lines", str(index)), line, variants.get(line.sku), currency))
        problems.extend(wrong)
        if not wrong:
            lines.append(_line(line, variants[line.sku]))
    if not problems and order_totals(lines).total > MAX_AMOUNT:
        problems.append(Problem(("lines",), "OUT_OF_RANGE", f"An order's total is at most {MAX_AMOUNT:f}."))
    return lines, problems


def line_problems(path: Path, line: OrderedLine, variant: Offer | None, currency: str) -> Iterator[Problem]:
    """What is wrong with a line of an offer; None is a SKU that nobody knows."""
    if variant is None:
        yield Problem((*path, "sku"), "UNKNOWN_SKU", f"There is no SKU {line.sku}. Create the product first.")
    elif not variant.active:
        yield Problem((*path, "sku"), "INACTIVE", f"SKU {line.sku} is not sold any more.")
    wrong_quantity = quantity_problem(line.quantity)
    if wrong_quantity:
        yield Problem((*path, "quantity"), "OUT_OF_RANGE", wrong_quantity)
    price = line.unit_price if line.unit_price is not None else variant and variant.price
    if line.unit_price is not None:
        if problem := price_problem(line.unit_price):
            yield Problem((*path, "unitPrice"), "OUT_OF_RANGE", problem)
            return
    elif variant is not None and variant.price is None:
        yield Problem((*path, "unitPrice"), "MISSING", f"SKU {line.sku} has no price. Give one here.")
    elif variant is not None and variant.currency != currency:
        yield Problem(
            (*path, "unitPrice"),
            "WRONG_CURRENCY",
            f"SKU {line.sku} is priced in {variant.currency}. Give its price in {currency}.",
        )
    if price is not None and not wrong_quantity and line.quantity * price > MAX_LINE:
        yield Problem((*path, "quantity"), "OUT_OF_RANGE", f"A line's amount is at most {MAX_LINE:f}.")


def _line(line: OrderedLine, variant: Offer) -> NewLine:
    price = line.unit_price if line.unit_price is not None else (variant.price or ZERO)
    amounts = line_amounts(line.quantity, price, tax_rate=variant.vat_rate)
    return NewLine(
        variant_id=variant.variant_id,
        sku=variant.sku,
        name=variant.name,
        quantity=line.quantity,
        unit_price=price,
        subtotal=amounts.subtotal,
        discount=amounts.discount,
        tax_rate=variant.vat_rate,
        tax=amounts.tax,
        total=amounts.total,
    )
