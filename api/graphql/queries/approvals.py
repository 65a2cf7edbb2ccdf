"""Reading approvals: what waits for whom, the rules, and what a changed rule would have held."""

from typing import Any

import strawberry

from api.graphql.change import id_of, refused
from api.graphql.context import Context, Info, selected
from api.graphql.fields import Rows, root
from api.graphql.lookahead import Selection, below
from api.graphql.parts.approvals import make_approvals
from api.graphql.parts.orders import orders_by_key
from api.graphql.queries.orders import DEFAULT_PAGE, page_info
from api.graphql.types.approval import ApprovalRule, ApprovalRuleInput, make_rule
from api.graphql.types.approval_page import (
    ApprovalConnection,
    ApprovalEdge,
    ApprovalRulePreview,
    ApprovalRulePreviewResult,
    ApprovalRulePreviewRow,
    AwaitedApproval,
)
from domain.flows.approval.preview import Preview, PreviewRule, preview_rule
from domain.kernel.actor import Permission
from domain.kernel.refusals import Refusal
from domain.reads import approval_rows, keyset


@strawberry.input(description="A changed rule, and how far back to look.")
class ApprovalRulePreviewInput:
    rule: ApprovalRuleInput = strawberry.field(description="The rule as it would be; its dates are left aside.")
    days: int = strawberry.field(description="1 to 92.", default=30)
    id: strawberry.ID | None = strawberry.field(
        description="The rule that it would replace; null: a new one.", default=strawberry.UNSET
    )


async def _approvals(
    info: Info,
    first: int | None = DEFAULT_PAGE,
    after: str | None = None,
    mine: bool = True,
    role: str | None = None,
) -> ApprovalConnection:
    context, asked = info.context, selected(info)
    window = keyset.window(approval_rows.OLDEST, first=first, after=after, last=None, before=None)
    roles = frozenset({role}) if role else None
    if mine and not context.actor.every_role:
        roles = context.actor.roles & roles if roles else context.actor.roles
    inside = below(asked, "edges", "node")
    async with context.read() as connection:
        page = await approval_rows.waiting_page(connection, window, roles)
        approvals = await make_approvals(connection, page.rows)
        orders: dict[Any, Any] = {}
        if "order" in inside:
            ids = [row.order_id for row in page.rows]
            orders = await orders_by_key(context, connection, ids, inside["order"])
    cursors = [keyset.encode(approval_rows.OLDEST, row.asked_at, row.id) for row in page.rows]
    return ApprovalConnection(
        edges=[
            ApprovalEdge(cursor=cursor, node=AwaitedApproval(order=orders.get(row.order_id), approval=approval))  # type: ignore[arg-type]  # missing only where it is not selected
            for cursor, row, approval in zip(cursors, page.rows, approvals, strict=True)
        ],
        page_info=page_info(page, window, cursors, near=window.place is not None),
    )


async def _rules(info: Info) -> list[ApprovalRule]:
    async with info.context.read() as connection:
        return [make_rule(row) for row in await approval_rows.all_rules(connection)]


async def _preview(info: Info, input: ApprovalRulePreviewInput) -> ApprovalRulePreviewResult:
    context = info.context
    try:
        rule_id = id_of(input.id, "approval rule") if input.id else None
        async with context.begin() as session:
            found = await preview_rule(session, PreviewRule(rule=input.rule.value(), days=input.days, id=rule_id))
    except Refusal as refusal:
        return refused(info, refusal)  # type: ignore[no-any-return]
    return await _shown(context, found, below(selected(info), "rows", "order"))


async def _shown(context: Context, found: Preview, asked: Selection) -> ApprovalRulePreview:
    orders: dict[Any, Any] = {}
    if asked and found.rows:
        async with context.read() as connection:
            orders = await orders_by_key(context, connection, [row.order_id for row in found.rows], asked)
    return ApprovalRulePreview(
        held=found.held,
        newly_held=found.newly_held,
        no_longer_held=found.no_longer_held,
        looked_at=found.looked_at,
        since=found.since,
        complete=found.complete,
        rows=[
            ApprovalRulePreviewRow(order=orders.get(row.order_id), effect=row.effect, reasons=list(row.reasons))  # type: ignore[arg-type]  # missing only where it is not selected
            for row in found.rows
        ],
    )


_approvals_field = root(
    _approvals,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_VIEW,
    paged=True,
    description=(
        "Orders that wait for approval, the longest wait first, 1 to 200 at a time: those whose current step is one of "
        "your roles', or of one role, or with mine: false all of them."
    ),
)
_approval_rules_field = root(
    _rules,
    permission=Permission.SETTINGS_VIEW,
    size=20,
    description="All approval rules, the highest priority first; at most 200.",
)
_approval_rule_preview_field = root(
    _preview,
    permission=Permission.SETTINGS_VIEW,
    description=(
        "Which orders of the last days a changed rule would have held, and what differs from the current rules. It "
        "changes nothing. At most 200,000 orders are looked at, for six seconds: `complete` and `since` say how far it "
        "came."
    ),
)


@strawberry.type
class ApprovalsQueries:
    approvals: ApprovalConnection = _approvals_field
    approval_rules: list[ApprovalRule] = _approval_rules_field
    approval_rule_preview: ApprovalRulePreviewResult = _approval_rule_preview_field
