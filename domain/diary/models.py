"""The sync diary."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Base, Key, text_enum


class DiaryState(StrEnum):
    """OPEN wants a person; WAITING waits for what its cause names; RESOLVED and IGNORED are done."""

    OPEN = "OPEN"
    WAITING = "WAITING"
    RESOLVED = "RESOLVED"
    IGNORED = "IGNORED"


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class DiaryEntry(Base):
    """`cause` is a key such as `sku:ABC-1`; `message` and `remedy` are for people (spec SYN-2)."""

    __tablename__ = "diary"

    id: Mapped[Key]
    at: Mapped[datetime]
    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channels.id"))
    direction: Mapped[Direction] = mapped_column(text_enum(Direction))
    cause: Mapped[str]
    message: Mapped[str]
    remedy: Mapped[str | None]
    state: Mapped[DiaryState] = mapped_column(text_enum(DiaryState))
    external_id: Mapped[str | None]
    order_id: Mapped[UUID | None] = mapped_column(index=True)
    item_id: Mapped[UUID | None]
    resolved_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_diary_at", "at", "id"),
        Index("ix_diary_open", "state", "at", postgresql_where=text("state IN ('OPEN', 'WAITING')")),
        Index("ix_diary_cause", "cause", "channel_id"),
        Index("uq_diary_item_cause", "item_id", "cause", unique=True, postgresql_where=text("item_id IS NOT NULL")),
        Index(
            "uq_diary_open_standing",
            "channel_id",
            "cause",
            "external_id",
            unique=True,
            postgresql_where=text("item_id IS NULL AND state = 'OPEN'"),
            postgresql_nulls_not_distinct=True,
        ),
    )
