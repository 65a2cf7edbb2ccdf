"""A channel's business settings as a caller wants them (spec CHN-2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from .models import InvoiceAt, ReturnsPaidBy


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFee:
    """The shipping that an order is charged which names none: net, in the channel's currency; `tax_rate` in percent,
    None for no tax. Goods for `free_from` (with tax, after discounts) ship for nothing; None: none do."""

    amount: Decimal
    tax_rate: Decimal | None = None
    free_from: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPolicy:
    """How many days buyers may return goods, who pays the way back, and the share of the price that is kept."""

    days: int
    paid_by: ReturnsPaidBy
    restocking_fee_percent: Decimal = Decimal(0)
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """How often a kind of synchronisation runs; `every` None: as the connector says. `paused`: not by itself."""

    kind: str
    every: timedelta | None = None
    paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What is None stays as it is; `clear` (names of `CLEARABLE`) empties.

    `warehouse` is a code, `price_list` a slug, `client_groups` slugs, the series prefixes, `legal_entity` an id.
    `intervals` changes the kinds that it names.
    """

    title: str | None = None
    enabled: bool | None = None
    currency: str | None = None
    auto_confirm: bool | None = None
    auto_delivery_note: bool | None = None
    invoice_at: InvoiceAt | None = None
    order_type: str | None = None
    allowed_payment_methods: Sequence[str] | None = None
    delivery_fee: DeliveryFee | None = None
    client_groups: Sequence[str] | None = None
    price_list: str | None = None
    warehouse: str | None = None
    legal_entity: UUID | None = None
    invoice_series: str | None = None
    credit_series: str | None = None
    stock_check_on_entry: bool | None = None
    pre_order_check_days: int | None = None
    hold_expiry_hours: int | None = None
    return_policy: ReturnPolicy | None = None
    intervals: Sequence[Interval] = ()
    clear: Sequence[str] = ()

    def touches(self) -> frozenset[str]:
        """The settings that are given or emptied, by their names in the API."""
        given = {shown for name, shown in SHOWN.items() if getattr(self, name) not in (None, ())}
        return frozenset(given | set(self.clear))


SHOWN: Mapping[str, str] = {
    "title": "title",
    "enabled": "enabled",
    "currency": "currency",
    "auto_confirm": "autoConfirm",
    "auto_delivery_note": "autoDeliveryNote",
    "invoice_at": "invoiceAt",
    "order_type": "orderType",
    "allowed_payment_methods": "allowedPaymentMethods",
    "delivery_fee": "deliveryFee",
    "client_groups": "clientGroups",
    "price_list": "priceList",
    "warehouse": "warehouse",
    "legal_entity": "legalEntity",
    "invoice_series": "invoiceSeries",
    "credit_series": "creditSeries",
    "stock_check_on_entry": "stockCheckOnEntry",
    "pre_order_check_days": "preOrderCheckDays",
    "hold_expiry_hours": "holdExpiryHours",
    "return_policy": "returnPolicy",
    "intervals": "intervals",
}
"""The settings by their names in the API."""

CLEARABLE: Mapping[str, tuple[str, ...]] = {
    "orderType": ("order_type",),
    "allowedPaymentMethods": ("allowed_payment_methods",),
    "deliveryFee": ("delivery_fee", "delivery_fee_tax_rate", "free_delivery_from"),
    "clientGroups": (),
    "priceList": ("price_list_id",),
    "holdExpiryHours": ("hold_expiry_hours",),
    "returnPolicy": ("return_policy",),
}
"""What may be emptied: by its name in the API, the columns; the groups are rows of their own."""


@dataclass(frozen=True, slots=True)
class Syncs:
    """The kinds of synchronisation that the channel's connector can do, and how often it wants each to run."""

    usual: Mapping[str, timedelta] = field(default_factory=dict)
