"""Warehouses, levels, moves, receipt notes, reservations, back-orders."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.kernel.database import Base, Key, Quantity, text_enum


class Warehouse(Base):
    """A place that holds goods. One that is not `active` takes nothing in."""

    __tablename__ = "warehouses"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))


class StockLevel(Base):
    """What a warehouse has of a variant, whoever races: available = on hand − reserved − quarantined, never negative.

    What is in quarantine is on hand, but promised to nobody.
    """

    __tablename__ = "stock_levels"

    warehouse_id: Mapped[UUID] = mapped_column(ForeignKey("warehouses.id"), primary_key=True)
    variant_id: Mapped[UUID] = mapped_column(ForeignKey("variants.id"), primary_key=True)
    on_hand: Mapped[Quantity]
    reserved: Mapped[Quantity]
    quarantined: Mapped[Quantity] = mapped_column(default=0, server_default=text("0"))

    __table_args__ = (
        CheckConstraint("reserved >= 0", name="reserved_not_negative"),
        CheckConstraint("on_hand - reserved >= 0", name="available_not_negative"),
        CheckConstraint(
            "quarantined >= 0 AND on_hand - reserved - quarantined >= 0", name="quarantine_in_what_is_free"
        ),
        Index("ix_stock_levels_variant", "variant_id"),
    )


FREE = StockLevel.on_hand - StockLevel.reserved - StockLevel.quarantined
"""What of a level can still be promised."""


class MoveKind(StrEnum):
    """Why on hand or quarantine changed. A move into or out of quarantine leaves on hand as it is; DISCARD takes from
    both."""

    RECEIPT = "receipt"
    DISPATCH = "dispatch"
    CORRECTION = "correction"
    TRANSFER = "transfer"
    QUARANTINE_IN = "quarantine_in"
    QUARANTINE_OUT = "quarantine_out"
    DISCARD = "discard"


class StockMove(Base):
    """One change of a level, with its cause (spec STK-1): on hand always equals the sum of `quantity`, what is in
    quarantine that of `quarantined`. `cause_id` is the receipt note or the delivery note that moved it.
    """

    __tablename__ = "stock_moves"

    id: Mapped[Key]
    at: Mapped[datetime]
    warehouse_id: Mapped[UUID] = mapped_column(ForeignKey("warehouses.id"))
    variant_id: Mapped[UUID] = mapped_column(ForeignKey("variants.id"))
    kind: Mapped[MoveKind] = mapped_column(text_enum(MoveKind))
    quantity: Mapped[Quantity]
    quarantined: Mapped[Quantity] = mapped_column(default=0, server_default=text("0"))
    cause_id: Mapped[UUID | None]
    reason: Mapped[str | None]
    actor: Mapped[str]

    __table_args__ = (
        Index("ix_stock_moves_variant", "warehouse_id", "variant_id"),
        Index("ix_stock_moves_newest", "variant_id", "at", "id"),
    )


class ReceiptState(StrEnum):
    DRAFT = "DRAFT"
    APPROVED = "APPROVED"
    CANCELLED = "CANCELLED"


class ReceiptNote(Base):
    """Goods that come in (spec STK-4). People know it as RN-`number`; numbers may have gaps. Only the approval adds
    stock, once; from then on the note stays as it is. `reference` is the number of the supplier's paper.
    """

    __tablename__ = "receipt_notes"

    id: Mapped[Key]
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    warehouse_id: Mapped[UUID] = mapped_column(ForeignKey("warehouses.id"))
    state: Mapped[ReceiptState] = mapped_column(text_enum(ReceiptState))
    version: Mapped[int] = mapped_column(default=1)
    supplier: Mapped[str | None]
    reference: Mapped[str | None]
    expected_on: Mapped[date | None]
    reason: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[str | None]

    lines: Mapped[list["ReceiptNoteLine"]] = relationship(lazy="raise", order_by="ReceiptNoteLine.position")

    __table_args__ = (
        Index("ix_receipt_notes_created", "created_at", "id"),
        Index("ix_receipt_notes_state", "state", "created_at", "id"),
    )


class ReceiptNoteLine(Base):
    __tablename__ = "receipt_note_lines"

    receipt_note_id: Mapped[UUID] = mapped_column(ForeignKey("receipt_notes.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    variant_id: Mapped[UUID] = mapped_column(ForeignKey("variants.id"))
    quantity: Mapped[Quantity]
    batch: Mapped[str | None]
    note: Mapped[str | None]


def receipt_number(number: int) -> str:
    """The number as people know it."""
    return f"RN-{number}"


class Reservation(Base):
    """What of a warehouse is kept for an order line. Confirmation makes it, dispatch takes it, cancel releases it."""

    __tablename__ = "reservations"

    order_line_id: Mapped[UUID] = mapped_column(ForeignKey("order_lines.id"), primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    warehouse_id: Mapped[UUID] = mapped_column(ForeignKey("warehouses.id"))
    variant_id: Mapped[UUID] = mapped_column(ForeignKey("variants.id"))
    quantity: Mapped[Quantity]


class BackOrder(Base):
    """What of a confirmed order's line is not reserved, since the order was confirmed in part (spec STK-5).

    It waits for goods, in the warehouse that holds the other part.
    """

    __tablename__ = "back_orders"

    order_line_id: Mapped[UUID] = mapped_column(ForeignKey("order_lines.id"), primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    warehouse_id: Mapped[UUID] = mapped_column(ForeignKey("warehouses.id"))
    variant_id: Mapped[UUID] = mapped_column(ForeignKey("variants.id"))
    quantity: Mapped[Quantity]
    since: Mapped[datetime]

    __table_args__ = (Index("ix_back_orders_variant", "warehouse_id", "variant_id"),)
