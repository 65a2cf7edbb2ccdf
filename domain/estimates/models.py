"""Estimates and their lines. Amounts are as those of orders: without tax but `total` (`domain.orders.totals`)."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.kernel.database import Amount, Base, Json, Key, Quantity, UnitPrice, text_enum

PREFIX = "EST-"


class EstimateState(StrEnum):
    """What became of it. Whether an open one has expired follows from its last day."""

    OPEN = "open"
    ACCEPTED = "accepted"
    CANCELLED = "cancelled"


class Estimate(Base):
    """An offer (spec ORD-11). Its prices hold until `valid_until`, that day included; accepted, it has an order.

    `channel_id` is where the order will be entered. `version` counts what is edited and decided.
    """

    __tablename__ = "estimates"

    id: Mapped[Key]
    number: Mapped[int] = mapped_column(BigInteger, Identity(start=1001), unique=True)
    state: Mapped[EstimateState] = mapped_column(text_enum(EstimateState), default=EstimateState.OPEN)
    version: Mapped[int] = mapped_column(default=1)
    valid_until: Mapped[date]
    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channels.id"))
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"), index=True)
    seller: Mapped[str | None]
    buyer_tax_id: Mapped[str | None]
    billing: Mapped[Json | None]
    shipping: Mapped[Json | None]
    payment_method: Mapped[str | None]
    note: Mapped[str | None]
    currency: Mapped[str]
    charges: Mapped[list[Json]]
    subtotal: Mapped[Amount]
    fee_total: Mapped[Amount]
    shipping_total: Mapped[Amount]
    tax_total: Mapped[Amount]
    total: Mapped[Amount]
    reason: Mapped[str | None]
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("orders.id"), unique=True)
    author: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    lines: Mapped[list["EstimateLine"]] = relationship(
        lazy="raise", order_by="EstimateLine.position", cascade="all, delete-orphan"
    )

    __table_args__ = (
        Index("ix_estimates_created", "created_at", "id"),
        Index("ix_estimates_state", "state", "created_at", "id"),
        Index("ix_estimates_seller", "seller", "created_at", "id"),
    )


class EstimateLine(Base):
    __tablename__ = "estimate_lines"

    id: Mapped[Key]
    estimate_id: Mapped[UUID] = mapped_column(ForeignKey("estimates.id", ondelete="CASCADE"))
    position: Mapped[int]
    variant_id: Mapped[UUID] = mapped_column(ForeignKey("variants.id"), index=True)
    sku: Mapped[str]
    name: Mapped[str]
    quantity: Mapped[Quantity]
    unit_price: Mapped[UnitPrice]
    subtotal: Mapped[Amount]
    tax_rate: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    tax: Mapped[Amount]
    total: Mapped[Amount]

    __table_args__ = (UniqueConstraint("estimate_id", "position"),)
