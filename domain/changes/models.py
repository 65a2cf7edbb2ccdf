"""The tables of the feed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Base

DIARY_OPENED = "diary_opened"
DIARY_CHANGED = "diary_changed"
DIARY_RESOLVED = "diary_resolved"
DIARY = frozenset({DIARY_OPENED, DIARY_CHANGED, DIARY_RESOLVED})
BULK_RUN = "bulk_run_changed"
"""Kinds that are of no order's history."""

_THIS_TRANSACTION = text("(pg_current_xact_id()::text::bigint)")


class Change(Base):
    """Something that happened. `xid` is the transaction that wrote it: readers go by (xid, position), and only as far
    as no older transaction is still running, so that nothing comes in behind them.

    `kind` is the word of the order's history, with its `seq`; or one of those above with `subject_id`, the
    diary's entry or the run of a bulk action. `data` has `from` and `to` where a status changed.
    """

    __tablename__ = "changes"

    position: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    xid: Mapped[int] = mapped_column(BigInteger, server_default=_THIS_TRANSACTION)
    at: Mapped[datetime]
    kind: Mapped[str]
    channel_id: Mapped[UUID | None]
    order_id: Mapped[UUID | None]
    seq: Mapped[int | None]
    subject_id: Mapped[UUID | None]
    data: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))

    __table_args__ = (Index("ix_changes_read", "xid", "position"), Index("ix_changes_at", "at"))


class FeedStart(Base):
    """Where the feed begins: everything up to (`xid`, `position`) was forgotten. One row.

    `epoch` names the numbering of transactions. A database that was restored from a dump counts them anew: it gets
    another epoch, and the cursors of the old one have expired.
    """

    __tablename__ = "feed_start"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    epoch: Mapped[UUID]
    xid: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
