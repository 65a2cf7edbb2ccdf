"""Approvals that wait, and what a changed rule would have held."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.graphql.fields import attribute
from domain.approvals.models import Effect
from domain.kernel.actor import Permission

from .approval import Approval
from .order import Order
from .page import PageInfo
from .refusals import Invalid, NotFound

EffectEnum = strawberry.enum(
    Effect,
    name="ApprovalEffect",
    description="HELD: by the changed rule, as by the current ones. NEWLY_HELD: by no current rule.",
)


@strawberry.type(description="An order that waits for somebody to agree.")
class AwaitedApproval:
    order: Order = attribute("The order.")
    approval: Approval = attribute("What is asked, and of whom.")


@strawberry.type(description="An approval on a page.")
class ApprovalEdge:
    cursor: str = attribute("Where it stands; opaque.")
    node: AwaitedApproval = attribute("The order and its approval.")


@strawberry.type(description="A page of approvals that wait, the longest wait first.")
class ApprovalConnection:
    edges: list[ApprovalEdge] = attribute("The approvals.")
    page_info: PageInfo = attribute("What is before and after.")


@strawberry.type(description="An order, and what the change of the rule would mean for it.")
class ApprovalRulePreviewRow:
    order: Order = attribute("The order as it is now.", permission=Permission.ORDERS_VIEW)
    effect: Effect = attribute("What the change would mean for it.")
    reasons: list[str] = attribute("Why it would be held, or is held now.")


@strawberry.type(description="What a changed rule would have held.")
class ApprovalRulePreview:
    held: int = attribute("Orders that the changed rule holds.")
    newly_held: int = attribute("Orders that would be held, and that no current rule holds.")
    no_longer_held: int = attribute("Orders that a current rule holds, and that would be free.")
    looked_at: int = attribute("How many orders the rule could be about and were looked at.")
    since: datetime = attribute("How far back it was looked.")
    complete: bool = attribute("Whether that is all of the period; false: there were too many, the newest were taken.")
    rows: list[ApprovalRulePreviewRow] = attribute("The newest of these orders, at most 20.", size=20)


ApprovalRulePreviewResult = Annotated[
    ApprovalRulePreview | Invalid | NotFound,
    strawberry.union("ApprovalRulePreviewResult", description="What it would have held, or why it cannot be a rule."),
]
