"""What a connector says of itself. Capabilities are not declared: they follow from the hooks it implements."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel


class Kind(StrEnum):
    SALES_CHANNEL = "sales_channel"
    COURIER = "courier"
    DOCUMENT_EXCHANGE = "document_exchange"


class OrderStatus(StrEnum):
    """The statuses of an order in OmniSales (spec ORD-2), by their words."""

    DRAFT = "DRAFT"
    PROCESSING = "PROCESSING"
    PENDING_PAYMENT = "PENDING_PAYMENT"
    CONFIRMED = "CONFIRMED"
    SHIPPING = "SHIPPING"
    DELIVERED = "DELIVERED"
    REFUND = "REFUND"
    RETURN = "RETURN"
    CANCELLED = "CANCELLED"
    ON_HOLD = "ON_HOLD"
    FAILED = "FAILED"
    RETURN_PENDING = "RETURN_PENDING"
    PARTIAL_RETURN = "PARTIAL_RETURN"
    PARTIAL_REFUND = "PARTIAL_REFUND"
    PAID = "PAID"
    READY = "READY"
    STOCK_UNAVAILABLE = "STOCK_UNAVAILABLE"


class SyncKind(StrEnum):
    ORDERS = "ORDERS"
    STOCK = "STOCK"
    PRICES = "PRICES"
    DESCRIPTIONS = "DESCRIPTIONS"
    IMAGES = "IMAGES"
    STATUSES = "STATUSES"


class ShippingStarts(StrEnum):
    """When an order counts as handed over (spec FUL-4): with its AWB, with the dispatch step, with the first scan."""

    AWB = "AWB"
    DISPATCH = "DISPATCH"
    FIRST_SCAN = "FIRST_SCAN"


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """A word of the far side's vocabulary: its key, and its title for people."""

    key: str
    title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Vocabulary:
    """The far side's words, and how they map on ours where nothing else is set for the account.

    `statuses_in` maps their order status to ours; a status in `statuses_ignored` is left out on import with that
    reason; any other waits for a mapping. `statuses_out` maps ours to theirs; a status that is absent is not pushed.
    """

    statuses: tuple[Term, ...] = ()
    statuses_in: Mapping[str, OrderStatus] = field(default_factory=dict)
    statuses_ignored: Mapping[str, str] = field(default_factory=dict)
    statuses_out: Mapping[OrderStatus, str] = field(default_factory=dict)
    payment_methods: tuple[Term, ...] = ()
    services: tuple[Term, ...] = ()
    label_formats: tuple[Term, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookScheme:
    """How the far side signs what it sends; checked by the host on the raw bytes before anything is stored.

    `signature_header` carries the HMAC of the body under `digest`, in `encoding`; the secret is the field
    `secret_field` of the credentials. `in_path=True` stands for far sides that sign nothing: the secret is then the
    last part of the webhook's address. `ping` is a regular expression for an unsigned body that is only answered 200.
    `keep_headers` are stored beside the body, for the connector's `parse_webhook`.
    """

    signature_header: str | None = None
    digest: Literal["sha256", "sha1", "sha512"] = "sha256"
    encoding: Literal["base64", "hex"] = "base64"
    secret_field: str = "webhook_secret"  # noqa: S105 - the name of a field, no secret
    in_path: bool = False
    ping: str | None = None
    keep_headers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """A kind of run that the connector wants, and how often where the account does not say otherwise."""

    kind: SyncKind
    every: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Time and rate limits: of one request, of a whole hook, and of requests a second for one account."""

    request_timeout: timedelta = timedelta(seconds=30)
    hook_timeout: timedelta = timedelta(seconds=120)
    requests_per_second: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """A connector's card. `contract` is the (major, minor) of the SDK that it was built for.

    `settling` is how long the far side may need until something that it accepted can be found: before that,
    "not found" is no proof that an attempt failed. `sandbox` names a stand-in of the far side, "module:factory".

    `settings_version` goes up when settings are renamed, removed or newly demanded; it is stored with each account.
    `upgrade_settings(version, settings)` then makes settings of this version out of those stored under an older one
    (`version`); it is pure, called at each load, and what it cannot know it leaves out: the host says what is missing.
    `identity` names the settings that say which far side it is (a store's address): another value is another store.
    """

    key: str
    title: str
    kinds: frozenset[Kind]
    settings: type[BaseModel]
    credentials: type[BaseModel]
    contract: tuple[int, int] = (1, 0)
    webhook: WebhookScheme | None = None
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    schedules: tuple[Schedule, ...] = ()
    limits: Limits = field(default_factory=Limits)
    settling: timedelta = timedelta(minutes=2)
    shipping_starts: ShippingStarts = ShippingStarts.AWB
    sandbox: str | None = None
    settings_version: int = 1
    upgrade_settings: Callable[[int, dict[str, Any]], dict[str, Any]] | None = None
    identity: tuple[str, ...] = ()
