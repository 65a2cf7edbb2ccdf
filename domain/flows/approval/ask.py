"""Asking for approval: when an order enters, when it is changed, and when somebody asks again (spec APR-3).

An order is judged by the rules as they are at that moment, until it is confirmed for the first time. It is the house
that asks; the order's row is new or locked.
"""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from domain.approvals.models import ApprovalState, Asked, OrderApproval, OrderApprovalStep
from domain.approvals.queries import active_rules, last_approval, steps_of
from domain.approvals.rules import ApprovalNeed, Rule, rule_for, same_need
from domain.channels.models import COUNTER
from domain.kernel.actor import SYSTEM
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.orders.history import record
from domain.orders.models import Order
from domain.orders.status import Status

from .facts import load_order_facts

PENDING, APPROVED, REJECTED = 0, 1, -1
"""The guide's codes (spec APR-1); None: no rule asks."""

OPEN = frozenset(
    {
        Status.DRAFT,
        Status.PROCESSING,
        Status.PENDING_PAYMENT,
        Status.PAID,
        Status.ON_HOLD,
        Status.FAILED,
        Status.STOCK_UNAVAILABLE,
    }
)
"""Where an order may be whose confirmation is still to come."""

_WORDS = {
    Asked.ENTERED: "the order entered",
    Asked.CHANGED: "the order was changed",
    Asked.AGAIN: "it was asked for again",
}


async def ask_for_new(session: AsyncSession, orders: Sequence[Order]) -> None:
    """Asks for the orders that were just written and that a rule holds; a few statements for all of them."""
    waiting = [order for order in orders if order.confirmed_at is None and order.status in OPEN]
    rules = await active_rules(session) if waiting else []
    if not rules:
        return
    needs = await _needs(session, waiting, rules)
    for order in waiting:
        need = needs[order.id]
        if need is not None:
            await _ask(session, order, need, Asked.ENTERED, number=1)


async def reconsider(session: AsyncSession, order: Order, asked: Asked = Asked.CHANGED) -> None:
    """Judges an order anew whose contents were changed; the order's row is locked, its new state is on `order`.

    A rule holds it: it is asked for again, from the first step, unless the same is asked for already and nobody has
    decided. None does any more: it is free.
    """
    if order.confirmed_at is not None or order.status not in OPEN:
        return
    await session.flush()
    rules = await active_rules(session)
    if not rules and order.approve_status is None:
        return
    need = (await _needs(session, [order], rules))[order.id] if rules else None
    last = await last_approval(session, order.id)
    if need is None:
        await withdraw(session, order, last, "no rule holds it any more")
        return
    if last is not None and last.state is ApprovalState.PENDING:
        steps = await steps_of(session, last.id)
        untouched = last.step == 1 or asked is Asked.AGAIN
        if untouched and same_need(need, last.rules, [step.role for step in steps]):
            last.rules = need.snapshot()
            return
    _supersede(last)
    await session.flush()
    await _ask(session, order, need, asked, number=1 if last is None else last.number + 1)


async def withdraw(session: AsyncSession, order: Order, last: OrderApproval | None, why: str) -> None:
    """Ends what was asked for: nobody needs to decide. Nothing happens to an order that no rule held."""
    if order.approve_status is None:
        return
    _supersede(last)
    order.approve_status = None
    await record(session, order, "approval_not_needed", SYSTEM, {"approve_status": None}, why)


def _supersede(last: OrderApproval | None) -> None:
    if last is not None and last.state is not ApprovalState.SUPERSEDED:
        last.state, last.role = ApprovalState.SUPERSEDED, None
        last.ended_at = last.ended_at or utc_now()


async def _needs(
    session: AsyncSession, orders: Sequence[Order], rules: Sequence[Rule]
) -> dict[object, ApprovalNeed | None]:
    """What each order needs; a sale at the counter is done when it comes, so that nothing holds it."""
    judged = await load_order_facts(session, orders, rules)
    now = utc_now()
    return {
        order_id: None if facts.order_type == COUNTER else rule_for(facts, rules, judged.rates, now)
        for order_id, facts in judged.facts.items()
    }


async def _ask(session: AsyncSession, order: Order, need: ApprovalNeed, asked: Asked, *, number: int) -> None:
    approval = OrderApproval(
        id=new_id(),
        order_id=order.id,
        number=number,
        asked=asked,
        asked_at=utc_now(),
        rules=need.snapshot(),
        four_eyes=need.four_eyes,
        state=ApprovalState.PENDING,
        step=1,
        role=need.steps[0],
    )
    session.add(approval)
    session.add_all(
        OrderApprovalStep(approval_id=approval.id, number=place, role=role)
        for place, role in enumerate(need.steps, start=1)
    )
    order.approve_status = PENDING
    data = {"approve_status": PENDING, "rules": approval.rules, "steps": list(need.steps)}
    await record(session, order, "approval_asked", SYSTEM, data, _WORDS[asked])
