"""A channel's business settings: as they are told, and as they are shown."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import strawberry

from api.graphql.fields import attribute, optional
from domain.channels import models, settings
from domain.channels.models import InvoiceAt
from domain.channels.settings import Settings
from domain.kernel.database import Json
from domain.kernel.ids import parse_id
from domain.kernel.refusals import invalid

from .enums import SyncKind
from .money import Money, money, plain, plain_or_none


@strawberry.enum(description="Who pays for the way back of goods that are returned.")
class ReturnsPaidBy(Enum):
    CUSTOMER = models.ReturnsPaidBy.CUSTOMER
    MERCHANT = models.ReturnsPaidBy.MERCHANT


@strawberry.enum(
    description="A setting of a channel that can be emptied. Empty means: the order type is the channel's type, any "
    "payment method is allowed, no delivery fee, all customers may buy, no price list of its own, a hold keeps its "
    "goods as it lasts, no return policy."
)
class ChannelSetting(Enum):
    ORDER_TYPE = "orderType"
    ALLOWED_PAYMENT_METHODS = "allowedPaymentMethods"
    DELIVERY_FEE = "deliveryFee"
    CLIENT_GROUPS = "clientGroups"
    PRICE_LIST = "priceList"
    HOLD_EXPIRY_HOURS = "holdExpiryHours"
    RETURN_POLICY = "returnPolicy"


@strawberry.type(description="The shipping of orders that name none.")
class DeliveryFee:
    amount: Money = attribute("Without tax.")
    tax_rate: Decimal | None = attribute("Percent; null: no tax.")
    free_from: Money | None = attribute("Goods for so much (with tax, after discounts) ship for nothing.")


@strawberry.type(description="What a channel promises who returns goods.")
class ReturnPolicy:
    days: int = attribute("So many days after delivery; 0: nothing is taken back.")
    paid_by: ReturnsPaidBy = attribute("Who pays the way back.")
    restocking_fee_percent: Decimal = attribute("What is kept of the price.")
    note: str | None = attribute("For people.")


@strawberry.type(description="How often a kind of synchronisation runs by itself, where the merchant said so.")
class SyncInterval:
    kind: SyncKind = attribute("The kind.")
    every_seconds: int | None = attribute("Null: as often as the connector says.")
    paused: bool = attribute("Whether it rests.")


def delivery_fee(amount: Decimal | None, rate: Decimal | None, free_from: Decimal | None, currency: str) -> Any:
    """The fee of a channel's columns, or None."""
    if amount is None:
        return None
    free = None if free_from is None else money(free_from, currency)
    return DeliveryFee(amount=money(amount, currency), tax_rate=plain_or_none(rate), free_from=free)


def return_policy(stored: Json) -> ReturnPolicy:
    """The policy as a channel keeps it."""
    return ReturnPolicy(
        days=stored["days"],
        paid_by=ReturnsPaidBy(models.ReturnsPaidBy(stored["paid_by"])),
        restocking_fee_percent=plain(Decimal(stored["restocking_fee_percent"])),
        note=stored["note"],
    )


def sync_intervals(stored: Json) -> list[SyncInterval]:
    """The intervals as a channel keeps them, in the order of their kinds."""
    return [
        SyncInterval(kind=SyncKind(kind), every_seconds=one["every"], paused=one["paused"])
        for kind, one in sorted(stored.items())
    ]


@strawberry.input(description="The shipping of orders that name none.")
class DeliveryFeeInput:
    amount: Decimal = strawberry.field(description="Without tax, in the channel's currency; 0 or more, two decimals.")
    tax_rate: Decimal | None = optional("Percent, 0 to 100. Default: no tax.")
    free_from: Decimal | None = optional(
        "Goods for so much (with tax, after discounts) ship for nothing. Default: none."
    )


@strawberry.input(description="What a channel promises who returns goods.")
class ReturnPolicyInput:
    days: int = strawberry.field(description="So many days after delivery, 0 to 3650; 0: nothing is taken back.")
    paid_by: ReturnsPaidBy = strawberry.field(description="Who pays the way back.")
    restocking_fee_percent: Decimal | None = optional("What is kept of the price, 0 to 100 percent. Default: 0.")
    note: str | None = optional("For people, at most 2000 characters.")


@strawberry.input(description="How often a kind of synchronisation runs by itself.")
class SyncIntervalInput:
    kind: SyncKind = strawberry.field(description="A kind that the channel's connector can do.")
    every_seconds: int | None = optional("60 to 604800 seconds. Null: as often as the connector says.")
    paused: bool | None = optional("Whether it rests; channelSync runs it all the same. Default: false.")


@strawberry.input(description="The business settings of a channel.")
class ChannelSettingsFields:
    currency: str | None = optional("The currency of its orders where they do not say. A new channel: RON.")
    auto_confirm: bool | None = optional("Confirm orders without a click. A new channel: false.")
    auto_delivery_note: bool | None = optional("Make the delivery note with the confirmation. A new channel: false.")
    invoice_at: InvoiceAt | None = optional("When invoices are issued. A new channel: MANUAL.")
    order_type: str | None = optional("What approval rules know its orders by. A new channel: its type.")
    allowed_payment_methods: list[str] | None = optional(
        "The methods that orders may be paid by, at most 50 words as orders name them. A new channel: any."
    )
    delivery_fee: DeliveryFeeInput | None = optional("Only of the house's own channels. A new channel: none.")
    client_groups: list[str] | None = optional(
        "Slugs of the customer groups that may buy, at most 100; only of the house's own channels. A new channel: all."
    )
    price_list: str | None = optional("The slug of the price list that is its own. A new channel: none.")
    warehouse: str | None = optional("The code of the warehouse that it ships from. A new channel: the house's first.")
    legal_entity: strawberry.ID | None = optional("Who sells; both series must be of this entity.")
    invoice_series: str | None = optional("The prefix of the series of its invoices. A new channel: the house's first.")
    credit_series: str | None = optional("The prefix of the series of its credit notes. A new channel: likewise.")
    stock_check_on_entry: bool | None = optional(
        "Whether new orders that lack stock go to STOCK_UNAVAILABLE at once. A new channel: true."
    )
    pre_order_check_days: int | None = optional(
        "0 to 365: so many days before it is promised a pre-order is checked. A new channel: 7."
    )
    hold_expiry_hours: int | None = optional(
        "After so many hours on hold an order loses its reservation, 1 to 8760. A new channel: never."
    )
    return_policy: ReturnPolicyInput | None = optional("What holds for returns. A new channel: none.")
    intervals: list[SyncIntervalInput] | None = optional("How often it synchronises; kinds not named stay as they are.")


def settings_as_told(
    input: ChannelSettingsFields, *, title: str | None = None, enabled: bool | None = None, clear: Sequence[str] = ()
) -> Settings:
    """The settings of an input. Raises Invalid for an id that can be none."""
    entity = None
    if input.legal_entity is not None:
        entity = parse_id(input.legal_entity)
        if entity is None:
            raise invalid(("legalEntity",), "NOT_FOUND", "That is no id of a legal entity.")
    return Settings(
        title=title,
        enabled=enabled,
        clear=clear,
        currency=input.currency,
        auto_confirm=input.auto_confirm,
        auto_delivery_note=input.auto_delivery_note,
        invoice_at=input.invoice_at,
        order_type=input.order_type,
        allowed_payment_methods=input.allowed_payment_methods,
        delivery_fee=_fee(input.delivery_fee),
        client_groups=input.client_groups,
        price_list=input.price_list,
        warehouse=input.warehouse,
        legal_entity=entity,
        invoice_series=input.invoice_series,
        credit_series=input.credit_series,
        stock_check_on_entry=input.stock_check_on_entry,
        pre_order_check_days=input.pre_order_check_days,
        hold_expiry_hours=input.hold_expiry_hours,
        return_policy=_policy(input.return_policy),
        intervals=[_interval(one) for one in input.intervals or ()],
    )


def _fee(input: DeliveryFeeInput | None) -> settings.DeliveryFee | None:
    if input is None:
        return None
    return settings.DeliveryFee(amount=input.amount, tax_rate=input.tax_rate, free_from=input.free_from)


def _policy(input: ReturnPolicyInput | None) -> settings.ReturnPolicy | None:
    if input is None:
        return None
    return settings.ReturnPolicy(
        days=input.days,
        paid_by=input.paid_by.value,
        restocking_fee_percent=input.restocking_fee_percent or Decimal(0),
        note=input.note,
    )


def _interval(input: SyncIntervalInput) -> settings.Interval:
    every = None if input.every_seconds is None else timedelta(seconds=input.every_seconds)
    return settings.Interval(kind=input.kind.value, every=every, paused=bool(input.paused))
