"""Writing the audit log (spec SEC-1)."""

from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.contextvars import bound_contextvars

from domain.audit.models import AuditEntry
from domain.audit.record import record
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
