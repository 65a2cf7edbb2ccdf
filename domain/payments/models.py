"""Payments and refunds."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Amount, Base, Key, text_enum


class MoneyFlow(StrEnum):
    PAYMENT = "payment"
    REFUND = "refund"


class Payment(Base):
    """Money that came in, or went back (`flow`); `amount` is positive and includes tax. `external_id` is the
    channel's, so that an import books it once."""

    __tablename__ = "payments"

    id: Mapped[Key]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    flow: Mapped[MoneyFlow] = mapped_column(text_enum(MoneyFlow))
    amount: Mapped[Amount]
    currency: Mapped[str]
    method: Mapped[str | None]
    external_id: Mapped[str | None]
    note: Mapped[str | None]
    at: Mapped[datetime]
    actor: Mapped[str]

    __table_args__ = (UniqueConstraint("order_id", "flow", "external_id"),)
