"""Payments and refunds."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Amount, Base, Key, text_enum


class MoneyFlow(StrEnum):
    PAYMENT = "payment"
    REFUND = "refund"


class Payment(Base):
    """Money that came in, or went back (`flow`); `amount` includes tax. `external_id` is the channel's, so that an
    import books it once; `reference` is what a person reads on the bank's statement.

    Nothing is ever deleted: what was booked by mistake is `voided`, and a second entry with the opposite amount
    `reverses` it, so that the sums are right. All other amounts are positive.
    """

    __tablename__ = "payments"

    id: Mapped[Key]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    flow: Mapped[MoneyFlow] = mapped_column(text_enum(MoneyFlow))
    amount: Mapped[Amount]
    currency: Mapped[str]
    method: Mapped[str | None]
    external_id: Mapped[str | None]
    reference: Mapped[str | None]
    reverses: Mapped[UUID | None] = mapped_column(ForeignKey("payments.id"), unique=True)
    voided: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    note: Mapped[str | None]
    at: Mapped[datetime]
    actor: Mapped[str]

    __table_args__ = (
        UniqueConstraint("order_id", "flow", "external_id"),
        Index(
            "uq_payments_reference",
            "order_id",
            "flow",
            "reference",
            unique=True,
            postgresql_where=text("reference IS NOT NULL AND NOT voided AND reverses IS NULL"),
        ),
    )
