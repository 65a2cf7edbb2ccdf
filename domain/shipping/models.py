"""Courier accounts, shipments, tracking."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Base, Json, Key, text_enum


class ShippingStarts(StrEnum):
    """When an order counts as handed over to the courier (spec FUL-4)."""

    AWB = "AWB"
    DISPATCH = "DISPATCH"
    FIRST_SCAN = "FIRST_SCAN"


class ShipmentStatus(StrEnum):
    REQUESTED = "REQUESTED"
    UNKNOWN = "UNKNOWN"
    CREATED = "CREATED"
    PICKED_UP = "PICKED_UP"
    IN_TRANSIT = "IN_TRANSIT"
    OUT_FOR_DELIVERY = "OUT_FOR_DELIVERY"
    DELIVERED = "DELIVERED"
    DELIVERY_FAILED = "DELIVERY_FAILED"
    RETURNING = "RETURNING"
    RETURNED = "RETURNED"
    VOIDED = "VOIDED"
    LOST_DAMAGED = "LOST_DAMAGED"


class CourierAccount(Base):
    """A contract with a courier. `credentials` is the sealed JSON of its secrets (place `courier:<id>`).

    `version` counts its changes; `settings_version`, `old_secrets` and `old_secrets_until` mean what a channel's do.
    """

    __tablename__ = "courier_accounts"

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    connector: Mapped[str]
    enabled: Mapped[bool] = mapped_column(default=True)
    settings: Mapped[Json] = mapped_column(default=dict)
    credentials: Mapped[bytes | None] = mapped_column(LargeBinary)
    settings_version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    old_secrets: Mapped[bytes | None] = mapped_column(LargeBinary)
    old_secrets_until: Mapped[datetime | None]
    shipping_starts: Mapped[ShippingStarts] = mapped_column(text_enum(ShippingStarts))
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Shipment(Base):
    """An AWB, from its request on. `key` is our idempotency key at the courier; one packing list has at most one
    shipment that is not void. `refused` holds the courier's problems when it said no; such a shipment is VOIDED.
    `started_at` is when it counted as handed over. `cod_amount` is what the courier collects. `typed_awb` is a number
    typed in by hand, for couriers without an interface. `void_requested_at` is set while the courier is asked to void.
    """

    __tablename__ = "shipments"

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(unique=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    packing_list_id: Mapped[UUID] = mapped_column(ForeignKey("packing_lists.id"))
    courier_account_id: Mapped[UUID] = mapped_column(ForeignKey("courier_accounts.id"))
    service: Mapped[str | None]
    awb: Mapped[str | None]
    typed_awb: Mapped[str | None]
    refs: Mapped[Json] = mapped_column(default=dict)
    tracking_url: Mapped[str | None]
    status: Mapped[ShipmentStatus] = mapped_column(text_enum(ShipmentStatus))
    cod_amount: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    cod_currency: Mapped[str | None]
    price: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    price_currency: Mapped[str | None]
    note: Mapped[str | None]
    refused: Mapped[list[Json] | None]
    attention: Mapped[str | None]
    final: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    void_requested_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    tracked_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_shipments_live", "packing_list_id", unique=True, postgresql_where=text("status <> 'VOIDED'")),
        Index("ix_shipments_awb", "awb"),
        Index(
            "ix_shipments_open",
            "courier_account_id",
            "tracked_at",
            postgresql_where=text("NOT final AND awb IS NOT NULL"),
        ),
    )


class ShipmentLabel(Base):
    """A label as the courier gave it, kept so that a reprint needs no call."""

    __tablename__ = "shipment_labels"

    shipment_id: Mapped[UUID] = mapped_column(ForeignKey("shipments.id"), primary_key=True)
    format: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    fetched_at: Mapped[datetime]


class TrackingEvent(Base):
    """One scan, kept as it came; `status` is null where the code changes nothing, `known` false for a new code."""

    __tablename__ = "tracking_events"

    id: Mapped[Key]
    shipment_id: Mapped[UUID] = mapped_column(ForeignKey("shipments.id"))
    at: Mapped[datetime]
    code: Mapped[str]
    text: Mapped[str]
    status: Mapped[ShipmentStatus | None] = mapped_column(text_enum(ShipmentStatus))
    location: Mapped[str]
    known: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (UniqueConstraint("shipment_id", "at", "code", "location"),)
