"""Runs of an action on many orders, and their items."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Base, Json, Key, text_enum
from domain.orders.models import StatusType
from domain.orders.status import Status


class BulkAction(StrEnum):
    CONFIRM = "CONFIRM"
    HOLD = "HOLD"
    RESUME = "RESUME"
    CANCEL = "CANCEL"
    MOVE = "MOVE"
    APPROVE = "APPROVE"
    CREATE_DELIVERY_NOTE = "CREATE_DELIVERY_NOTE"
    PRINT_LABELS = "PRINT_LABELS"


class RunState(StrEnum):
    """RUNNING until every item is done; CANCELLED: what was not done by then is not done."""

    RUNNING = "RUNNING"
    DONE = "DONE"
    CANCELLED = "CANCELLED"


class ItemState(StrEnum):
    PENDING = "PENDING"
    DONE = "DONE"
    REFUSED = "REFUSED"
    CANCELLED = "CANCELLED"


class BulkRun(Base):
    """`actor` is who asked, with what he might do then; `to` is where MOVE moves. `background`: workers carry it out
    from the beginning. `note` says why it ended early.
    """

    __tablename__ = "bulk_runs"

    id: Mapped[Key]
    action: Mapped[BulkAction] = mapped_column(text_enum(BulkAction))
    to: Mapped[Status | None] = mapped_column(StatusType)
    reason: Mapped[str | None]
    actor: Mapped[Json]
    state: Mapped[RunState] = mapped_column(text_enum(RunState))
    total: Mapped[int]
    background: Mapped[bool]
    started_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime | None]
    note: Mapped[str | None]


class BulkItem(Base):
    """An order of a run, at its place in what was asked for, from 1. `given` is the id as it was sent; `refusal` has
    code, message, path and problems; `made` the ids of what came of it, by kind.
    """

    __tablename__ = "bulk_items"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("bulk_runs.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    given: Mapped[str]
    order_id: Mapped[UUID | None]
    expected_version: Mapped[int | None]
    state: Mapped[ItemState] = mapped_column(text_enum(ItemState))
    refusal: Mapped[Json | None]
    made: Mapped[Json | None]

    __table_args__ = (
        Index("ix_bulk_items_pending", "run_id", "place", postgresql_where=text("state = 'PENDING'")),
        Index("ix_bulk_items_state", "run_id", "state", "place"),
    )
