"""The inbox, the causes for which items wait, and what each external order was last seen to be."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.database import Base, Json, Key, text_enum


class Source(StrEnum):
    WEBHOOK = "webhook"
    POLL = "poll"
    FETCH = "fetch"
    API = "api"


class InboxState(StrEnum):
    """RECEIVED is stored and not looked at yet; WAITING waits under named causes; the others are outcomes."""

    RECEIVED = "received"
    WAITING = "waiting"
    IMPORTED = "imported"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"
    IGNORED = "ignored"
    REFUSED = "refused"


class InboxItem(Base):
    """What arrived, raw, and what came of it. Exactly one of `channel_id` and `courier_account_id` is set.

    `external_id` and `version` are known once it was looked at; `reason` says why it was ignored or refused;
    `order_id` is the order that it made or changed. `verified` is false where the connector could not load and the
    signature is still to be checked. `purged_at`: body and headers were thrown away then (spec SEC-4); the rest proves
    what became of it.
    """

    __tablename__ = "inbox"

    id: Mapped[Key]
    channel_id: Mapped[UUID | None] = mapped_column(ForeignKey("channels.id"))
    courier_account_id: Mapped[UUID | None] = mapped_column(ForeignKey("courier_accounts.id"))
    source: Mapped[Source] = mapped_column(text_enum(Source))
    received_at: Mapped[datetime]
    headers: Mapped[Json]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    verified: Mapped[bool] = mapped_column(default=True)
    external_id: Mapped[str | None]
    version: Mapped[str | None]
    state: Mapped[InboxState] = mapped_column(text_enum(InboxState))
    reason: Mapped[str | None]
    order_id: Mapped[UUID | None]
    purged_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    settled_at: Mapped[datetime | None]
    correlation_id: Mapped[str | None]

    __table_args__ = (
        Index("ix_inbox_channel_received", "channel_id", "received_at"),
        Index("ix_inbox_unpurged", "received_at", postgresql_where=text("purged_at IS NULL")),
        Index("ix_inbox_external", "channel_id", "external_id"),
        Index("ix_inbox_open", "state", "received_at", postgresql_where=text("state IN ('received', 'waiting')")),
    )


class InboxCause(Base):
    """A cause for which an item waits, such as `sku:ABC-1`; mending it re-queues exactly what waited for it."""

    __tablename__ = "inbox_causes"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("inbox.id", ondelete="CASCADE"), primary_key=True)
    cause: Mapped[str] = mapped_column(primary_key=True)
    channel_id: Mapped[UUID | None]

    __table_args__ = (Index("ix_inbox_causes_cause", "cause", "channel_id"),)


class ExternalOrder(Base):
    """An order of a channel: ours, if there is one, and the state last applied. The row is the lock for its imports.

    `applied` is what the store had said then (`last_imported`), so that only what the store itself changed since is
    applied; `fingerprint` is its hash. `erased`: its buyer was, and personal data in it are left out. Narrow and
    unique: this is what makes each external order exactly one order.
    """

    __tablename__ = "external_orders"

    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channels.id"), primary_key=True)
    external_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[UUID | None] = mapped_column(index=True)
    version: Mapped[str | None]
    fingerprint: Mapped[str | None]
    applied: Mapped[Json | None]
    erased: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    gone_at: Mapped[datetime | None]
