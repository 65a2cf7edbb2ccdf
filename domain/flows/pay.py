"""Money arrives: it is booked, and what waited for it goes on (spec ORD-4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel
from domain.fulfilment.queries import noted_quantities
from domain.kernel.actor import SYSTEM, Actor
from domain.kernel.clock import utc_now
from domain.kernel.refusals import Invalid, Problem, invalid
from domain.kernel.texts import check_text, text_problem
from domain.orders.dates import past_problem
from domain.orders.models import Order, PaymentState
from domain.orders.queries import order_for_update
from domain.orders.status import Status, Through
from domain.payments.models import MoneyFlow, Payment
from domain.payments.record import amount_problems, record_payment
from domain.payments.void import order_of_payment, void_payment

from .approval.ask import REJECTED
from .auto_confirm import auto_confirm
from .effects.auto_note import note_if_due
from .facts import PAID_LATER
from .move import move_locked


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPayment:
    """`amount` includes tax; `currency` None is the order's; `at` None is now. One `external_id` is booked once per
    order, and so is one `reference` (of the bank, of the till): the same again with the same amount changes nothing."""

    order_id: UUID
    amount: Decimal
    currency: str | None = None
    method: str | None = None
    note: str | None = None
    external_id: str | None = None
    reference: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidPayment:
    """A payment or refund that was booked by mistake, and why."""

    payment_id: UUID
    reason: str


async def pay_order(session: AsyncSession, actor: Actor, command: RecordPayment) -> Order:
    """Books a payment; more than is due may come. Raises NotFound, or Invalid for what cannot be booked: every wrong
    field, DUPLICATE for a reference that another amount was booked with."""
    problems = [*_text_problems(command)]
    late = past_problem("at", command.at, utc_now())
    if late is not None:
        problems.append(late)
    order = await order_for_update(session, command.order_id, path=("order",))
    problems += amount_problems(order, command.amount, command.currency)
    if problems:
        raise Invalid(problems)
    reference = (command.reference or "").strip() or None
    if reference is not None and await _is_booked(session, order, reference, command.amount):
        return order
    booked = await record_payment(
        session,
        order,
        actor,
        command.amount,
        currency=command.currency,
        method=command.method,
        note=command.note,
        external_id=command.external_id,
        reference=reference,
        at=command.at,
    )
    if booked:
        await go_on_if_paid(session, order)
    return order


async def void_paid(session: AsyncSession, actor: Actor, command: VoidPayment) -> Order:
    """Takes back what was booked by mistake; an order in Paid waits for its payment again.

    Raises NotFound, and Invalid (see `void_payment`; a reason is needed).
    """
    check_text("reason", command.reason)
    if not command.reason.strip():
        raise invalid(("reason",), "EMPTY", "Say why it is taken back; it stands in the history.")
    order = await order_for_update(session, await order_of_payment(session, command.payment_id))
    await void_payment(session, actor, order, command.payment_id, command.reason)
    await follow_payment(session, order)
    return order


def _text_problems(command: RecordPayment) -> Iterator[Problem]:
    for field in ("method", "note", "external_id", "reference"):
        text: str | None = getattr(command, field)
        problem = text_problem(text) if text is not None else None
        if problem:
            yield Problem(("externalId" if field == "external_id" else field,), "NOT_A_TEXT", problem)


async def _is_booked(session: AsyncSession, order: Order, reference: str, amount: Decimal) -> bool:
    """Whether this very payment is there. Raises Invalid where the reference stands for another amount."""
    booked = await session.scalar(
        select(Payment.amount).where(
            Payment.order_id == order.id,
            Payment.flow == MoneyFlow.PAYMENT,
            Payment.reference == reference,
            Payment.voided.is_(False),
            Payment.reverses.is_(None),
        )
    )
    if booked is not None and booked != amount:
        message = f"{booked} {order.currency} were booked with {reference} already. Void that if it was a mistake."
        raise invalid(("reference",), "DUPLICATE", message)
    return booked is not None


async def follow_payment(session: AsyncSession, order: Order) -> None:
    """What a changed balance sets going: a payment in full ends the wait for it, and one that is gone begins it anew.

    The order's row is locked.
    """
    owing = order.payment_state in (PaymentState.UNPAID, PaymentState.PARTLY_PAID)
    if owing and order.status is Status.ON_HOLD and order.held_from is Status.PAID:
        # The hold stays until a person lifts it, and leads to where the order belongs by then.
        order.held_from = Status.PENDING_PAYMENT
    elif owing and order.status is Status.PAID:
        reason = "it is not paid in full any more"
        await move_locked(session, SYSTEM, order, Status.PENDING_PAYMENT, reason=reason, through=Through.UNPAID)
    else:
        await go_on_if_paid(session, order)


async def follow_terms(session: AsyncSession, order: Order) -> None:
    """What another way to pay sets going: an order that is paid later waits for no payment. Its row is locked."""
    if order.payment_kind not in PAID_LATER:
        return
    if order.status is Status.PENDING_PAYMENT:
        await move_locked(session, SYSTEM, order, Status.PROCESSING, reason="it is not paid in advance any more")
    elif order.status is Status.ON_HOLD and order.held_from is Status.PENDING_PAYMENT:
        order.held_from = Status.PROCESSING


async def go_on_if_paid(session: AsyncSession, order: Order) -> None:
    """What a payment in full sets going: Pending Payment ends, and an automatic delivery note that waited is made. A
    rejected order goes on when it is asked for again.

    The house does it, on behalf of who booked the payment; the order's row is locked.
    """
    if order.payment_state is not PaymentState.PAID or order.approve_status == REJECTED:
        return
    if order.status is Status.PENDING_PAYMENT:
        await move_locked(session, SYSTEM, order, Status.PAID, reason="paid in full")
        await auto_confirm(session, order)
    elif order.status is Status.ON_HOLD and order.held_from is Status.PENDING_PAYMENT:
        order.held_from = Status.PAID
    elif not await noted_quantities(session, order.id):
        channel = await session.get_one(Channel, order.channel_id)
        await note_if_due(session, SYSTEM, order, channel)
