"""Mutations of approval, one file each."""

import strawberry

from api.graphql.types.approval import ApprovalRuleRemoveResult, ApprovalRuleResult
from api.graphql.types.order import OrderApprovalResult

from .approval_rule_remove import field as _approval_rule_remove
from .approval_rule_upsert import field as _approval_rule_upsert
from .order_approval_ask_again import field as _order_approval_ask_again
from .order_approve import field as _order_approve
from .order_reject import field as _order_reject


@strawberry.type
class ApprovalsMutations:
    order_approve: OrderApprovalResult = _order_approve
    order_reject: OrderApprovalResult = _order_reject
    order_approval_ask_again: OrderApprovalResult = _order_approval_ask_again
    approval_rule_upsert: ApprovalRuleResult = _approval_rule_upsert
    approval_rule_remove: ApprovalRuleRemoveResult = _approval_rule_remove
