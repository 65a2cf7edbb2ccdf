"""Approval rules for tests."""

from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from domain.approvals.conditions import Condition
from domain.approvals.models import ApprovalRule, ConditionKind
from domain.approvals.upsert_rule import RuleInput, UpsertRule, upsert_rule
from domain.kernel.money import Money

from .builders import OPERATOR


def over(amount: str, currency: str = "RON") -> Condition:
    """The total is over this much."""
    return Condition(kind=ConditionKind.TOTAL_OVER, amount=Money(Decimal(amount), currency))


async def make_rule(session: AsyncSession, **fields: Any) -> ApprovalRule:
    """A rule that the sales manager decides; for every order, unless told otherwise."""
    rule = RuleInput(**{"name": "Big orders", "steps": ["sales_manager"], **fields})
    return await upsert_rule(session, OPERATOR, UpsertRule(rule=rule))
