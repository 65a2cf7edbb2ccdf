"""An operator changes where an order goes, or what stands on its invoice (spec ORD-7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.refusals import Invalid, Problem, invalid
from domain.shipping.models import Shipment, ShipmentStatus

from .history import record
from .inputs import text_problem
from .models import FulfilmentState, Order
from .queries import check_version, order_for_update
from .status import Status

MAX_TEXT = 500
OPEN = frozenset(
    {
        Status.DRAFT,
        Status.PROCESSING,
        Status.PENDING_PAYMENT,
        Status.PAID,
        Status.CONFIRMED,
        Status.READY,
        Status.STOCK_UNAVAILABLE,
        Status.ON_HOLD,
        Status.FAILED,
    }
)
"""Before hand-over."""

_NAMES = {"shipping": "shippingAddress", "billing": "billingAddress"}
_KEPT = ("email",)
"""What an address may hold that the operator does not see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditAddress:
    """Whole addresses that replace those of the order; None leaves one as it is."""

    order_id: UUID
    expected_version: int | None = None
    shipping: Mapping[str, str] | None = None
    billing: Mapping[str, str] | None = None


async def edit_address(session: AsyncSession, actor: Actor, command: EditAddress) -> Order:
    """Writes the addresses; what is there already changes nothing.

    Raises NotFound, StaleVersion, and Invalid: for texts that cannot be kept, after hand-over, and for a shipping
    address that stands on a live AWB.
    """
    given = {side: address for side in _NAMES if (address := getattr(command, side)) is not None}
    _check(given)
    order = await order_for_update(session, command.order_id)
    check_version(order, command.expected_version)
    changed = _changes(order, given)
    if not changed:
        return order
    await _check_open(session, order, changed)
    for side, change in changed.items():
        setattr(order, side, change["to"])
    order.version += 1
    order.updated_at = utc_now()
    await record(session, order, "address_changed", actor, changed)
    await session.flush()
    return order


def _check(given: Mapping[str, Mapping[str, str]]) -> None:
    problems = [
        Problem((_NAMES[side], name), "NOT_A_TEXT", problem)
        for side, address in given.items()
        for name, text in address.items()
        if (problem := text_problem(text, MAX_TEXT))
    ]
    if problems:
        raise Invalid(problems)


def _changes(order: Order, given: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    changed = {}
    for side, address in given.items():
        before: dict[str, Any] = getattr(order, side) or {}
        after = {**{name: before[name] for name in _KEPT if name in before}, **address}
        if after != before:
            changed[side] = {"from": before or None, "to": after}
    return changed


async def _check_open(session: AsyncSession, order: Order, changed: Mapping[str, Any]) -> None:
    if order.status not in OPEN or order.fulfilment_state is not FulfilmentState.NONE:
        raise invalid(
            ("id",), "HANDED_OVER", f"An order in {order.status.label} has left the house; its addresses stay."
        )
    if "shipping" not in changed:
        return
    awb = await session.scalar(
        select(Shipment.id).where(Shipment.order_id == order.id, Shipment.status != ShipmentStatus.VOIDED).limit(1)
    )
    if awb is not None:
        raise invalid(("shippingAddress",), "HAS_AWB", "The address stands on an AWB; void that first.")
