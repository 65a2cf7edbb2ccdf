"""Warehouses, levels, moves, reservations."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Base, Key, Quantity, text_enum


class Warehouse(Base):
    __tablename__ = "warehouses"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class StockLevel(Base):
    """What a warehouse has of a variant. Available = on hand − reserved, and never negative, whoever races."""

    __tablename__ = "stock_levels"

    warehouse_id: Mapped[UUID] = mapped_column(ForeignKey("warehouses.id"), primary_key=True)
    variant_id: Mapped[UUID] = mapped_column(ForeignKey("variants.id"), primary_key=True)
    on_hand: Mapped[Quantity]
    reserved: Mapped[Quantity]

    __table_args__ = (
        CheckConstraint("reserved >= 0", name="reserved_not_negative"),
        CheckConstraint("on_hand - reserved >= 0", name="available_not_negative"),
        Index("ix_stock_levels_variant", "variant_id"),
    )


class MoveKind(StrEnum):
    RECEIPT = "receipt"
    DISPATCH = "dispatch"
    CORRECTION = "correction"


class StockMove(Base):
    """One change of what is on hand, with its cause; on hand always equals the sum of its moves (spec STK-1)."""

    __tablename__ = "stock_moves"

    id: Mapped[Key]
    at: Mapped[datetime]
    warehouse_id: Mapped[UUID] = mapped_column(ForeignKey("warehouses.id"))
    variant_id: Mapped[UUID] = mapped_column(ForeignKey("variants.id"))
    kind: Mapped[MoveKind] = mapped_column(text_enum(MoveKind))
    quantity: Mapped[Quantity]
    cause_id: Mapped[UUID | None]
    reason: Mapped[str | None]
    actor: Mapped[str]

    __table_args__ = (Index("ix_stock_moves_variant", "warehouse_id", "variant_id"),)


class Reservation(Base):
    """What of a warehouse is kept for an order line. Confirmation makes it, dispatch takes it, cancel releases it."""

    __tablename__ = "reservations"

    order_line_id: Mapped[UUID] = mapped_column(ForeignKey("order_lines.id"), primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    warehouse_id: Mapped[UUID] = mapped_column(ForeignKey("warehouses.id"))
    variant_id: Mapped[UUID] = mapped_column(ForeignKey("variants.id"))
    quantity: Mapped[Quantity]
