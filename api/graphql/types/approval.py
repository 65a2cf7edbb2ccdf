"""Approval: what was asked about an order, and the rules that ask (spec APR-1 to APR-3)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated

import strawberry

from api.graphql.fields import attribute, optional
from domain.approvals import conditions
from domain.approvals.models import ApprovalState, Asked, ConditionKind
from domain.approvals.upsert_rule import RuleInput
from domain.reads.rows import AnyRow

from .actions import VERSION
from .ids import gid
from .money import Money, MoneyInput, money, plain
from .payment import PaymentKind
from .refusals import Invalid, NotFound, StaleVersion

ApprovalStateEnum = strawberry.enum(
    ApprovalState,
    name="ApprovalState",
    description="SUPERSEDED: the order was changed and asked for anew, was cancelled, or no rule holds it any more.",
)
AskedEnum = strawberry.enum(
    Asked, name="ApprovalAsked", description="Why it was asked for: the order entered, was changed, or somebody did."
)
ConditionKindEnum = strawberry.enum(
    ConditionKind, name="ApprovalConditionKind", description="What a rule can ask about an order."
)


@strawberry.type(description="A rule that held an order, as it was then.")
class ApprovalRuleSnapshot:
    id: strawberry.ID = attribute("The rule's id; it may be gone since.")
    name: str = attribute("The rule's name.")
    version: int = attribute("The rule's version.")
    reasons: list[str] = attribute("Why it held the order, in sentences.")


@strawberry.type(description="A role that must agree.")
class ApprovalStep:
    number: int = attribute("From 1.")
    role: str = attribute("The role's slug.")
    approved: bool | None = attribute("What was decided; null: not yet.")
    decided_by: str | None = attribute("Who decided.")
    decided_at: datetime | None = attribute("When.")
    note: str | None = attribute("The note of who approved, or the reason of who rejected.")


@strawberry.type(description="The approval that an order needs, or needed last.")
class Approval:
    id: strawberry.ID = attribute("Our id.")
    number: int = attribute("How many times it was asked for, from 1.")
    state: ApprovalState = attribute("What became of it.")
    asked: Asked = attribute("Why it was asked for.")
    asked_at: datetime = attribute("When.")
    rules: list[ApprovalRuleSnapshot] = attribute("The rules that hold the order.", size=2)
    steps: list[ApprovalStep] = attribute("Who must agree, in this order.", size=3)
    current_step: int | None = attribute("The step that is to decide; null: nobody is to decide.")
    awaited_role: str | None = attribute("Its role.")
    four_eyes: bool = attribute("Whether who entered the order, or decided a step of it, cannot approve this one.")
    ended_at: datetime | None = attribute("When it was decided or superseded.")


@strawberry.type(description="What a rule asks about an order; the fields that its kind has are filled in.")
class ApprovalCondition:
    kind: ConditionKind = attribute("What it asks.")
    amount: Money | None = attribute("TOTAL_OVER: the total with tax is above this, in any currency at the day's rate.")
    percent: Decimal | None = attribute("DISCOUNT_SHARE_OVER: the discount is above this share of the goods.")
    new_customer: bool | None = attribute("NEW_CUSTOMER: whether the customer must be new, or must not.")
    words: list[str] = attribute("CUSTOMER_GROUP_IN: slugs of groups. PAYMENT_KIND_IN: prepaid, on_delivery...")


@strawberry.type(description="Which orders people must agree to, and who they are.")
class ApprovalRule:
    id: strawberry.ID = attribute("Our id.")
    name: str = attribute("What approvers read.")
    channels: list[str] = attribute("Slugs of channels; empty: any.")
    order_types: list[str] = attribute(
        "Order types: the kinds of channels (portal, manual...) and those that channels set; empty: any."
    )
    conditions: list[ApprovalCondition] = attribute("All must hold; none: every order.", size=3)
    steps: list[str] = attribute("Slugs of the roles that must agree, in this order.")
    priority: int = attribute("Of the rules that hold an order those of the highest apply.")
    exclusive: bool = attribute("No other rule may apply to the same orders at its priority.")
    four_eyes: bool = attribute("Who entered an order cannot approve it, and nobody decides two of its steps.")
    valid_from: datetime | None = attribute("From when on; null: always.")
    valid_until: datetime | None = attribute("Before when; null: for ever.")
    active: bool = attribute("Whether it is switched on.")
    version: int = attribute("Grows with every change.")


@strawberry.type(description="A rule is gone.")
class ApprovalRuleRemoved:
    name: str = attribute("Its name.")


@strawberry.input(one_of=True, description="One thing that must hold of an order.")
class ApprovalConditionInput:
    total_over: MoneyInput | None = strawberry.field(
        description="The total with tax is above this; other currencies are converted by the day's rate.",
        default=strawberry.UNSET,
    )
    discount_share_over: Decimal | None = strawberry.field(
        description="The discount is above this share of the goods, in percent, 0 to 100.", default=strawberry.UNSET
    )
    customer_group_in: list[str] | None = strawberry.field(
        description="The customer is in one of these groups, by slug.", default=strawberry.UNSET
    )
    payment_kind_in: list[PaymentKind] | None = strawberry.field(
        description="It is paid in one of these ways.", default=strawberry.UNSET
    )
    new_customer: bool | None = strawberry.field(
        description="true: the customer had no order before, but cancelled or failed ones; false: had one.",
        default=strawberry.UNSET,
    )

    def value(self) -> conditions.Condition:
        """The condition that is named; exactly one is."""
        if self.total_over:
            return conditions.Condition(kind=ConditionKind.TOTAL_OVER, amount=self.total_over.value())
        if isinstance(self.discount_share_over, Decimal):
            return conditions.Condition(kind=ConditionKind.DISCOUNT_SHARE_OVER, percent=self.discount_share_over)
        if isinstance(self.customer_group_in, list):
            return conditions.Condition(kind=ConditionKind.CUSTOMER_GROUP_IN, words=tuple(self.customer_group_in))
        if isinstance(self.payment_kind_in, list):
            kinds = tuple(one.value.value for one in self.payment_kind_in)
            return conditions.Condition(kind=ConditionKind.PAYMENT_KIND_IN, words=kinds)
        return conditions.Condition(kind=ConditionKind.NEW_CUSTOMER, wanted=bool(self.new_customer))


@strawberry.input(description="A rule as it shall be.")
class ApprovalRuleInput:
    name: str = strawberry.field(description="What approvers read; up to 200 characters.")
    steps: list[str] = strawberry.field(description="1 to 10 slugs of roles that must agree, in this order.")
    channels: list[str] | None = optional("Slugs of channels; null or empty: any.")
    order_types: list[str] | None = optional("Order types, such as portal; null or empty: any.")
    conditions: list[ApprovalConditionInput] | None = optional("Up to 20; all must hold. None: every order.")
    priority: int = strawberry.field(description="Of the rules that hold an order the highest apply.", default=0)
    exclusive: bool = strawberry.field(
        description="No other rule may apply to the same orders at this priority.", default=False
    )
    four_eyes: bool = strawberry.field(
        description="Who entered an order cannot approve it, and nobody decides two of its steps.", default=False
    )
    valid_from: datetime | None = optional("From when on; null: always.")
    valid_until: datetime | None = optional("Before when; null: for ever.")
    active: bool = strawberry.field(description="Whether it is switched on.", default=True)

    def value(self) -> RuleInput:
        return RuleInput(
            name=self.name,
            steps=self.steps,
            channels=self.channels or (),
            order_types=self.order_types or (),
            conditions=[one.value() for one in self.conditions or ()],
            priority=self.priority,
            exclusive=self.exclusive,
            four_eyes=self.four_eyes,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            active=self.active,
        )


@strawberry.input(description="A rule to make or to change.")
class ApprovalRuleUpsertInput:
    rule: ApprovalRuleInput = strawberry.field(description="The rule as it shall be, all of it.")
    id: strawberry.ID | None = optional("The rule to change; null: a new one.")
    expected_version: int | None = optional(VERSION)


@strawberry.input(description="Agrees to an order.")
class OrderApproveInput:
    id: strawberry.ID = strawberry.field(description="The order.")
    expected_version: int = strawberry.field(description="The order's version that you read: what you agree to.")
    note: str | None = optional("What others should know, up to 1000 characters.")


@strawberry.input(description="Says no to an order.")
class OrderRejectInput:
    id: strawberry.ID = strawberry.field(description="The order.")
    expected_version: int = strawberry.field(description="The order's version that you read.")
    reason: str = strawberry.field(description="Why; the customer is told. Up to 1000 characters.")


@strawberry.input(description="Has an order judged by the rules as they are now.")
class OrderApprovalAskAgainInput:
    id: strawberry.ID = strawberry.field(description="The order.")
    expected_version: int | None = optional(VERSION)


ApprovalRuleResult = Annotated[
    ApprovalRule | Invalid | NotFound | StaleVersion,
    strawberry.union("ApprovalRuleResult", description="The rule, or why not."),
]
ApprovalRuleRemoveResult = Annotated[
    ApprovalRuleRemoved | NotFound | StaleVersion,
    strawberry.union("ApprovalRuleRemoveResult", description="The rule is gone, or why not."),
]


def make_rule(row: AnyRow) -> ApprovalRule:
    return ApprovalRule(
        id=gid(row.id),
        name=row.name,
        channels=row.channels,
        order_types=row.order_types,
        conditions=[_condition(conditions.read(one)) for one in row.conditions],
        steps=row.steps,
        priority=row.priority,
        exclusive=row.exclusive,
        four_eyes=row.four_eyes,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        active=row.active,
        version=row.version,
    )


def make_approval(row: AnyRow, steps: Sequence[AnyRow]) -> Approval:
    """`row` has the approval's columns, each of `steps` those of a step."""
    pending = row.state is ApprovalState.PENDING
    return Approval(
        id=gid(row.id),
        number=row.number,
        state=row.state,
        asked=row.asked,
        asked_at=row.asked_at,
        rules=[ApprovalRuleSnapshot(**one) for one in row.rules],
        steps=[
            ApprovalStep(
                number=one.step_number,
                role=one.step_role,
                approved=one.approved,
                decided_by=one.decided_by,
                decided_at=one.decided_at,
                note=one.note,
            )
            for one in steps
        ],
        current_step=row.step if pending else None,
        awaited_role=row.role,
        four_eyes=row.four_eyes,
        ended_at=row.ended_at,
    )


def _condition(one: conditions.Condition) -> ApprovalCondition:
    return ApprovalCondition(
        kind=one.kind,
        amount=None if one.amount is None else money(one.amount.amount, one.amount.currency),
        percent=None if one.percent is None else plain(one.percent),
        new_customer=one.wanted if one.kind is ConditionKind.NEW_CUSTOMER else None,
        words=list(one.words),
    )
