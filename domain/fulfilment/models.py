"""Delivery notes, packing lists, parcels."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.kernel.database import Base, Key, Quantity, text_enum

DELIVERY_NOTE_NUMBERS = Sequence("delivery_note_numbers", start=1, metadata=Base.metadata)
PACKING_LIST_NUMBERS = Sequence("packing_list_numbers", start=1, metadata=Base.metadata)


class DeliveryNoteState(StrEnum):
    OPEN = "OPEN"
    HANDED_OVER = "HANDED_OVER"
    VOIDED = "VOIDED"


class DeliveryNote(Base):
    """What is to leave the warehouse for an order, whole or in part (spec FUL-1). `number` is such as DN-17."""

    __tablename__ = "delivery_notes"

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(unique=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    warehouse_id: Mapped[UUID] = mapped_column(ForeignKey("warehouses.id"))
    state: Mapped[DeliveryNoteState] = mapped_column(text_enum(DeliveryNoteState))
    created_at: Mapped[datetime]

    lines: Mapped[list["DeliveryNoteLine"]] = relationship(lazy="raise")

    __table_args__ = (Index("ix_delivery_notes_open", "order_id", postgresql_where=text("state = 'OPEN'")),)


class DeliveryNoteLine(Base):
    __tablename__ = "delivery_note_lines"

    delivery_note_id: Mapped[UUID] = mapped_column(ForeignKey("delivery_notes.id"), primary_key=True)
    order_line_id: Mapped[UUID] = mapped_column(ForeignKey("order_lines.id"), primary_key=True, index=True)
    quantity: Mapped[Quantity]


class PackingState(StrEnum):
    DRAFT = "DRAFT"
    PACKED = "PACKED"
    APPROVED = "APPROVED"


class PackingList(Base):
    """How a delivery note is packed (spec FUL-2). `number` is such as PL-17; `version` counts what people do to it."""

    __tablename__ = "packing_lists"

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(unique=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    delivery_note_id: Mapped[UUID] = mapped_column(ForeignKey("delivery_notes.id"), index=True)
    state: Mapped[PackingState] = mapped_column(text_enum(PackingState))
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    created_at: Mapped[datetime]

    parcels: Mapped[list["Parcel"]] = relationship(lazy="raise", order_by="Parcel.number", cascade="all, delete-orphan")


class Parcel(Base):
    """A parcel: sizes in cm, weight in kg. All four are needed before an AWB."""

    __tablename__ = "parcels"

    packing_list_id: Mapped[UUID] = mapped_column(ForeignKey("packing_lists.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    length_cm: Mapped[Quantity | None]
    width_cm: Mapped[Quantity | None]
    height_cm: Mapped[Quantity | None]
    weight_kg: Mapped[Quantity | None]
