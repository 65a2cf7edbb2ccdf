"""Legal entities, series, invoices."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Amount, Base, Json, Key, text_enum


class InvoiceKind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class LegalEntity(Base):
    """Who sells: one merchant may have several (spec CHN-4). `registration_number` is the trade register's; `address`
    has street, city, county, postcode and country. What was issued keeps a copy of all this.
    """

    __tablename__ = "legal_entities"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(unique=True)
    tax_id: Mapped[str | None]
    registration_number: Mapped[str | None]
    address: Mapped[Json | None]
    iban: Mapped[str | None]
    bank: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))


class InvoiceSeries(Base):
    """A series of numbers without gaps: `next_number` is taken under this row's lock, the last lock of all.

    `kind` says what is issued in it; null: invoices and credit notes alike.
    """

    __tablename__ = "invoice_series"

    id: Mapped[Key]
    legal_entity_id: Mapped[UUID] = mapped_column(ForeignKey("legal_entities.id"))
    prefix: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[InvoiceKind | None] = mapped_column(text_enum(InvoiceKind))
    next_number: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))


class Invoice(Base):
    """An invoice or credit note as issued: its lines, seller and buyer are copies, since what was issued never changes.

    A credit note's amounts are negative and `credits_id` names the invoice. One live invoice per order. What was
    issued before sellers were copied has none.
    """

    __tablename__ = "invoices"

    id: Mapped[Key]
    series_id: Mapped[UUID] = mapped_column(ForeignKey("invoice_series.id"))
    number: Mapped[int]
    display_number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[InvoiceKind] = mapped_column(text_enum(InvoiceKind))
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    credits_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoices.id"), unique=True)
    issued_at: Mapped[datetime]
    currency: Mapped[str]
    net: Mapped[Amount]
    tax: Mapped[Amount]
    total: Mapped[Amount]
    seller: Mapped[Json | None]
    buyer: Mapped[Json]
    lines: Mapped[list[Json]]
    credited: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        UniqueConstraint("series_id", "number"),
        Index(
            "uq_invoices_live_per_order",
            "order_id",
            unique=True,
            postgresql_where=text("kind = 'invoice' AND NOT credited"),
        ),
    )
