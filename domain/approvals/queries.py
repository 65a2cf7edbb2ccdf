"""Rules that may apply, and an order's approval."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from .models import ApprovalRule, OrderApproval, OrderApprovalStep
from .rules import Rule, as_rule


async def active_rules(session: AsyncSession) -> list[Rule]:
    """The rules that are switched on, whatever their time, by name."""
    rows = await session.scalars(
        select(ApprovalRule)
        .where(ApprovalRule.active)
        .order_by(ApprovalRule.name, ApprovalRule.id)
        .execution_options(populate_existing=True)
    )
    return [as_rule(row) for row in rows]


async def last_approval(session: AsyncSession, order_id: UUID) -> OrderApproval | None:
    """The approval that was asked for last, whatever became of it; the order is locked."""
    return await session.scalar(
        select(OrderApproval).where(OrderApproval.order_id == order_id).order_by(OrderApproval.number.desc()).limit(1)
    )


async def steps_of(session: AsyncSession, approval_id: UUID) -> Sequence[OrderApprovalStep]:
    """The steps of an approval, in their order."""
    found = await session.scalars(
        select(OrderApprovalStep).where(OrderApprovalStep.approval_id == approval_id).order_by(OrderApprovalStep.number)
    )
    return found.all()
