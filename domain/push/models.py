"""Desired and known state of orders at their channels."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Base, Key


class StatusPush(Base):
    """What the channel should say of the order (`wanted`), and what it was last known to say (`known`), both in the
    channel's words. A push brings the one to the other. `known_version` lets the next import recognise our own echo.
    """

    __tablename__ = "status_pushes"

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channels.id"), index=True)
    wanted: Mapped[str | None]
    wanted_at: Mapped[datetime | None]
    known: Mapped[str | None]
    known_version: Mapped[str | None]
    tracking_pushed: Mapped[list[str]] = mapped_column(default=list)
    pushed_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)


class PushRecord(Base):
    """One write that went out, kept to tell an echo from the store's own change."""

    __tablename__ = "push_records"

    id: Mapped[Key]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    at: Mapped[datetime]
    status: Mapped[str]
    version: Mapped[str | None]

    __table_args__ = (Index("ix_push_records_at", "at"),)
