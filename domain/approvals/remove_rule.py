"""Removing an approval rule; what was asked because of it stands (spec APR-2)."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record
from domain.audit.values import snapshot
from domain.kernel.actor import Actor
from domain.kernel.refusals import NotFound, StaleVersion

from .models import ApprovalRule


async def remove_rule(session: AsyncSession, actor: Actor, rule_id: UUID, expected_version: int | None) -> str:
    """Removes the rule and returns its name. Approvals that it asked for keep their copy of it, and stay open.

    Raises NotFound, also for a rule that was removed before, and StaleVersion.
    """
    row = await session.scalar(select(ApprovalRule).where(ApprovalRule.id == rule_id).with_for_update())
    if row is None:
        raise NotFound("approval rule", rule_id, path=("id",))
    if expected_version not in (None, row.version):
        raise StaleVersion("approval rule", expected=expected_version or 0, current=row.version)
    record(session, actor, "approval_rule.remove", "approval_rule", row.id, title=row.name, before=snapshot(row))
    await session.delete(row)
    await session.flush()
    return row.name
