"""Issuing an order's invoice by hand, on channels that do not by themselves (spec INV-1)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.invoicing.issue import issue_invoice
from domain.kernel.actor import Actor
from domain.kernel.refusals import invalid
from domain.orders.models import Order
from domain.orders.queries import check_version, order_for_update
from domain.orders.status import Status

BILLED = frozenset(
    {
        Status.CONFIRMED,
        Status.READY,
        Status.PAID,
        Status.SHIPPING,
        Status.DELIVERED,
        Status.RETURN_PENDING,
        Status.PARTIAL_RETURN,
    }
)
"""Where an order that was confirmed has something to bill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueByHand:
    """`expected_version` None asks for no check."""

    order_id: UUID
    expected_version: int | None = None


async def issue_by_hand(session: AsyncSession, actor: Actor, command: IssueByHand) -> Order:
    """Issues the invoice; an order that has one keeps it. Raises NotFound, StaleVersion, and Invalid for an order that
    is not confirmed (NOT_CONFIRMED) or a test (TEST_ORDER)."""
    order = await order_for_update(session, command.order_id)
    check_version(order, command.expected_version)
    if order.test:
        raise invalid(("id",), "TEST_ORDER", "A test order gets no invoice.")
    if order.confirmed_at is None or order.status not in BILLED:
        words = f"An order in {order.status.label} gets no invoice: confirm it first."
        raise invalid(("id",), "NOT_CONFIRMED", words)
    await issue_invoice(session, actor, order)
    return order
