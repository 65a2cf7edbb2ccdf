"""Values that pass between the host and a sales channel connector. Amounts are Decimal, without tax unless said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionTest:
    """Outcome of `test_connection`; `message` says what was reached, or what to mend."""

    ok: bool
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """A webhook as it came: the raw bytes and the headers that the manifest asked to keep (names in lower case)."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class RawItem:
    """One order as the far side sent it, unparsed.

    `version` orders the states of one order: later compares greater as text (an ISO time of fixed width, a padded
    counter). None when unknown.
    """

    external_id: str
    body: bytes
    version: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Hint:
    """Something happened to this order; the host fetches it with `fetch_order`."""

    external_id: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Gone:
    """The far side no longer has this order (deleted, in its bin). Ours is kept; a person is told."""

    external_id: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Ignored:
    """Rightly nothing to import; `reason` is said in the diary. `error` marks what a person should look at."""

    reason: str
    external_id: str | None = None
    error: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page of raw orders, the cursor from which to go on, and whether the far side has more right now.

    The host stores items and cursor in one transaction: a page that raises leaves the cursor where it was.
    """

    items: tuple[RawItem, ...]
    cursor: str | None
    more: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderRef:
    """An order as the far side lists it, for reconciliation."""

    external_id: str
    version: str | None
    status: str
    placed_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ExternalAddress:
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
class ExternalCustomer:
    """The buyer. `external_id` is None for guests; `tax_id` is the company's (CUI)."""

    external_id: str | None = None
    name: str = ""
    email: str = ""
    phone: str = ""
    company: str = ""
    tax_id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExternalLine:
    """A line as bought. `subtotal` is before discounts, `total` after, both without tax and for the whole quantity.

    `variant` is the far side's id of the variant (None when the product is gone), `sku` what it says today.
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
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class ExternalCharge:
    """Shipping or a fee; a fee may be negative."""

    kind: Literal["shipping", "fee"]
    title: str
    amount: Decimal
    tax: Decimal = ZERO
    code: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExternalDiscount:
    """Explains discounts that the lines already contain. Never subtracted again."""

    code: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class ExternalPayment:
    """Money that the far side says was received, tax included."""

    external_id: str
    amount: Decimal
    method: str
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ExternalRefund:
    """Money given back there (a positive amount, tax included)."""

    external_id: str
    amount: Decimal
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExternalOrder:
    """An order, translated. `total` is the far side's and is taken as the truth: a difference to the sum of the parts
    is booked as rounding, never recomputed. `placed_at` is aware and UTC. Empty texts are "", unknown ids None.
    """

    external_id: str
    number: str
    status: str
    currency: str
    placed_at: datetime
    total: Decimal
    lines: tuple[ExternalLine, ...]
    version: str | None = None
    customer: ExternalCustomer = field(default_factory=ExternalCustomer)
    billing: ExternalAddress | None = None
    shipping: ExternalAddress | None = None
    charges: tuple[ExternalCharge, ...] = ()
    discounts: tuple[ExternalDiscount, ...] = ()
    payments: tuple[ExternalPayment, ...] = ()
    refunds: tuple[ExternalRefund, ...] = ()
    payment_method: str = ""
    payment_title: str = ""
    note: str = ""
    delivery_point: str = ""
    test: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tracking:
    courier: str
    awb: str
    url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusPush:
    """The state that the order should have there: `status` in the far side's words, with its parcels.

    `last_known` is what the far side was last known to be. A connector reads first: already so is no write; changed
    by the store meanwhile (neither `last_known` nor `status`) is answered with `Conflict`, not overwritten.
    """

    external_id: str
    status: str
    last_known: str | None
    tracking: tuple[Tracking, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Pushed:
    """The far side is as wanted. `version` lets the host recognise its own echo; `changed` is False if it was so."""

    status: str
    version: str | None
    changed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Conflict:
    """The far side was changed by somebody else to `status`; nothing was written."""

    status: str
    version: str | None
    message: str
