"""Channels, their mappings, and the runs of their synchronisation."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Amount, Base, Json, Key, text_enum


class InvoiceAt(StrEnum):
    CONFIRMATION = "CONFIRMATION"
    DISPATCH = "DISPATCH"
    MANUAL = "MANUAL"


class ReturnsPaidBy(StrEnum):
    """Who pays for the way back."""

    CUSTOMER = "CUSTOMER"
    MERCHANT = "MERCHANT"


class PaymentKind(StrEnum):
    """Only prepaid needs the payment before the delivery note (spec ORD-4)."""

    PREPAID = "prepaid"
    ON_DELIVERY = "on_delivery"
    ON_ACCOUNT = "on_account"


class MappingKind(StrEnum):
    PAYMENT_METHOD = "payment_method"
    STATUS_IN = "status_in"
    STATUS_OUT = "status_out"


PRE_ORDERS = "pre_order"
OWN_CHANNELS = ("manual", "api", "portal", PRE_ORDERS)
"""The house's own channels, which no connector stands behind."""

COUNTER = "pos"
"""The type of the channels whose sales are paid and delivered at once; no approval rule holds those."""

TYPE_CODES: Mapping[str, int] = {COUNTER: 1, "portal": 2, "woocommerce": 3, "manual": 4}
"""The numbers that the guides give to types of channels (spec CHN-1); other types have none."""

SYNCS: Mapping[str, str] = {"ORDERS": "fetch_orders"}
"""The kinds of synchronisation whose interval a channel sets, each with the kind of its schedule."""


class Channel(Base):
    """A place where orders come from. `connector` is a connector's key, or one of `OWN_CHANNELS`.

    `credentials` is the sealed JSON of the connector's secrets (place `channel:<id>`). `stock_check_on_entry`: new
    orders that lack stock go to Stock Unavailable at once (spec STK-2). `pre_order_check_days`: so many days before the
    promised date the stock of a pre-order is checked (spec PRE-1). `hold_expiry_hours`: so long an order on hold keeps
    its reservation (spec ORD-4); null: as long as it is on hold. `version` counts the changes of its settings.

    `order_type` is what approval rules know its orders by; null: the channel's type. `allowed_payment_methods`: the
    words that orders may be paid by; null: any. `delivery_fee` (net, in the channel's currency, taxed with
    `delivery_fee_tax_rate` percent) is charged on orders that are entered here without a fee of their own, below
    `free_delivery_from` (goods with tax). `price_list_id`: the channel's own prices, as if the list named it.
    `return_policy` has `days`, `paid_by`, `restocking_fee_percent` and `note`. `intervals` holds, by kind of
    synchronisation, `every` (seconds; null: as the connector says) and `paused`, where the merchant said so.

    `settings_version` is the connector's under which `settings` were stored. `old_secrets` are sealed webhook secrets
    that hold until `old_secrets_until` at the latest (`domain.kernel.old_secrets`).
    """

    __tablename__ = "channels"

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    connector: Mapped[str]
    enabled: Mapped[bool] = mapped_column(default=True)
    currency: Mapped[str] = mapped_column(default="RON")
    settings: Mapped[Json] = mapped_column(default=dict)
    credentials: Mapped[bytes | None] = mapped_column(LargeBinary)
    settings_version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    old_secrets: Mapped[bytes | None] = mapped_column(LargeBinary)
    old_secrets_until: Mapped[datetime | None]
    auto_confirm: Mapped[bool] = mapped_column(default=False)
    auto_delivery_note: Mapped[bool] = mapped_column(default=False)
    invoice_at: Mapped[InvoiceAt] = mapped_column(text_enum(InvoiceAt), default=InvoiceAt.MANUAL)
    stock_check_on_entry: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    pre_order_check_days: Mapped[int] = mapped_column(default=7, server_default=text("7"))
    hold_expiry_hours: Mapped[int | None]
    order_type: Mapped[str | None]
    allowed_payment_methods: Mapped[list[str] | None]
    delivery_fee: Mapped[Amount | None]
    delivery_fee_tax_rate: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    free_delivery_from: Mapped[Amount | None]
    return_policy: Mapped[Json | None]
    intervals: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    price_list_id: Mapped[UUID | None] = mapped_column(ForeignKey("price_lists.id"), index=True)
    warehouse_id: Mapped[UUID] = mapped_column(ForeignKey("warehouses.id"))
    invoice_series_id: Mapped[UUID] = mapped_column(ForeignKey("invoice_series.id"))
    credit_series_id: Mapped[UUID] = mapped_column(ForeignKey("invoice_series.id"))
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def is_own(self) -> bool:
        return self.connector in OWN_CHANNELS


class ChannelClientGroup(Base):
    """A group of customers who may buy on the channel; a channel without any is open to all."""

    __tablename__ = "channel_client_groups"

    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channels.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[UUID] = mapped_column(ForeignKey("customer_groups.id"), primary_key=True, index=True)


class ChannelSeriesPast(Base):
    """The series of a channel before its legal entity changed: orders that were entered until then are invoiced in
    these (spec CHN-4)."""

    __tablename__ = "channel_series_past"

    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channels.id", ondelete="CASCADE"), primary_key=True)
    until: Mapped[datetime] = mapped_column(primary_key=True)
    invoice_series_id: Mapped[UUID] = mapped_column(ForeignKey("invoice_series.id"))
    credit_series_id: Mapped[UUID] = mapped_column(ForeignKey("invoice_series.id"))


class ChannelMapping(Base):
    """A word of the channel (or, for `status_out`, of ours) and what it means on the other side.

    For payment methods `target` is the payment kind. A status that is to be left out on import has the target
    `IGNORE`; one that is not to be pushed, the empty text.
    """

    __tablename__ = "channel_mappings"

    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channels.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[MappingKind] = mapped_column(text_enum(MappingKind), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    target: Mapped[str]


class SyncCursor(Base):
    """Where a kind of synchronisation of a channel stands; moved only with the page that it covers."""

    __tablename__ = "sync_cursors"

    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channels.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    cursor: Mapped[str | None]
    last_success_at: Mapped[datetime | None]


class SyncRun(Base):
    """One run of a kind of synchronisation: when, how much, and what ended it (`error` in words for people)."""

    __tablename__ = "sync_runs"

    id: Mapped[Key]
    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channels.id", ondelete="CASCADE"))
    kind: Mapped[str]
    requested_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    pages: Mapped[int] = mapped_column(default=0)
    items: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]

    __table_args__ = (
        Index("ix_sync_runs_channel", "channel_id", "kind", "requested_at"),
        Index("ix_sync_runs_finished", "finished_at"),
    )
