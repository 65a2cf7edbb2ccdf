"""Erasures of persons, and the marks by which old orders of theirs are recognised."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Base, Json, Key


class Erasure(Base):
    """The erasure of a customer, one at most. `words` are what is looked for in texts, and `cursor` how far what
    arrived was looked through; both are gone once it is finished. `orders` counts those whose data were erased.
    """

    __tablename__ = "erasures"

    id: Mapped[Key]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"), unique=True)
    reason: Mapped[str]
    actor: Mapped[str]
    requested_at: Mapped[datetime]
    orders: Mapped[int] = mapped_column(default=0)
    words: Mapped[Json | None]
    cursor: Mapped[UUID | None]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_erasures_requested", "requested_at", "id"),
        Index("ix_erasures_open", "requested_at", postgresql_where=text("finished_at IS NULL")),
    )


class ErasureMark(Base):
    """The SHA-256 of an e-mail, of a channel's id of a customer, or of a telephone number with its name, that was
    erased: orders that were placed before then come without personal data, should they arrive again."""

    __tablename__ = "erasure_marks"

    mark: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"))
    erased_at: Mapped[datetime]
