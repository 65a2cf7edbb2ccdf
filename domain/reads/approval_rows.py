"""Approval rules, what was asked about orders, and what waits for whom, as rows: each function is one statement."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Text, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

from domain.approvals.models import ApprovalRule, ApprovalState, OrderApproval, OrderApprovalStep

from .keyset import Page, Sort, Window, beyond, moment, page_of
from .rows import AnySelect, Rows

OLDEST = Sort("approvals", moment)

_A, _S = OrderApproval.__table__.c, OrderApprovalStep.__table__.c
_IDS = any_(bindparam("ids", type_=ARRAY(Uuid())))
_LAST = (
    select(OrderApproval.__table__)
    .where(_A.order_id == _IDS)
    .ext(distinct_on(_A.order_id))
    .order_by(_A.order_id, _A.number.desc())
    .subquery("last")
)
_STEP = (_S.number.label("step_number"), _S.role.label("step_role"), _S.approved, _S.decided_by, _S.decided_at, _S.note)
_LAST_STEPS = (
    select(*_LAST.c, *_STEP).join(OrderApprovalStep, _S.approval_id == _LAST.c.id).order_by(_LAST.c.id, _S.number)
)
_STEPS = select(_S.approval_id, *_STEP).where(_S.approval_id == _IDS).order_by(_S.approval_id, _S.number)


async def last_approvals(connection: AsyncConnection, orders: Sequence[UUID]) -> Rows:
    """The last approval of each order that has one, a row per step, in the order of the steps."""
    return (await connection.execute(_LAST_STEPS, {"ids": orders})).all()


async def steps_of(connection: AsyncConnection, approvals: Sequence[UUID]) -> Rows:
    """The steps of approvals, in their order."""
    return (await connection.execute(_STEPS, {"ids": approvals})).all()


async def waiting_page(connection: AsyncConnection, wanted: Window, roles: Collection[str] | None) -> Page:
    """Approvals that wait for one of these roles (None: for anyone), oldest first; then the time they are sorted by."""
    values: dict[str, object] = {"size": wanted.size + 1}
    if roles is not None:
        values["roles"] = sorted(roles)
    if wanted.place is not None:
        values |= {"place_value": wanted.place[0], "place_id": wanted.place[1]}
    statement = _waiting(roles is not None, wanted.place is not None)
    return page_of((await connection.execute(statement, values)).all(), wanted)


@lru_cache(maxsize=4)
def _waiting(by_role: bool, placed: bool) -> AnySelect:
    rows = select(OrderApproval.__table__, _A.asked_at.label("sorted_by")).where(_A.state == ApprovalState.PENDING)
    if by_role:
        rows = rows.where(_A.role == any_(bindparam("roles", type_=ARRAY(Text()))))
    if placed:
        place = bindparam("place_value", type_=_A.asked_at.type), bindparam("place_id", type_=Uuid())
        rows = rows.where(beyond(_A.asked_at, _A.id, *place, ascending=True))
    return rows.order_by(_A.asked_at, _A.id).limit(bindparam("size"))


_RULES = select(ApprovalRule.__table__)


async def all_rules(connection: AsyncConnection) -> Rows:
    """Every rule, by priority, highest first, then by name."""
    return (await connection.execute(_RULES.order_by(ApprovalRule.priority.desc(), ApprovalRule.name))).all()


async def rule_by_id(connection: AsyncConnection, rule_id: UUID) -> Rows:
    return (await connection.execute(_RULES.where(ApprovalRule.id == rule_id))).all()
