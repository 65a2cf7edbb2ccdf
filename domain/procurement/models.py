"""Procurement requests."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Base, Key, Quantity, text_enum

ACQUISITIONS = "acquisitions"
"""The role that a request is for, until somebody names another."""

IS_OPEN = text("state = 'OPEN'")
"""What the one open request per warehouse and variant is told apart by, word for word."""


class RequestState(StrEnum):
    """OPEN: to be bought. ORDERED: on its way. RECEIVED: it came in. CANCELLED: not to be bought, or nobody waits."""

    OPEN = "OPEN"
    ORDERED = "ORDERED"
    RECEIVED = "RECEIVED"
    CANCELLED = "CANCELLED"


class ProcurementRequest(Base):
    """A variant that a warehouse lacks for orders that wait. People know it as PR-`number`; numbers may have gaps.

    There is at most one OPEN request per warehouse and variant. How much it is about is not written down while it is
    open, since that follows from the orders that wait (`domain.procurement.needs`); `ordered_quantity` is what was
    ordered of the supplier, `received_quantity` what of it came in.
    """

    __tablename__ = "procurement_requests"

    id: Mapped[Key]
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    warehouse_id: Mapped[UUID] = mapped_column(ForeignKey("warehouses.id"))
    variant_id: Mapped[UUID] = mapped_column(ForeignKey("variants.id"))
    state: Mapped[RequestState] = mapped_column(text_enum(RequestState))
    urgent: Mapped[bool] = mapped_column(default=True)
    assignee: Mapped[str]
    due_at: Mapped[datetime]
    supplier: Mapped[str | None]
    eta: Mapped[date | None]
    ordered_quantity: Mapped[Quantity | None]
    received_quantity: Mapped[Quantity] = mapped_column(default=0, server_default=text("0"))
    reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    created_at: Mapped[datetime]
    ordered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    actor: Mapped[str]

    __table_args__ = (
        Index(
            "uq_procurement_requests_open",
            "warehouse_id",
            "variant_id",
            unique=True,
            postgresql_where=IS_OPEN,
        ),
        Index(
            "ix_procurement_requests_live",
            "variant_id",
            "warehouse_id",
            postgresql_where=text("state IN ('OPEN', 'ORDERED')"),
        ),
        Index("ix_procurement_requests_state", "state", "created_at", "id"),
    )


def request_number(number: int) -> str:
    """The number as people know it."""
    return f"PR-{number}"
