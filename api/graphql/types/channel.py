"""Channels, their health, and what is done with them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from api.graphql.blueprint import Blueprint, Source
from api.graphql.fields import attribute, optional
from domain.channels.models import TYPE_CODES, InvoiceAt
from domain.kernel.actor import Permission

from .account_standing import COLUMNS, AccountStanding
from .channel_settings import (
    ChannelSetting,
    ChannelSettingsFields,
    DeliveryFee,
    ReturnPolicy,
    SyncInterval,
    delivery_fee,
    return_policy,
    sync_intervals,
)
from .legal import LegalEntity, legal_entity
from .mapping import MappingKind, Meaning, UnmappedWord
from .refusals import Invalid, NotFound, StaleVersion


@strawberry.type(description="A place where orders come from.")
class Channel:
    key: strawberry.Private[UUID]
    id: strawberry.ID = attribute("Our id.")
    slug: str = attribute("Short name, unique; stands in the webhook's address.")
    title: str = attribute("Name for people.")
    connector: str = attribute("The connector's key, or one of manual, api, portal, pre_order.")
    kind: str = attribute("Its type: a connector's key, or manual, api, portal, pre_order.")
    type_code: int | None = attribute("The type's number, where it has one: pos 1, portal 2, woocommerce 3, manual 4.")
    enabled: bool = attribute("Whether it takes part.")
    currency: str = attribute("The currency of its orders where they do not say.")
    auto_confirm: bool = attribute("Whether orders are confirmed without a click.")
    auto_delivery_note: bool = attribute("Whether a confirmed order gets its delivery note at once.")
    invoice_at: InvoiceAt = attribute("When invoices are issued.")
    hold_expiry_hours: int | None = attribute(
        "After so many hours on hold an order loses its reservation; null: it keeps it as long as it is on hold."
    )
    stock_check_on_entry: bool = attribute("Whether new orders that lack stock go to STOCK_UNAVAILABLE at once.")
    pre_order_check_days: int = attribute("So many days before the promised date the stock of a pre-order is checked.")
    order_type: str = attribute("What approval rules know its orders by; its type, where nothing else is set.")
    allowed_payment_methods: list[str] | None = attribute("How orders may be paid; null: by any method.", size=5)
    delivery_fee: DeliveryFee | None = attribute("The shipping of orders that name none.")
    client_groups: list[str] = attribute("Slugs of the customer groups that may buy; empty: all.", size=5)
    price_list: str | None = attribute("The slug of the price list that is its own.")
    warehouse: str = attribute("The code of the warehouse that it ships from.")
    legal_entity: LegalEntity = attribute("Who sells.", permission=Permission.CHANNELS_VIEW)
    invoice_series: str = attribute("The prefix of the series of its invoices.")
    credit_series: str = attribute("The prefix of the series of its credit notes.")
    return_policy: ReturnPolicy | None = attribute("What holds for returns.")
    intervals: list[SyncInterval] = attribute(
        "The kinds of synchronisation for which the merchant set an interval or a pause.", size=3
    )
    webhook_url: str | None = attribute(
        "Where the far side sends its webhooks; null for channels without a connector. Where the far side cannot sign, "
        "the secret is to be added as the last part of the path.",
        permission=Permission.CHANNELS_VIEW,
    )
    settings: JSON = attribute("The connector's settings; never the credentials.", permission=Permission.CHANNELS_VIEW)
    version: int = attribute("Counts the changes of its settings; name it as `expectedVersion` when you change one.")
    connection: AccountStanding | None = attribute(
        "How it stands with its connector; null for the house's own channels.", permission=Permission.CHANNELS_VIEW
    )
    mappings: list[Meaning] = attribute(
        "What its words mean: its own mappings over the connector's defaults, by kind and word.",
        permission=Permission.CHANNELS_VIEW,
        size=30,
    )
    unmapped: list[UnmappedWord] = attribute(
        "Words without a meaning: those that items wait for, those that most wait for first (at most 1000 over all "
        "channels that are asked for), then those of the connector's vocabulary.",
        permission=Permission.CHANNELS_VIEW,
        size=5,
    )
    created_at: datetime = attribute("When it was made.")


CHANNEL = Blueprint(
    Channel,
    {
        "id": Source("id", make=str),
        "slug": Source("slug"),
        "title": Source("title"),
        "connector": Source("connector"),
        "kind": Source("connector"),
        "typeCode": Source("connector", make=TYPE_CODES.get),
        "enabled": Source("enabled"),
        "currency": Source("currency"),
        "autoConfirm": Source("auto_confirm"),
        "autoDeliveryNote": Source("auto_delivery_note"),
        "invoiceAt": Source("invoice_at"),
        "holdExpiryHours": Source("hold_expiry_hours"),
        "stockCheckOnEntry": Source("stock_check_on_entry"),
        "preOrderCheckDays": Source("pre_order_check_days"),
        "orderType": Source("order_type", "connector", make=lambda own, kind: own or kind),
        "allowedPaymentMethods": Source("allowed_payment_methods"),
        "deliveryFee": Source(
            *("delivery_fee", "delivery_fee_tax_rate", "free_delivery_from", "currency"), make=delivery_fee
        ),
        "clientGroups": Source("client_groups"),
        "priceList": Source("price_list"),
        "warehouse": Source("warehouse"),
        "legalEntity": Source("legal_entity", make=legal_entity),
        "invoiceSeries": Source("invoice_series"),
        "creditSeries": Source("credit_series"),
        "returnPolicy": Source("return_policy", make=return_policy),
        "intervals": Source("intervals", make=sync_intervals),
        "settings": Source("settings"),
        "connection": Source(*COLUMNS, make=lambda *_: None),
        "version": Source("version"),
        "createdAt": Source("created_at"),
    },
)


@strawberry.type(description="A type of channel that can be made: several of one type, each with its own slug.")
class ChannelType:
    kind: str = attribute("What channelCreate calls `connector`.")
    title: str = attribute("For people.")
    description: str = attribute("Who places the orders.")
    type_code: int | None = attribute("The type's number, where it has one.")
    own: bool = attribute("Whether it is the house's own, without a far side; else `connectors` has its schemas.")


@strawberry.type(description="How the synchronisation of a channel is doing.")
class ChannelHealth:
    last_success_at: datetime | None = attribute("When orders were last fetched well.")
    lag_seconds: int | None = attribute("How long ago that was.")
    open_errors: int = attribute("Diary entries that want a person.")
    waiting: int = attribute("Items that wait for a cause to be mended.")
    next_run_at: datetime | None = attribute("When orders are fetched next.")


@strawberry.type(description="What came of trying the credentials.")
class ConnectionTest:
    ok: bool = attribute("Whether the far side answered as it should.")
    code: str = attribute(
        "OK; UNREACHABLE: no such name, nobody answers there, no trusted TLS; TIMED_OUT; NOT_ACCEPTED: it answers, and "
        "not as wished: wrong keys, no right to write, not the kind of system; ACCOUNT_INVALID: what is stored does "
        "not fit the connector; CONNECTOR_NOT_LOADED; HOOK_UNSUPPORTED: the connector cannot try; CONNECTOR_FAILED; "
        "RATE_LIMITED."
    )
    message: str = attribute("What was reached, or what to mend.")


@strawberry.type(description="A run was asked for; a worker does it.")
class SyncStarted:
    run_id: strawberry.ID = attribute("The run.")


@strawberry.input(description="Words of the channel and what they mean here; each is a JSON object.")
class MappingsInput:
    payment_methods: JSON | None = optional(
        'Their payment method to a kind: {"cod": "on_delivery", "bacs": "prepaid", "b2b": "on_account"}.'
    )
    statuses_in: JSON | None = optional('Their order status to ours: {"on-hold": "PENDING_PAYMENT"}, or "IGNORE".')
    statuses_out: JSON | None = optional('Our order status to theirs: {"SHIPPING": "completed"}; "" is not pushed.')


@strawberry.input(
    description="connector: the key of a sales channel connector, or null for the house's own channels "
    "(manual, api, portal, pre_order)."
)
class ChannelCreateInput(ChannelSettingsFields):
    slug: str = strawberry.field(description="Lower-case letters, digits, - and _; unique.")
    title: str = strawberry.field(description="Name for people.")
    connector: str | None = optional("A connector's key, one of the own channels' kinds, or null (manual).")
    settings: JSON | None = optional("As the connector's settingsSchema says.")
    credentials: JSON | None = optional("As the connector's credentialsSchema says. Kept encrypted, never returned.")
    mappings: MappingsInput | None = optional("Additions to the connector's vocabulary.")


@strawberry.input(description="What is null stays as it is; `clear` empties.")
class ChannelUpdateInput(ChannelSettingsFields):
    id: strawberry.ID = strawberry.field(description="The channel.")
    expected_version: int = strawberry.field(description="The version that you read.")
    title: str | None = optional("Name for people.")
    enabled: bool | None = optional(
        "Whether it takes part. Switched off, it takes no orders and asks its store for none; what the store sends is "
        "kept and waits."
    )
    clear: list[ChannelSetting] | None = optional("Settings to empty.")


@strawberry.input(description="How a channel deals with stock; what is null stays as it is.")
class ChannelStockInput:
    id: strawberry.ID = strawberry.field(description="The channel.")
    warehouse: str | None = optional("The code of the warehouse that it ships from.")
    stock_check_on_entry: bool | None = optional("Whether new orders that lack stock go to STOCK_UNAVAILABLE at once.")
    pre_order_check_days: int | None = optional("0 to 365: so many days before it is promised a pre-order is checked.")


ChannelResult = Annotated[
    Channel | Invalid | NotFound, strawberry.union("ChannelResult", description="A channel, or why not.")
]


ChannelUpdateResult = Annotated[
    Channel | Invalid | NotFound | StaleVersion,
    strawberry.union("ChannelUpdateResult", description="The channel, or why not."),
]


@strawberry.type(description="A word of a channel and what it means on the other side.")
class ChannelMapping:
    channel: str = attribute("The channel's slug.")
    kind: MappingKind = attribute("What it is about.")
    source: str = attribute("The word that is mapped.")
    target: str = attribute("What it means.")


@strawberry.input(description="A word of a channel and what it means from now on.")
class MappingInput:
    channel: str = strawberry.field(description="The channel's slug.")
    kind: MappingKind = strawberry.field(description="What it is about.")
    source: str = strawberry.field(description="The channel's word; for STATUS_OUT our status.")
    target: str = strawberry.field(
        description="PAYMENT_METHOD: prepaid, on_delivery or on_account. STATUS_IN: our status, or IGNORE. "
        'STATUS_OUT: the channel\'s word, or "" for not pushed.'
    )


MappingResult = Annotated[
    ChannelMapping | Invalid | NotFound, strawberry.union("MappingResult", description="A mapping, or why not.")
]


@strawberry.input(description="Words of a channel and what they mean from now on.")
class MappingsSetInput:
    channel: strawberry.ID = strawberry.field(description="The channel's id.")
    expected_version: int = strawberry.field(description="The channel's version that you read.")
    mappings: MappingsInput = strawberry.field(description="Up to 1000 words; they replace what those words meant.")
    replace: bool | None = optional(
        "Of each kind that is given, words that are not named fall back to the connector's meaning. Default: false, "
        "they stay."
    )
