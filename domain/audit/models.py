"""The audit log."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.actor import ActorKind
from domain.kernel.database import Base, Key, text_enum


class AuditEntry(Base):
    """One change, or one export. The database refuses to change or remove an entry (a trigger), but for retention.

    `action` is such as `channel.update`; `subject_id` is text, since not all that is changed has a UUID; `title` is how
    people called it then. `before` and `after` hold only what differs, secrets as `***`. `ip` is the caller's address
    where there was a call.
    """

    __tablename__ = "audit_entries"

    id: Mapped[Key]
    at: Mapped[datetime]
    actor_kind: Mapped[ActorKind] = mapped_column(text_enum(ActorKind))
    actor_id: Mapped[UUID | None]
    actor: Mapped[str]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str | None]
    title: Mapped[str | None]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    correlation_id: Mapped[str | None]
    ip: Mapped[str | None]

    __table_args__ = (
        Index("ix_audit_entries_at", "at", "id"),
        Index("ix_audit_entries_actor", "actor_id", "at", "id"),
        Index("ix_audit_entries_subject", "subject_id", "at", "id"),
        Index("ix_audit_entries_subject_kind", "subject_kind", "at", "id"),
        Index("ix_audit_entries_action", "action", "at", "id"),
    )
