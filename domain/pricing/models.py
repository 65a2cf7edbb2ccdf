"""Price lists: for whom, from when until when, and their prices."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Base, Key, Quantity, UnitPrice, text_enum


class Level(StrEnum):
    """Whose price it is. The first level that has one wins, in this order (spec PRC-1)."""

    CUSTOMER = "CUSTOMER"
    GROUP = "GROUP"
    CHANNEL = "CHANNEL"
    STANDARD = "STANDARD"


class PriceList(Base):
    """Prices for some customers, groups of customers, or channels: `level` says which of the three.

    It holds from `valid_from` (included) until `valid_until` (excluded); null has no end on that side. An archived
    list is kept for the orders that name it, and gives no price any more.
    """

    __tablename__ = "price_lists"

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    level: Mapped[Level] = mapped_column(text_enum(Level))
    currency: Mapped[str]
    priority: Mapped[int] = mapped_column(default=0)
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    archived_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (Index("ix_price_lists_created", "created_at", "id"),)


class PriceListMember(Base):
    """One of those for whom a list is: a customer, a group of customers, or a channel."""

    __tablename__ = "price_list_members"

    id: Mapped[Key]
    price_list_id: Mapped[UUID] = mapped_column(ForeignKey("price_lists.id", ondelete="CASCADE"))
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    group_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer_groups.id"), index=True)
    channel_id: Mapped[UUID | None] = mapped_column(ForeignKey("channels.id", ondelete="CASCADE"), index=True)

    __table_args__ = (
        UniqueConstraint("price_list_id", "customer_id", "group_id", "channel_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("num_nonnulls(customer_id, group_id, channel_id) = 1", name="one_member"),
    )


class PriceListItem(Base):
    """A net price of a variant from `min_quantity` on, up to the next break. 0: from any quantity on."""

    __tablename__ = "price_list_items"

    price_list_id: Mapped[UUID] = mapped_column(ForeignKey("price_lists.id", ondelete="CASCADE"), primary_key=True)
    variant_id: Mapped[UUID] = mapped_column(ForeignKey("variants.id"), primary_key=True, index=True)
    min_quantity: Mapped[Quantity] = mapped_column(primary_key=True)
    unit_price: Mapped[UnitPrice]
