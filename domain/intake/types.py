"""An order as a channel tells it, in the domain's own words: the frozen value that imports work on.

It mirrors what connectors hand over and leaves out what means nothing here. Amounts are without tax unless said.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class IncomingAddress:
    """An address; what is unknown is the empty text."""

    name: str = ""
    company: str = ""
    street: str = ""
    city: str = ""
    county: str = ""
    postcode: str = ""
    country: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class IncomingCustomer:
    """The buyer. `external_id` is None for guests; `tax_id` is the company's (CUI)."""

    external_id: str | None = None
    name: str = ""
    email: str = ""
    phone: str = ""
    company: str = ""
    tax_id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class IncomingLine:
    """A line as bought. `subtotal` is before discounts, `total` after, both without tax and for the whole quantity.

    `variant` is the channel's id of the variant (None when the product is gone), `sku` what it says today.
    """

    external_id: str
    name: str
    quantity: Decimal
    subtotal: Decimal
    total: Decimal
    tax: Decimal
    variant: str | None = None
    sku: str | None = None
    tax_rate: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class IncomingCharge:
    """Shipping or a fee; a fee may be negative."""

    kind: Literal["shipping", "fee"]
    title: str
    amount: Decimal
    tax: Decimal = ZERO
    code: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class IncomingDiscount:
    """Explains discounts that the lines already contain; never subtracted again."""

    code: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class IncomingPayment:
    """Money that the channel says was received, tax included."""

    external_id: str
    amount: Decimal
    method: str
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class IncomingRefund:
    """Money given back there (a positive amount, tax included)."""

    external_id: str
    amount: Decimal
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class IncomingOrder:
    """An order as the channel tells it. `status` and `payment_method` are the channel's words, `total` its truth.

    `extra` is what the connector knows beyond this; what of it is declared as a metafield is kept.
    `version` orders the states of one order: later compares greater as text; None when unknown.
    """

    external_id: str
    number: str
    status: str
    currency: str
    placed_at: datetime
    total: Decimal
    lines: tuple[IncomingLine, ...]
    version: str | None = None
    customer: IncomingCustomer = field(default_factory=IncomingCustomer)
    billing: IncomingAddress | None = None
    shipping: IncomingAddress | None = None
    charges: tuple[IncomingCharge, ...] = ()
    discounts: tuple[IncomingDiscount, ...] = ()
    payments: tuple[IncomingPayment, ...] = ()
    refunds: tuple[IncomingRefund, ...] = ()
    payment_method: str = ""
    payment_title: str = ""
    note: str = ""
    delivery_point: str = ""
    test: bool = False
    extra: Mapping[str, str | int | float | bool] = field(default_factory=dict)
