"""approvalRuleRemove."""

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.approval import ApprovalRuleRemoveResult
from domain.approvals.remove_rule import remove_rule
from domain.kernel.actor import Permission


async def _approval_rule_remove(
    info: Info, id: strawberry.ID, expected_version: int | None = None
) -> ApprovalRuleRemoveResult:
    async def work(session: AsyncSession) -> Made:
        name = await remove_rule(session, info.context.actor, id_of(id, "approval rule"), expected_version)
        return Made("ApprovalRuleRemoved", {"name": name})

    return await change(info, work)


field = root(
    _approval_rule_remove,
    permission=Permission.SETTINGS_EDIT,
    description=(
        "Removes an approval rule. Orders that it holds wait on, until they are decided or asked for again. Repeated, "
        "it is refused with NotFound."
    ),
)
