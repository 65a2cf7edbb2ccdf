"""People decide on an order that a rule holds (spec APR-3).

Each step is one person's act; the last one approves the order, and a channel that confirms by itself then does
(spec CHN-4). Rejecting ends it at any step: the customer is told, and the order goes nowhere until approval is asked
for again. Both name the version that was read, so that nobody agrees to what was changed meanwhile.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.approvals.errors import RoleNeeded
from domain.approvals.models import ApprovalState, Asked, OrderApproval, OrderApprovalStep
from domain.approvals.queries import last_approval, steps_of
from domain.channels.models import Channel
from domain.kernel.actor import Actor, Permission
from domain.kernel.clock import utc_now
from domain.kernel.refusals import Forbidden, invalid
from domain.kernel.texts import check_text
from domain.orders.history import record
from domain.orders.models import HistoryEntry, Order
from domain.orders.queries import check_version, order_for_update

from ..auto_confirm import auto_confirm
from ..pay import go_on_if_paid
from .ask import APPROVED, OPEN, PENDING, REJECTED, reconsider

ORIGINS = frozenset({"estimate", "duplicated_from"})
"""What the first entry of the history says of an order that was made of something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide:
    """`words`: the note of who approves, or the reason of who rejects."""

    order_id: UUID
    expected_version: int
    words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskAgain:
    """`expected_version` None asks for no check."""

    order_id: UUID
    expected_version: int | None = None


async def approve_order(session: AsyncSession, actor: Actor, command: Decide) -> Order:
    """Approves the step that is to decide.

    Raises Forbidden, NotFound, StaleVersion, RoleNeeded, and Invalid: NOT_PENDING where nothing is to be decided,
    FOUR_EYES where somebody else must decide.
    """
    check_text("note", command.words)
    order, approval, steps = await _pending(session, actor, command)
    step = await _decided(session, actor, order, approval, steps, approved=True, words=command.words)
    order.version += 1
    order.updated_at = utc_now()
    data = {"rules": approval.rules, "step": step.number, "steps": len(steps), "role": step.role}
    if step.number < len(steps):
        approval.step, approval.role = step.number + 1, steps[step.number].role
        await record(
            session,
            order,
            "approval_step",
            actor,
            {**data, "approve_status": PENDING, "next": approval.role},
            step.note,
        )
        return order
    approval.state, approval.role, approval.ended_at = ApprovalState.APPROVED, None, step.decided_at
    order.approve_status = APPROVED
    await record(session, order, "approved", actor, {**data, "approve_status": APPROVED}, step.note)
    if not await _left_to_a_person(session, order):
        await auto_confirm(session, order)
    return order


async def reject_order(session: AsyncSession, actor: Actor, command: Decide) -> Order:
    """Rejects the order, with a reason that the customer is told. Raises what approving raises."""
    if not (command.words or "").strip():
        raise invalid(("reason",), "MISSING", "Say why: the customer is told.")
    check_text("reason", command.words)
    order, approval, steps = await _pending(session, actor, command)
    step = await _decided(session, actor, order, approval, steps, approved=False, words=command.words)
    approval.state, approval.role, approval.ended_at = ApprovalState.REJECTED, None, step.decided_at
    order.approve_status = REJECTED
    order.version += 1
    order.updated_at = utc_now()
    data = {"approve_status": REJECTED, "rules": approval.rules, "step": step.number, "role": step.role}
    await record(session, order, "approval_rejected", actor, data, step.note)
    return order


async def ask_again(session: AsyncSession, actor: Actor, command: AskAgain) -> Order:
    """Judges an order by the rules as they are now: one that was rejected is asked for again, one that is pending and
    that no rule holds any more is free. What is pending and is still needed stays as it is.

    Raises NotFound, StaleVersion, and Invalid: APPROVED, or CONFIRMED where approval no longer matters.
    """
    order = await order_for_update(session, command.order_id)
    check_version(order, command.expected_version)
    if order.confirmed_at is not None or order.status not in OPEN:
        raise invalid(("id",), "CONFIRMED", f"An order in {order.status.label} needs no approval any more.")
    if order.approve_status == APPROVED:
        raise invalid(("id",), "APPROVED", "It is approved already. It is asked for again when it is changed.")
    before = order.history_seq
    await reconsider(session, order, Asked.AGAIN)
    if order.history_seq != before:
        order.version += 1
        order.updated_at = utc_now()
        # Money that came while it was rejected.
        await go_on_if_paid(session, order)
    await session.flush()
    return order


async def _pending(
    session: AsyncSession, actor: Actor, command: Decide
) -> tuple[Order, OrderApproval, list[OrderApprovalStep]]:
    if not actor.may(Permission.ORDERS_APPROVE):
        raise Forbidden(Permission.ORDERS_APPROVE)
    order = await order_for_update(session, command.order_id)
    check_version(order, command.expected_version)
    approval = await last_approval(session, order.id) if order.approve_status == PENDING else None
    if approval is None or approval.state is not ApprovalState.PENDING or order.status not in OPEN:
        raise invalid(("id",), "NOT_PENDING", "Nothing is to be decided: it waits for no approval.")
    steps = list(await steps_of(session, approval.id))
    role = steps[approval.step - 1].role
    if not actor.holds(role):
        raise RoleNeeded(role, approval.step, len(steps))
    return order, approval, steps


async def _decided(
    session: AsyncSession,
    actor: Actor,
    order: Order,
    approval: OrderApproval,
    steps: list[OrderApprovalStep],
    *,
    approved: bool,
    words: str | None,
) -> OrderApprovalStep:
    """Writes the decision of the current step. Only approving is for other eyes: anyone may reject their own."""
    if approved and approval.four_eyes:
        if actor.label in {step.decided_by for step in steps}:
            raise invalid(
                ("id",), "FOUR_EYES", "You decided an earlier step; the rule wants somebody else for this one."
            )
        if actor.label == await _creator(session, order):
            raise invalid(("id",), "FOUR_EYES", "You entered this order; the rule wants somebody else to approve it.")
    step = steps[approval.step - 1]
    step.approved, step.decided_by, step.decided_at = approved, actor.label, utc_now()
    step.note = (words or "").strip() or None
    return step


async def _creator(session: AsyncSession, order: Order) -> str | None:
    return await session.scalar(
        select(HistoryEntry.actor).where(HistoryEntry.order_id == order.id, HistoryEntry.seq == 1)
    )


async def _left_to_a_person(session: AsyncSession, order: Order) -> bool:
    """A first import found the order: it may have been carried out elsewhere. Or it was made of an estimate or of
    another order: channels do not confirm those by themselves either.
    """
    if order.external_id is not None:
        channel = await session.get_one(Channel, order.channel_id)
        if order.placed_at < channel.created_at:
            return True
    told = await session.scalar(
        select(HistoryEntry.data).where(HistoryEntry.order_id == order.id, HistoryEntry.seq == 1)
    )
    return not ORIGINS.isdisjoint(told or {})
