"""An operator changes what is ordered, or at what price, before the order is confirmed (spec ORD-7)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.models import Variant
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.money import MAX_AMOUNT
from domain.kernel.refusals import Invalid, Problem, invalid
from domain.kernel.texts import check_text, text_problem
from domain.orders.history import contents_data, record
from domain.orders.models import ChargeKind, Order, OrderLine
from domain.orders.queries import check_version, order_for_update
from domain.orders.status import Status
from domain.orders.totals import line_amounts, order_totals
from domain.payments.queries import payment_sums
from domain.payments.rules import payment_state

from .discount_rows import discount_data
from .order_input import MAX_LINES, Offer, OrderedLine, line_problems
from .rediscount import rediscount

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
"""Where an order may be that was not confirmed yet."""

ASK_AGAIN = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedLine:
    """A line as it shall be: one that is there (`line`), or a new one of a variant (`sku`).

    Without `unit_price` a line that is there keeps its price, and a new one takes the variant's.
    """

    quantity: Decimal
    line: UUID | None = None
    sku: str | None = None
    unit_price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditLines:
    """All lines as they shall be; those that are there and not named are removed."""

    order_id: UUID
    expected_version: int | None
    lines: Sequence[EditedLine]
    reason: str | None = None


async def edit_lines(session: AsyncSession, actor: Actor, command: EditLines) -> Order:
    """Writes the lines and what follows: totals, payment state, and an approval that is asked again (spec APR-3).

    Discounts are found anew; a line of a store's order keeps its own, up to its new amount. A rounding to the channel's
    total ends, since the total is ours now. Raises NotFound, StaleVersion, and Invalid naming every wrong line, or
    CONFIRMED after the confirmation.
    """
    check_text("reason", command.reason)
    order = await order_for_update(session, command.order_id, lines=True)
    check_version(order, command.expected_version)
    if order.confirmed_at is not None or order.status not in OPEN:
        raise invalid(("id",), "CONFIRMED", f"An order in {order.status.label} keeps its lines.")
    ours = {line.id: line for line in order.lines}
    offers = await _offers(session, command.lines)
    problems = list(_problems(command.lines, ours, offers, order.currency))
    if problems:
        raise Invalid(problems)
    before = contents_data(order.lines, order.charges)
    for line in order.lines:
        if line.id not in {edited.line for edited in command.lines}:
            await session.delete(line)
    for charge in order.charges:
        if charge.kind is ChargeKind.ROUNDING:
            await session.delete(charge)
    place = max((line.position for line in order.lines), default=-1)
    for number, edited in enumerate(command.lines, start=1):
        kept = ours.get(edited.line) if edited.line is not None else None
        _write(kept or _new_line(session, order, offers[str(edited.sku)], place + number), edited)
    await session.flush()
    await session.refresh(order, ["lines", "charges"])
    discounted = await rediscount(session, order)
    await derive(session, order)
    after = contents_data(order.lines, order.charges)
    said = discount_data(discounted) if discounted is not None else {}
    data = {**after, **said, "payment_state": order.payment_state, "before": before}
    await record(session, order, "lines_changed", actor, data, command.reason)
    return order


async def _offers(session: AsyncSession, lines: Sequence[EditedLine]) -> dict[str, Offer]:
    """What new lines can be, by SKU."""
    wanted = {line.sku for line in lines if line.sku is not None and text_problem(line.sku) is None}
    rows = await session.scalars(select(Variant).where(Variant.sku.in_(wanted)))
    return {v.sku: Offer(v.id, v.sku, v.name, v.price, v.currency, v.vat_rate, v.active) for v in rows}


def _as_offer(line: OrderLine, currency: str) -> Offer:
    """A line that is there may stay, whatever became of its variant."""
    return Offer(line.variant_id, line.sku, line.name, line.unit_price, currency, line.tax_rate)


def _problems(
    lines: Sequence[EditedLine], ours: Mapping[UUID, OrderLine], offers: Mapping[str, Offer], currency: str
) -> Iterator[Problem]:
    if not lines:
        yield Problem(("lines",), "EMPTY", "Leave at least one line, or cancel the order.")
    if len(lines) > MAX_LINES:
        yield Problem(("lines",), "TOO_MANY", f"Use at most {MAX_LINES} lines.")
    named: set[UUID] = set()
    for index, line in enumerate(lines):
        path = ("lines", str(index))
        if line.line is None:
            offer, sku = offers.get(str(line.sku)), str(line.sku)
        elif line.line in ours and line.line not in named and line.sku is None:
            named.add(line.line)
            offer, sku = _as_offer(ours[line.line], currency), str(ours[line.line].sku)
        else:
            yield Problem((*path, "line"), "NOT_FOUND", "Name each line of the order once, and no SKU with it.")
            continue
        yield from line_problems(path, OrderedLine(sku, line.quantity, line.unit_price), offer, currency)


def _new_line(session: AsyncSession, order: Order, offer: Offer, position: int) -> OrderLine:
    line = OrderLine(
        order_id=order.id,
        position=position,
        variant_id=offer.variant_id,
        sku=offer.sku,
        name=offer.name,
        unit_price=offer.price,
        discount=Decimal(0),
        tax_rate=offer.vat_rate,
    )
    session.add(line)
    return line


def _write(line: OrderLine, edited: EditedLine) -> None:
    line.quantity = edited.quantity
    if edited.unit_price is not None:
        line.unit_price = edited.unit_price
    gross = line_amounts(line.quantity, line.unit_price).subtotal
    amounts = line_amounts(line.quantity, line.unit_price, tax_rate=line.tax_rate, discount=min(line.discount, gross))
    line.subtotal, line.discount, line.tax, line.total = (
        amounts.subtotal,
        amounts.discount,
        amounts.tax,
        amounts.total,
    )


async def derive(session: AsyncSession, order: Order) -> None:
    """Totals, payment state, version and approval that follow from the new lines."""
    totals = order_totals(order.lines, order.charges)
    if abs(totals.total) > MAX_AMOUNT:
        raise invalid(("lines",), "OUT_OF_RANGE", f"An order's total is at most {MAX_AMOUNT:f}.")
    for name in totals.__dataclass_fields__:
        setattr(order, name, getattr(totals, name))
    sums = await payment_sums(session, order.id)
    order.payment_state = payment_state(order.total, sums.paid, sums.refunded)
    if order.approve_status is not None:
        order.approve_status = ASK_AGAIN
    order.version += 1
    order.updated_at = utc_now()
