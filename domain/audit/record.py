"""Writing the audit log, in the transaction of what it tells."""

from collections.abc import Collection, Mapping
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from structlog.contextvars import get_contextvars

from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.origin import caller_ip

from .models import AuditEntry
from .values import differences, shown, snapshot


class Identified(Protocol):
    """A row with an id of its own."""

    @property
    def id(self) -> UUID: ...


def record(
    session: AsyncSession,
    actor: Actor,
    action: str,
    subject_kind: str,
    subject_id: UUID | str | None,
    *,
    title: str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEntry | None:
    """Says who did what to whom, with the unit of work: one INSERT, and none without the change.

    `action` is a noun and a verb, such as `channel.update`. Give `before` and `after` (`values.snapshot`) for a change:
    only what differs is kept, and where nothing does, nothing is written: a repeat changed nothing. Give only `after`
    for what is new or an export, only `before` for what is removed. Secrets are masked by their names and by being
    bytes; a secret under another name must not be given.
    """
    if before is not None and after is not None:
        before, after = differences(before, after)
        if not before and not after:
            return None
    entry = AuditEntry(
        at=utc_now(),
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor=actor.label,
        action=action,
        subject_kind=subject_kind,
        subject_id=None if subject_id is None else str(subject_id),
        title=title,
        before=_whole(before),
        after=_whole(after),
        correlation_id=get_contextvars().get("correlation_id"),
        ip=caller_ip.get(),
    )
    session.add(entry)
    return entry


def record_written(
    session: AsyncSession,
    actor: Actor,
    kind: str,
    row: Identified,
    before: Mapping[str, Any] | None,
    *,
    title: str | None = None,
    without: Collection[str] = (),
) -> AuditEntry | None:
    """The entry of an upsert: `kind.create` where there was nothing before, else `kind.update` with what differs. The
    row has its id; `before` is its snapshot before the change."""
    action = f"{kind}.{'create' if before is None else 'update'}"
    after = snapshot(row, without=without)
    before = None if before is None else {name: value for name, value in before.items() if name not in without}
    return record(session, actor, action, kind, row.id, title=title, before=before, after=after)


def _whole(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What is given whole, fit for JSON; fields that are empty say nothing."""
    if values is None:
        return None
    return {name: shown(value, name) for name, value in values.items() if value is not None and value != []}
