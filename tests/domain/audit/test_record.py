"""Writing the audit log (spec SEC-1)."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.contextvars import bound_contextvars

from domain.audit.models import AuditEntry
from domain.audit.record import record
from domain.audit.retention import forget_before
from domain.kernel.actor import Actor, ActorKind
from domain.kernel.origin import caller_ip

pytestmark = pytest.mark.spec("SEC-1")

ANA = Actor(ActorKind.PERSON, "Ana", uuid4())


async def test_an_entry_says_who_did_what_to_whom_and_from_where(session: AsyncSession) -> None:
    reset = caller_ip.set("192.0.2.7")
    try:
        with bound_contextvars(correlation_id="c-1"):
            record(
                session, ANA, "role.update", "role", "r", title="Buyer", before={"a": 1, "b": 2}, after={"a": 1, "b": 3}
            )
    finally:
        caller_ip.reset(reset)
    await session.flush()
    entry = await session.scalar(select(AuditEntry))
    assert entry is not None
    assert (entry.actor_kind, entry.actor_id, entry.actor) == (ActorKind.PERSON, ANA.id, "Ana")
    assert (entry.action, entry.subject_kind, entry.subject_id, entry.title) == ("role.update", "role", "r", "Buyer")
    assert (entry.before, entry.after) == ({"b": 2}, {"b": 3})
    assert (entry.correlation_id, entry.ip) == ("c-1", "192.0.2.7")


async def test_what_changed_nothing_is_not_told(session: AsyncSession) -> None:
    assert record(session, ANA, "role.update", "role", "r", before={"a": 1}, after={"a": 1}) is None
    await session.flush()
    assert (await session.scalars(select(AuditEntry))).all() == []


@pytest.mark.parametrize(
    "done", ["update audit_entries set actor = 'x'", "delete from audit_entries", "truncate audit_entries"]
)
async def test_an_entry_is_never_changed_or_removed(session: AsyncSession, done: str) -> None:
    record(session, ANA, "role.create", "role", "r", after={"a": 1})
    await session.flush()
    with pytest.raises(DBAPIError, match="never changed or removed"):
        async with session.begin_nested():
            await session.execute(text(done))
    assert await session.scalar(select(AuditEntry.actor)) == "Ana"


async def test_only_retention_ends_an_entry_and_only_what_is_old(session: AsyncSession) -> None:
    for day in (1, 2, 3):
        entry = record(session, ANA, "role.create", "role", str(day))
        assert entry is not None
        entry.at = datetime(2020, 1, day, tzinfo=UTC)
    await session.flush()
    assert await forget_before(session, datetime(2020, 1, 3, tzinfo=UTC)) == 2
    assert (await session.scalars(select(AuditEntry.subject_id))).all() == ["3"]
    with pytest.raises(DBAPIError, match="never changed or removed"):
        async with session.begin_nested():
            await session.execute(text("delete from audit_entries"))
