"""Trade discounts, who used them, and what each saved (spec DSC-1, DSC-3)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Amount, Base, Key, Quantity, text_enum


class Formal(StrEnum):
    """What the value of a rule is; the guide's `formal` is 0 for an amount and 1 for a percentage."""

    AMOUNT = "AMOUNT"
    PERCENT = "PERCENT"


class RuleState(StrEnum):
    """Where a rule stands: `OFF` is one that is switched off, whatever its time."""

    SCHEDULED = "SCHEDULED"
    RUNNING = "RUNNING"
    ENDED = "ENDED"
    OFF = "OFF"
    ARCHIVED = "ARCHIVED"


class TradeDiscount(Base):
    """A rule that takes something off orders.

    It holds from `starts_at` and before `ends_at` (null: without end). `currency` is that of the value and of the
    minimum; null: any. `voucher` is the code as it is shown, `voucher_key` the same in capitals, unique among rules
    that are not archived; null: the rule applies by itself. An empty list asks for nothing: `items` are variants,
    `channels` kinds of channels (`manual`, `woocommerce`...), `stores` single channels. A rule that does not stack
    applies alone. `limit_total` and `limit_per_client` count orders.
    """

    __tablename__ = "trade_discounts"

    id: Mapped[Key]
    name: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    formal: Mapped[Formal] = mapped_column(text_enum(Formal))
    value: Mapped[Amount]
    currency: Mapped[str | None]
    minimum_order_value: Mapped[Amount | None]
    voucher: Mapped[str | None]
    voucher_key: Mapped[str | None]
    clients: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    client_groups: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    items: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    item_groups: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    channels: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    stores: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    limit_total: Mapped[int | None]
    limit_per_client: Mapped[int | None]
    stacks: Mapped[bool] = mapped_column(default=True)
    priority: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    archived_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (
        Index(
            "uq_trade_discounts_voucher_key",
            "voucher_key",
            unique=True,
            postgresql_where=text("archived_at IS NULL AND voucher_key IS NOT NULL"),
        ),
        Index("ix_trade_discounts_ends", "ends_at", "id", postgresql_where=text("archived_at IS NULL")),
        Index("ix_trade_discounts_created", "created_at", "id"),
    )


class DiscountUse(Base):
    """An order uses a rule: what limits count. A cancelled order gives its uses back: its rows are deleted."""

    __tablename__ = "discount_uses"

    rule_id: Mapped[UUID] = mapped_column(ForeignKey("trade_discounts.id"), primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), primary_key=True, index=True)
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customers.id"))
    at: Mapped[datetime]

    __table_args__ = (Index("ix_discount_uses_client", "rule_id", "customer_id"),)


class DiscountLog(Base):
    """What a rule took off a line of an order, under the name that the rule had then. Amounts are net, of the line.

    `original` is the line's amount before this rule, `after` the one after it. The rows of an order are always its
    discount as it stands: an edit before the confirmation writes them anew, a cancelled order keeps them. `test` marks
    what a test order got: nobody saved it, and `discountLog` leaves it out.
    """

    __tablename__ = "omni_log_discount"

    id: Mapped[Key]
    at: Mapped[datetime]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    rule_id: Mapped[UUID] = mapped_column(ForeignKey("trade_discounts.id"))
    rule_name: Mapped[str]
    voucher: Mapped[str | None]
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customers.id"), index=True)
    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channels.id"))
    variant_id: Mapped[UUID | None] = mapped_column(ForeignKey("variants.id"))
    sku: Mapped[str | None]
    quantity: Mapped[Quantity]
    original: Mapped[Amount]
    after: Mapped[Amount]
    saved: Mapped[Amount]
    currency: Mapped[str]
    test: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        Index("ix_omni_log_discount_at", "at", "id"),
        Index("ix_omni_log_discount_rule", "rule_id", "at", "id"),
        Index(
            "ix_omni_log_discount_voucher",
            text("upper(voucher)"),
            "at",
            "id",
            postgresql_where=text("voucher IS NOT NULL"),
        ),
    )
