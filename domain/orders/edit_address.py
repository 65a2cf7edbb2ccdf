"""Where an order goes, and what stands on its invoice, is changed until the goods leave (spec ORD-7)."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.invoicing.models import Invoice, InvoiceKind
from domain.kernel.refusals import Problem
from domain.shipping.models import Shipment, ShipmentStatus

from .models import FulfilmentState, Order
from .status import Status

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

_KEPT = ("email",)
"""What an address may hold that the operator does not see."""


def new_address(order: Order, side: str, given: Mapping[str, str]) -> dict[str, Any]:
    """The whole address that replaces the order's on this side (`shipping` or `billing`)."""
    before: dict[str, Any] = getattr(order, side) or {}
    return {**{name: before[name] for name in _KEPT if name in before}, **given}


def left_problems(order: Order, fields: Iterable[str]) -> list[Problem]:
    """That these fields (as the API calls them) stay, once something was handed over."""
    if order.status in OPEN and order.fulfilment_state is FulfilmentState.NONE:
        return []
    return [
        Problem((name,), "HANDED_OVER", f"An order in {order.status.label} has left the house; this stays.")
        for name in fields
    ]


async def awb_problems(session: AsyncSession, order: Order, fields: Iterable[str]) -> list[Problem]:
    """That these fields stay as long as they stand on an AWB."""
    fields = list(fields)
    if not fields:
        return []
    awb = await session.scalar(
        select(Shipment.id).where(Shipment.order_id == order.id, Shipment.status != ShipmentStatus.VOIDED).limit(1)
    )
    if awb is None:
        return []
    return [Problem((name,), "HAS_AWB", "The address stands on an AWB; void that first.") for name in fields]


async def invoice_problems(session: AsyncSession, order: Order, fields: Iterable[str]) -> list[Problem]:
    """That these fields stay as long as they stand on an invoice that was not credited."""
    fields = list(fields)
    if not fields:
        return []
    invoice = await session.scalar(
        select(Invoice.display_number).where(
            Invoice.order_id == order.id, Invoice.kind == InvoiceKind.INVOICE, Invoice.credited.is_(False)
        )
    )
    if invoice is None:
        return []
    told = f"It stands on invoice {invoice}. Cancel the order, which credits it, and enter it anew; or ask finance."
    return [Problem((name,), "INVOICED", told) for name in fields]
