"""Confirming (spec ORD-4): stock is reserved, or what is missing is said; then the delivery note and the invoice.

The effects run once per order, on the first entry to Confirmed or Ready. An order that was found short afterwards
(Stock Unavailable reserves nothing) reserves again when it is confirmed again; its invoice stays the one it has.

Without stock the first confirmation that is asked leads to Stock Unavailable, where the check on entry may have put the
order already; from then on confirming it without stock is refused.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel, InvoiceAt
from domain.invoicing.issue import issue_invoice
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.crash import crash_point, declare
from domain.kernel.database import Json
from domain.orders.history import record
from domain.orders.models import Order, OrderLine
from domain.orders.queries import lines_of
from domain.orders.status import Status
from domain.procurement.ask import ask_for, close_unwanted
from domain.stock.errors import MissingStock, StockMissing
from domain.stock.reserve import reserve
from domain.stock.rules import NOTHING, Demand, total_demand

from ..enter_status import enter_status
from .auto_note import note_if_due

declare("confirm.after_reserve", "confirm.after_status", "confirm.after_note", "confirm.after_invoice")


async def confirm(session: AsyncSession, actor: Actor, order: Order, to: Status, reason: str | None) -> None:
    """Enters `to`, or Stock Unavailable with what is missing.

    Raises StockMissing, with nothing changed, for an order that is in Stock Unavailable already, or was to be Ready.
    """
    if order.confirmed_at is not None and order.status is not Status.STOCK_UNAVAILABLE:
        await enter_status(session, order, to, actor, reason)
        return
    channel = await session.get_one(Channel, order.channel_id)
    lines = await lines_of(session, order)
    missing = [] if order.test else await reserve(session, order.id, channel.warehouse_id, demands_of(lines))
    crash_point("confirm.after_reserve")
    asked = order.status is Status.STOCK_UNAVAILABLE and not order.short_on_entry
    if missing and (asked or to is Status.READY):
        raise StockMissing(missing)
    if missing:
        await fall_short(session, actor, order, missing, lines, reason, {"wanted": int(to)})
        return
    await record_reserved(session, actor, order, lines)
    await enter_confirmed(session, actor, order, to, reason, channel)


async def enter_confirmed(
    session: AsyncSession, actor: Actor, order: Order, to: Status, reason: str | None, channel: Channel
) -> None:
    """Enters `to` with goods that are reserved, and makes what the channel wants at confirmation."""
    waited = order.status is Status.STOCK_UNAVAILABLE
    await enter_status(session, order, to, actor, reason)
    if waited:
        await close_unwanted(session, channel.warehouse_id, variants_of(await lines_of(session, order)))
    crash_point("confirm.after_status")
    await note_if_due(session, actor, order, channel)
    crash_point("confirm.after_note")
    if channel.invoice_at is InvoiceAt.CONFIRMATION:
        await issue_invoice(session, actor, order)
    crash_point("confirm.after_invoice")


async def record_reserved(
    session: AsyncSession,
    actor: Actor,
    order: Order,
    lines: Sequence[OrderLine],
    part: Mapping[UUID, Decimal] | None = None,
) -> None:
    """Writes that the order has its goods, or `part` of them (by line): it is confirmed, and nothing is short."""
    order.confirmed_at = order.confirmed_at or utc_now()
    order.shortages = None
    order.short_on_entry = False
    if order.test:
        await record(session, order, "stock_not_reserved", actor, {}, "a test order reserves and invoices nothing")
        return
    goods = (
        {line.id: line.quantity for line in lines if line.variant_id is not None and line.quantity > 0}
        if part is None
        else part
    )
    reserved = by_name(lines, goods)
    others = [line.name for line in lines if line.variant_id is None]
    await record(session, order, "stock_reserved", actor, {"lines": reserved, "without_stock": others})


async def fall_short(
    session: AsyncSession,
    actor: Actor,
    order: Order,
    missing: Sequence[MissingStock],
    lines: Sequence[OrderLine],
    reason: str | None,
    data: Json,
    *,
    on_entry: bool = False,
) -> None:
    """Enters Stock Unavailable, or stays there, with what is missing, and has it procured (spec STK-3)."""
    order.shortages = shortages_data(missing)
    order.short_on_entry = on_entry
    skus = {one.sku for one in missing}
    lacking = {one.variant_id: one for one in total_demand(demands_of(lines)) if one.sku in skus}
    channel = await session.get_one(Channel, order.channel_id)
    waits = order.status is Status.STOCK_UNAVAILABLE
    quantities = {variant_id: NOTHING if waits else one.quantity for variant_id, one in lacking.items()}
    numbers = await ask_for(session, actor, channel.warehouse_id, quantities)
    if numbers:
        requests = {lacking[variant_id].sku: number for variant_id, number in sorted(numbers.items())}
        await record(session, order, "procurement_requested", actor, {"requests": requests})
    data = {**data, "missing": order.shortages}
    if order.status is Status.STOCK_UNAVAILABLE:
        order.version += 1
        order.updated_at = utc_now()
        await record(session, order, "confirmation_asked", actor, data, reason)
    else:
        await enter_status(session, order, Status.STOCK_UNAVAILABLE, actor, reason, data)


def by_name(lines: Sequence[OrderLine], quantities: Mapping[UUID, Decimal]) -> dict[str, str]:
    """Quantities by line, as history keeps them: summed by SKU, or by name where there is none."""
    sums: dict[str, Decimal] = {}
    for line in lines:
        if line.id in quantities:
            name = line.sku or line.name
            sums[name] = sums[name] + quantities[line.id] if name in sums else quantities[line.id]
    return {name: str(quantity) for name, quantity in sums.items()}


def variants_of(lines: Sequence[OrderLine]) -> set[UUID]:
    """The variants of the lines that ask something of the warehouse."""
    return {line.variant_id for line in lines if line.variant_id is not None and line.quantity > 0}


def demands_of(lines: Sequence[OrderLine]) -> list[Demand]:
    """What the lines ask of the warehouse; a line of no variant of ours (a service) asks nothing."""
    return [
        Demand(line.variant_id, line.sku or line.name, line.quantity) for line in lines if line.variant_id is not None
    ]


def shortages_data(missing: Sequence[MissingStock]) -> list[Json]:
    """What is missing, as the order and its history keep it."""
    return [{"sku": one.sku, "ordered": str(one.ordered), "available": str(one.available)} for one in missing]
