"""What an order that is entered may say, and what is wrong with it, field by field. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from domain.channels.models import PaymentKind
from domain.channels.rules import payment_kind
from domain.kernel.database import Json
from domain.kernel.money import MAX_AMOUNT, ZERO
from domain.kernel.refusals import Path, Problem
from domain.kernel.texts import text_problem
from domain.metafields.values import Sent
from domain.orders.delivery_point import DeliveryPoint, point_problems
from domain.orders.inputs import price_problem
from domain.orders.totals import ChargeLike, LineLike, line_amounts, order_totals
from domain.pricing.sources import MANUAL, STANDARD
from domain.stock.rules import quantity_problem

from .buyers import OrderCustomer
from .charge_input import Fee
from .place import NewCharge, NewLine

MAX_LINES = 1_000
LONGEST_SKU = 200
MAX_LINE = MAX_AMOUNT / 10
"""The largest amount of a line before tax, so that it fits with its tax."""
ADDRESS_FIELDS = ("name", "company", "street", "city", "county", "postcode", "country", "phone", "email")


class OrderedLine(NamedTuple):
    """What is ordered; without `unit_price` (net, six decimals at most) the variant's price is taken.

    `price_source` is where a price comes from that was found (`price_lines`); None: from whoever gave it.
    """

    sku: str
    quantity: Decimal
    unit_price: Decimal | None = None
    price_source: Json | None = None


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
class Origin:
    """What an order takes over as it is from what it is made of: another order, or an estimate. It begins as a Draft,
    also on a channel that confirms by itself.

    `agreed`: its prices are agreed, no rule of ours discounts them. `payment_kind` holds where the channel gives the
    method no meaning. `data` goes into the history.
    """

    lines: Sequence[NewLine] = ()
    charges: Sequence[NewCharge] = ()
    payment_kind: PaymentKind | None = None
    agreed: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOrder:
    """An order to enter. `channel` is a slug; addresses have the fields of `ADDRESS_FIELDS`; `currency` None is the
    channel's; `payment_method` a word of the channel, or of everybody's (`cod`, `bank_transfer`...). `seller` is the
    agent; `buyer_tax_id` None is the customer's; `placed_at` None is now. `preview`: it is entered to be looked at and
    undone, takes no number, and is not confirmed."""

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
    buyer_tax_id: str | None = None
    delivery_point: DeliveryPoint | None = None
    fees: Sequence[Fee] = ()
    shipping_fee: Fee | None = None
    promised_on: date | None = None
    placed_at: datetime | None = None
    vouchers: Sequence[str] = ()
    metafields: Sequence[Sent] = ()
    test: bool = False
    origin: Origin | None = None
    preview: bool = False


TEXTS = {
    "external_id": ("externalId", 200),
    "payment_method": ("paymentMethod", 200),
    "note": ("note", 10_000),
    "seller": ("seller", 200),
    "ticket": ("ticket", 200),
    "buyer_tax_id": ("buyerTaxId", 200),
}
"""The texts of an order, by the field of the command: as the API calls them, and how long they may be."""


def text_problems(command: CreateOrder) -> Iterator[Problem]:
    """Texts that no statement may see: they would fail in the database."""
    for name, (shown, limit) in TEXTS.items():
        yield from text_problem_at((shown,), getattr(command, name), limit)
    yield from point_problems(("deliveryPoint",), command.delivery_point)
    if command.external_id is not None and not command.external_id.strip():
        yield Problem(("externalId",), "EMPTY", "Give the id that the order has there, or leave it out.")
    for index, line in enumerate(command.lines):
        yield from text_problem_at(("lines", str(index), "sku"), line.sku, LONGEST_SKU)
    yield from customer_problems(command.customer)
    yield from address_problems("shippingAddress", command.shipping)
    yield from address_problems("billingAddress", command.billing)
    yield from text_problem_at(("channel",), command.channel, 200)


def customer_problems(customer: OrderCustomer) -> Iterator[Problem]:
    """Texts of a customer that cannot be kept."""
    for name, shown in OrderCustomer.TEXTS.items():
        yield from text_problem_at(("customer", shown), getattr(customer, name), 200)


def address_problems(side: str, address: Mapping[str, str | None] | None) -> Iterator[Problem]:
    """What is wrong with an address; `side` is its name in the API."""
    for name, text in (address or {}).items():
        if name not in ADDRESS_FIELDS:
            yield Problem((side, name), "UNKNOWN_FIELD", f"An address has no {name}.")
        yield from text_problem_at((side, name), text, 500)


def text_problem_at(path: Path, text: str | None, limit: int) -> Iterator[Problem]:
    """A text that cannot be kept; None is no text."""
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
    return lines, problems


def total_problems(lines: Iterable[LineLike], charges: Iterable[ChargeLike]) -> Iterator[Problem]:
    """Whether the whole can be an order's: at most MAX_AMOUNT, and nobody is paid for buying."""
    total = order_totals(lines, charges).total
    if total > MAX_AMOUNT:
        yield Problem(("lines",), "OUT_OF_RANGE", f"An order's total is at most {MAX_AMOUNT:f}.")
    if total < 0:
        yield Problem(("fees",), "OUT_OF_RANGE", f"The fees take the total to {total}; it cannot be below 0.")


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
        price_source=line.price_source or (STANDARD if line.unit_price is None else MANUAL),
        subtotal=amounts.subtotal,
        discount=amounts.discount,
        tax_rate=variant.vat_rate,
        tax=amounts.tax,
        total=amounts.total,
    )


def kind_of(method: str | None, mapped: str | None) -> PaymentKind | None:
    """The kind of a payment method: as the channel maps it, else what the word means everywhere, else none."""
    if mapped is not None:
        return PaymentKind(mapped)
    return payment_kind(method) if method is not None else None
