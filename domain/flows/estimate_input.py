"""What an estimate may say, and its lines at their prices (spec ORD-11).

Lines and charges are those of orders, so that what is offered is what is ordered. No trade discount is taken off: the
agent's prices are the offer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.models import Variant
from domain.estimates.models import Estimate, EstimateLine
from domain.kernel.database import Json
from domain.kernel.ids import new_id
from domain.kernel.refusals import Problem
from domain.orders.models import ChargeKind
from domain.orders.totals import order_totals
from domain.pricing.queries import Asker

from .buyers import OrderCustomer
from .charge_input import Fee, charge_problems, fee_charges, shipping_charges
from .order_input import (
    TEXTS,
    Offer,
    OrderedLine,
    address_problems,
    customer_problems,
    priced_lines,
    text_problem_at,
    total_problems,
)
from .place import NewCharge, NewLine
from .price_lines import price_lines

SIMPLE = ("seller", "buyer_tax_id", "payment_method", "note")
SIDES = {"shipping": "shippingAddress", "billing": "billingAddress"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """The parts of an estimate that a person gives; None leaves a part as it is (or, on a new one, empty)."""

    customer: OrderCustomer | None = None
    lines: Sequence[OrderedLine] | None = None
    fees: Sequence[Fee] | None = None
    shipping_fee: Fee | None = None
    valid_until: date | None = None
    shipping: Mapping[str, str | None] | None = None
    billing: Mapping[str, str | None] | None = None
    payment_method: str | None = None
    note: str | None = None
    seller: str | None = None
    buyer_tax_id: str | None = None

    @property
    def changes_contents(self) -> bool:
        """Whether lines or charges are given."""
        return any(part is not None for part in (self.lines, self.fees, self.shipping_fee))


@dataclass(frozen=True, slots=True)
class Sold:
    """Lines and charges with their amounts, and what is wrong with them."""

    lines: Sequence[NewLine] = ()
    charges: Sequence[NewCharge] = ()
    problems: list[Problem] = field(default_factory=list)


def offered_problems(offered: Offered) -> Iterator[Problem]:
    """Texts that no statement may see, and fees that are none."""
    for name in SIMPLE:
        shown, limit = TEXTS[name]
        yield from text_problem_at((shown,), getattr(offered, name), limit)
    for side, shown in SIDES.items():
        yield from address_problems(shown, getattr(offered, side))
    if offered.customer is not None:
        yield from customer_problems(offered.customer)
    for index, line in enumerate(offered.lines or ()):
        yield from text_problem_at(("lines", str(index), "sku"), line.sku, 200)
    yield from charge_problems(offered.fees or (), offered.shipping_fee)


async def sell(
    session: AsyncSession,
    channel_id: UUID,
    customer_id: UUID | None,
    currency: str,
    lines: Sequence[OrderedLine],
    charges: Sequence[NewCharge],
    at: datetime,
) -> Sold:
    """The lines at the prices that were given, else at those that the customer has today; with `charges`."""
    rows = await session.scalars(select(Variant).where(Variant.sku.in_({line.sku for line in lines})))
    offers = {v.sku: Offer(v.id, v.sku, v.name, v.price, v.currency, v.vat_rate, v.active) for v in rows}
    asker = Asker(customer_id=customer_id, channel_id=channel_id, currency=currency, at=at)
    priced = await price_lines(session, asker, lines, offers)
    made, problems = priced_lines(priced, offers, currency)
    if not problems:
        problems.extend(total_problems(made, charges))
    return Sold(made, charges, problems)


def charges_of(offered: Offered, there: Sequence[Json] = ()) -> list[NewCharge]:
    """The charges that are given, and of those that are there the kinds that are not given."""
    kept = [stored_charge(one) for one in there]
    shipping = [one for one in kept if one.kind is ChargeKind.SHIPPING]
    fees = [one for one in kept if one.kind is ChargeKind.FEE]
    if offered.shipping_fee is not None:
        shipping = shipping_charges(offered.shipping_fee)
    if offered.fees is not None:
        fees = fee_charges(offered.fees)
    return [*shipping, *fees]


def stored_charge(stored: Json) -> NewCharge:
    """A charge as an estimate keeps it."""
    return NewCharge(
        kind=ChargeKind(stored["kind"]),
        title=stored["title"],
        amount=Decimal(stored["amount"]),
        tax=Decimal(stored["tax"]),
    )


def there(estimate: Estimate) -> list[OrderedLine]:
    """The estimate's lines as they would be ordered, at its prices."""
    return [OrderedLine(line.sku, line.quantity, line.unit_price) for line in estimate.lines]


def write_sold(estimate: Estimate, sold: Sold) -> None:
    """Lines, charges and the totals that follow from them."""
    totals = order_totals(sold.lines, sold.charges)
    for name in ("subtotal", "fee_total", "shipping_total", "tax_total", "total"):
        setattr(estimate, name, getattr(totals, name))
    estimate.charges = [
        {"kind": one.kind.value, "title": one.title, "amount": str(one.amount), "tax": str(one.tax)}
        for one in sold.charges
    ]
    estimate.lines = [
        EstimateLine(id=new_id(), estimate_id=estimate.id, position=position, **_values(line))
        for position, line in enumerate(sold.lines)
    ]


def _values(line: NewLine) -> dict[str, Any]:
    names = ("variant_id", "sku", "name", "quantity", "unit_price", "subtotal", "tax_rate", "tax", "total")
    return {name: getattr(line, name) for name in names}
