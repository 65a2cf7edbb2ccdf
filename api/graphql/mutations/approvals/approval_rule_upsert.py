"""approvalRuleUpsert."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.approval import ApprovalRuleResult, ApprovalRuleUpsertInput
from domain.approvals.upsert_rule import UpsertRule, upsert_rule
from domain.kernel.actor import Permission


async def _approval_rule_upsert(info: Info, input: ApprovalRuleUpsertInput) -> ApprovalRuleResult:
    async def work(session: AsyncSession) -> Made:
        command = UpsertRule(
            rule=input.rule.value(),
            id=id_of(input.id, "approval rule") if input.id else None,
            expected_version=input.expected_version,
        )
        return made("ApprovalRule", (await upsert_rule(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _approval_rule_upsert,
    permission=Permission.SETTINGS_EDIT,
    description=(
        "Makes an approval rule, or writes all of one. It is for orders that enter or are changed from now on; those "
        "that wait keep what they were asked for. Repeated without an id and an Idempotency-Key, it makes another."
    ),
)
