"""Orders and their parts. All amounts of a line are without tax but `total`; see `totals` for how they add up."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    Sequence,
    SmallInteger,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from domain.channels.models import Channel, PaymentKind
from domain.kernel.database import Amount, Base, Json, Key, Quantity, UnitPrice, text_enum

from .status import Status

OTHER_BILLING_PHONE = "phone_key(billing ->> 'phone') IS DISTINCT FROM phone_key(shipping ->> 'phone')"
"""What a look-up by the billing address's phone repeats word for word, lest its partial index be passed over."""

ORDER_NUMBERS = Sequence("order_numbers", start=100001, metadata=Base.metadata)


class StatusType(TypeDecorator[Status]):
    """A status, stored as its code."""

    impl = SmallInteger
    cache_ok = True

    def process_bind_param(self, value: Status | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Status | None:
        return None if value is None else Status(value)


class PaymentState(StrEnum):
    UNPAID = "UNPAID"
    PARTLY_PAID = "PARTLY_PAID"
    PAID = "PAID"
    PARTLY_REFUNDED = "PARTLY_REFUNDED"
    REFUNDED = "REFUNDED"


class FulfilmentState(StrEnum):
    NONE = "NONE"
    PARTIAL = "PARTIAL"
    FULL = "FULL"


class ChargeKind(StrEnum):
    SHIPPING = "shipping"
    FEE = "fee"
    ROUNDING = "rounding"


class Order(Base):
    """An order. `version` counts what operators edit or move, not tracking, sync or notes; `history_seq` is the last
    entry of its history. `approve_status`: 0 pending, 1 approved, -1 rejected, null: no rule asks (spec APR-1).
    `delivery_point` is the id that its provider has for a locker or pick-up point.
    `held_from` is the status from which it was put on hold; `reservation_expired_at` is when a long hold cost it its
    goods. `shortages` names what was missing at the last
    confirmation, or on entry: sku, ordered, available. `short_on_entry`: it is in Stock Unavailable since the check on
    entry said so, and nobody has asked to confirm it yet. `short_since`: it waits for goods since then, holds
    included. `vouchers` are the codes that were entered with it, each with its rule and why it takes nothing off
    (null: it does); null altogether: its discounts are its store's, and no rule of ours is asked. `erased_at`: the
    buyer's personal data were erased then, and imports bring none back (spec SEC-4).
    """

    __tablename__ = "orders"

    id: Mapped[Key]
    number: Mapped[int] = mapped_column(
        BigInteger, ORDER_NUMBERS, server_default=ORDER_NUMBERS.next_value(), unique=True
    )
    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channels.id"))
    external_id: Mapped[str | None]
    external_number: Mapped[str | None]
    status: Mapped[Status] = mapped_column(StatusType)
    status_since: Mapped[datetime]
    approve_status: Mapped[int | None] = mapped_column(SmallInteger)
    payment_state: Mapped[PaymentState] = mapped_column(text_enum(PaymentState), default=PaymentState.UNPAID)
    fulfilment_state: Mapped[FulfilmentState] = mapped_column(text_enum(FulfilmentState), default=FulfilmentState.NONE)
    version: Mapped[int] = mapped_column(default=1)
    history_seq: Mapped[int] = mapped_column(default=0)
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customers.id"))
    seller: Mapped[str | None]
    buyer_tax_id: Mapped[str | None]
    ticket: Mapped[str | None]
    billing: Mapped[Json | None]
    shipping: Mapped[Json | None]
    delivery_point: Mapped[str | None]
    delivery_point_provider: Mapped[str | None]
    delivery_point_name: Mapped[str | None]
    payment_method: Mapped[str | None]
    payment_title: Mapped[str | None]
    payment_kind: Mapped[PaymentKind | None] = mapped_column(text_enum(PaymentKind))
    currency: Mapped[str]
    subtotal: Mapped[Amount]
    discount_total: Mapped[Amount]
    fee_total: Mapped[Amount]
    shipping_total: Mapped[Amount]
    tax_total: Mapped[Amount]
    total: Mapped[Amount]
    note: Mapped[str | None]
    promised_on: Mapped[date | None]
    test: Mapped[bool] = mapped_column(default=False)
    held_from: Mapped[Status | None] = mapped_column(StatusType)
    reservation_expired_at: Mapped[datetime | None]
    shortages: Mapped[list[Json] | None]
    short_on_entry: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    short_since: Mapped[datetime | None]
    vouchers: Mapped[list[Json] | None]
    metafields: Mapped[Json | None]
    placed_at: Mapped[datetime]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    channel: Mapped[Channel] = relationship(lazy="raise", viewonly=True)
    lines: Mapped[list["OrderLine"]] = relationship(lazy="raise", order_by="OrderLine.position", cascade="save-update")
    charges: Mapped[list["OrderCharge"]] = relationship(lazy="raise", order_by="OrderCharge.position")

    __table_args__ = (
        Index(
            "ix_orders_metafields",
            "metafields",
            postgresql_using="gin",
            postgresql_ops={"metafields": "jsonb_path_ops"},
            postgresql_where=text("metafields IS NOT NULL"),
        ),
        Index("ix_orders_created", "created_at", "id"),
        Index("ix_orders_updated", "updated_at", "id"),
        Index("ix_orders_total", "total", "id"),
        Index("ix_orders_since", "status_since", "id"),
        Index("ix_orders_placed", "placed_at", "id"),
        Index("ix_orders_promised", "promised_on", "id", postgresql_where=text("promised_on IS NOT NULL")),
        Index("ix_orders_status_created", "status", "created_at", "id"),
        Index("ix_orders_status_since", "status", "status_since", "id"),
        Index("ix_orders_channel_status", "channel_id", "status", "created_at", "id"),
        Index(
            "ix_orders_approve",
            "approve_status",
            "created_at",
            "id",
            postgresql_where=text("approve_status IS NOT NULL"),
        ),
        Index("ix_orders_confirmed", "confirmed_at", postgresql_where=text("confirmed_at IS NOT NULL")),
        Index("ix_orders_seller", "seller", "created_at", "id", postgresql_where=text("seller IS NOT NULL")),
        Index("ix_orders_ticket", "ticket", postgresql_where=text("ticket IS NOT NULL")),
        Index("ix_orders_channel_created", "channel_id", "created_at", "id"),
        Index("ix_orders_promised", "promised_on", "id", postgresql_where=text("promised_on IS NOT NULL")),
        Index("ix_orders_customer", "customer_id", "created_at"),
        Index("ix_orders_external", "channel_id", "external_id"),
        Index("ix_orders_external_number", "external_number", postgresql_where=text("external_number IS NOT NULL")),
        Index(
            "ix_orders_shipping_phone_key",
            text("phone_key(shipping ->> 'phone')"),
            postgresql_where=text("phone_key(shipping ->> 'phone') IS NOT NULL"),
        ),
        # Mostly the phone to bill is the one to ship to: then it is not kept twice.
        Index(
            "ix_orders_billing_phone_key",
            text("phone_key(billing ->> 'phone')"),
            postgresql_where=text(f"phone_key(billing ->> 'phone') IS NOT NULL AND {OTHER_BILLING_PHONE}"),
        ),
        Index("ix_orders_words", text("order_vector(shipping, billing, buyer_tax_id, note)"), postgresql_using="gin"),
    )


class OrderLine(Base):
    """A line. `subtotal` = quantity × unit price before discount; `total` = subtotal − discount + tax.

    `variant_id` is null where nothing of ours is meant (a line without a product). `external_id` is the channel's.
    `price_source` says which rule gave the price (`domain.pricing.sources`); null: the channel told it.
    """

    __tablename__ = "order_lines"

    id: Mapped[Key]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    position: Mapped[int]
    external_id: Mapped[str | None]
    variant_id: Mapped[UUID | None] = mapped_column(ForeignKey("variants.id"))
    sku: Mapped[str | None]
    name: Mapped[str]
    quantity: Mapped[Quantity]
    unit_price: Mapped[UnitPrice]
    price_source: Mapped[Json | None]
    subtotal: Mapped[Amount]
    discount: Mapped[Amount]
    tax_rate: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    tax: Mapped[Amount]
    total: Mapped[Amount]
    metafields: Mapped[Json | None]

    __table_args__ = (
        Index(
            "ix_order_lines_metafields",
            "metafields",
            postgresql_using="gin",
            postgresql_ops={"metafields": "jsonb_path_ops"},
            postgresql_where=text("metafields IS NOT NULL"),
        ),
        UniqueConstraint("order_id", "position"),
        Index("ix_order_lines_variant", "variant_id"),
        Index("ix_order_lines_sku", "sku"),
        Index("ix_order_lines_words", text("search_vector(name)"), postgresql_using="gin"),
    )


class OrderCharge(Base):
    """Shipping, a fee (may be negative), or the rounding that makes the parts equal the channel's total."""

    __tablename__ = "order_charges"

    id: Mapped[Key]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    position: Mapped[int]
    kind: Mapped[ChargeKind] = mapped_column(text_enum(ChargeKind))
    title: Mapped[str]
    code: Mapped[str | None]
    amount: Mapped[Amount]
    tax: Mapped[Amount]


class OrderDiscount(Base):
    """A discount as the channel explained it, or one by a rule of ours; the lines already contain it."""

    __tablename__ = "order_discounts"

    id: Mapped[Key]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    code: Mapped[str]
    amount: Mapped[Amount]
    rule_id: Mapped[UUID | None] = mapped_column(ForeignKey("trade_discounts.id"))
    voucher: Mapped[str | None]


class NoteAudience(StrEnum):
    """Whom a note is for. A note for the customer is what a frontend or a mail may show to them."""

    STAFF = "staff"
    CUSTOMER = "customer"


class OrderNote(Base):
    """What somebody noted on an order. It can be reworded; history keeps every wording, `version` counts them."""

    __tablename__ = "order_notes"

    id: Mapped[Key]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    audience: Mapped[NoteAudience] = mapped_column(text_enum(NoteAudience))
    text: Mapped[str]
    author: Mapped[str]
    at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __table_args__ = (Index("ix_order_notes_words", literal_column("search_vector(text)"), postgresql_using="gin"),)


class HistoryEntry(Base):
    """What happened to an order, in its order of `seq`: append-only, written under the order's lock (spec ORD-8).

    `version` is the order's since then; null on entries from before it was kept.
    """

    __tablename__ = "order_history"

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    actor: Mapped[str]
    reason: Mapped[str | None]
    data: Mapped[Json]
    version: Mapped[int | None]


class StatusCount(Base):
    """How many orders a channel has in a status, as of the last fold."""

    __tablename__ = "status_counts"

    channel_id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[Status] = mapped_column(StatusType, primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)


class StatusCountDelta(Base):
    """A change of a count that is not folded yet: appended, so that confirmations do not queue for one row."""

    __tablename__ = "status_count_deltas"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    channel_id: Mapped[UUID]
    status: Mapped[Status] = mapped_column(StatusType)
    delta: Mapped[int]
