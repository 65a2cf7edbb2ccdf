"""Channels, their mappings, and the runs of their synchronisation."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Base, Json, Key, text_enum


class InvoiceAt(StrEnum):
    CONFIRMATION = "CONFIRMATION"
    DISPATCH = "DISPATCH"
    MANUAL = "MANUAL"


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


class Channel(Base):
    """A place where orders come from. `connector` is a connector's key, or one of `OWN_CHANNELS`.

    `credentials` is the sealed JSON of the connector's secrets (place `channel:<id>`). `stock_check_on_entry`: new
    orders that lack stock go to Stock Unavailable at once (spec STK-2). `pre_order_check_days`: so many days before the
    promised date the stock of a pre-order is checked (spec PRE-1). `hold_expiry_hours`: so long an order on hold keeps
    its reservation (spec ORD-4); null: as long as it is on hold. `version` counts the changes of its settings.
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
    auto_confirm: Mapped[bool] = mapped_column(default=False)
    auto_delivery_note: Mapped[bool] = mapped_column(default=False)
    invoice_at: Mapped[InvoiceAt] = mapped_column(text_enum(InvoiceAt), default=InvoiceAt.MANUAL)
    stock_check_on_entry: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    pre_order_check_days: Mapped[int] = mapped_column(default=7, server_default=text("7"))
    hold_expiry_hours: Mapped[int | None]
    warehouse_id: Mapped[UUID] = mapped_column(ForeignKey("warehouses.id"))
    invoice_series_id: Mapped[UUID] = mapped_column(ForeignKey("invoice_series.id"))
    credit_series_id: Mapped[UUID] = mapped_column(ForeignKey("invoice_series.id"))
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def is_own(self) -> bool:
        return self.connector in OWN_CHANNELS


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

    __table_args__ = (Index("ix_sync_runs_channel", "channel_id", "kind", "requested_at"),)
