"""What is ordered, at what price and fees, is changed before the order is confirmed (spec ORD-7)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.models import Variant
from domain.kernel.database import Json
from domain.kernel.refusals import Invalid, Problem
from domain.kernel.texts import text_problem
from domain.orders.history import contents_data
from domain.orders.models import ChargeKind, Order, OrderCharge, OrderLine
from domain.orders.status import Status
from domain.orders.totals import line_amounts, order_totals
from domain.payments.queries import payment_sums
from domain.payments.rules import payment_state
from domain.pricing.queries import Asker
from domain.pricing.sources import MANUAL, STANDARD

from .charge_input import Fee, charge_problems, fee_charges, shipping_charges
from .discount_rows import discount_data
from .order_input import LONGEST_SKU, MAX_LINES, Offer, OrderedLine, line_problems, total_problems
from .place import NewCharge
from .price_lines import price_lines
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


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedLine:
    """A line as it shall be: one that is there (`line`), or a new one of a variant (`sku`).

    Without `unit_price` a line that is there keeps its price, unless its price was found and is another for its new
    quantity or buyer (`reprice_lines`). A new one takes what the price lists or the catalogue say; `price_source` is
    where that was found.
    """

    quantity: Decimal
    line: UUID | None = None
    sku: str | None = None
    unit_price: Decimal | None = None
    price_source: Json | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedContents:
    """What the order shall hold; None leaves a part as it is. `lines` are all lines: those that are there and not named
    are removed. `fees` are all fees, `shipping_fee` all that shipping costs."""

    lines: Sequence[EditedLine] | None = None
    fees: Sequence[Fee] | None = None
    shipping_fee: Fee | None = None

    @property
    def fields(self) -> list[str]:
        """The parts that are given, as the API calls them."""
        given = {"lines": self.lines, "fees": self.fees, "shippingFee": self.shipping_fee}
        return [name for name, part in given.items() if part is not None]


async def offers_of(session: AsyncSession, edited: EditedContents) -> dict[str, Offer]:
    """What new lines can be, by SKU."""
    wanted = {line.sku for line in edited.lines or () if line.sku is not None and text_problem(line.sku) is None}
    if not wanted:
        return {}
    rows = await session.scalars(select(Variant).where(Variant.sku.in_(wanted)))
    return {variant.sku: offer_of(variant) for variant in rows}


def offer_of(variant: Variant) -> Offer:
    """A variant as it can be ordered."""
    return Offer(
        variant.id, variant.sku, variant.name, variant.price, variant.currency, variant.vat_rate, variant.active
    )


def contents_problems(order: Order, edited: EditedContents, offers: Mapping[str, Offer]) -> Iterator[Problem]:
    """What is wrong with the parts that are given; the order's lines and charges are loaded."""
    if not edited.fields:
        return
    if order.confirmed_at is not None or order.status not in OPEN:
        for name in edited.fields:
            yield Problem((name,), "CONFIRMED", f"An order in {order.status.label} keeps its {name}.")
        return
    if edited.lines is not None:
        yield from _line_problems(edited.lines, {line.id: line for line in order.lines}, offers, order.currency)
    yield from charge_problems(edited.fees or (), edited.shipping_fee)


async def write_contents(
    session: AsyncSession, order: Order, edited: EditedContents, offers: Mapping[str, Offer]
) -> Json | None:
    """Writes lines and charges and what follows from them: discounts, totals, payment state. Returns what history
    keeps of it, with what was before; None if it is as it was.

    Discounts are found anew; a line of a store's order keeps its own, up to its new amount. A rounding to the channel's
    total ends, since the total is ours now. The order is locked, its parts are loaded and `contents_problems` found
    nothing. Raises Invalid for a total that cannot be.
    """
    before = contents_data(order.lines, order.charges)
    if edited.lines is not None:
        await _write_lines(session, order, edited.lines, offers)
    if edited.fields:
        await _write_charges(session, order, edited)
    await session.flush()
    await session.refresh(order, ["lines", "charges"])
    discounted = await rediscount(session, order)
    await derive(session, order)
    after = contents_data(order.lines, order.charges)
    if after == before:
        return None
    said = discount_data(discounted) if discounted is not None else {}
    return {**after, **said, "payment_state": order.payment_state, "before": before}


async def priced_contents(
    session: AsyncSession,
    order: Order,
    edited: EditedContents,
    offers: Mapping[str, Offer],
    customer_id: UUID | None,
) -> EditedContents:
    """The contents with new lines at what the price lists say for the customer; of those that are there see
    `reprice_lines`."""
    lines = edited.lines or ()
    new = [place for place, line in enumerate(lines) if line.line is None]
    asker = Asker(customer_id=customer_id, channel_id=order.channel_id, currency=order.currency, at=order.placed_at)
    ordered = [OrderedLine(str(lines[place].sku), lines[place].quantity, lines[place].unit_price) for place in new]
    found = dict(zip(new, await price_lines(session, asker, ordered, offers), strict=True))
    if not found:
        return edited
    priced = [
        replace(line, unit_price=found[place].unit_price, price_source=found[place].price_source)
        if place in found
        else line
        for place, line in enumerate(lines)
    ]
    return replace(edited, lines=priced)


def _as_offer(line: OrderLine, currency: str) -> Offer:
    """A line that is there may stay, whatever became of its variant."""
    return Offer(line.variant_id, line.sku, line.name, line.unit_price, currency, line.tax_rate)


def _line_problems(
    lines: Sequence[EditedLine], ours: Mapping[UUID, OrderLine], offers: Mapping[str, Offer], currency: str
) -> Iterator[Problem]:
    if not lines:
        yield Problem(("lines",), "EMPTY", "Leave at least one line, or cancel the order.")
    if len(lines) > MAX_LINES:
        yield Problem(("lines",), "TOO_MANY", f"Use at most {MAX_LINES} lines.")
    named: set[UUID] = set()
    for index, line in enumerate(lines):
        path = ("lines", str(index))
        unsayable = text_problem(line.sku, LONGEST_SKU) if line.sku is not None else None
        if unsayable:
            yield Problem((*path, "sku"), "NOT_A_TEXT", unsayable)
            continue
        if line.line is None and line.sku is None:
            yield Problem((*path, "sku"), "MISSING", "Give `line` for a line of the order, or `sku` for a new one.")
            continue
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
        price_source=STANDARD,
        discount=Decimal(0),
        tax_rate=offer.vat_rate,
    )
    session.add(line)
    return line


async def _write_lines(
    session: AsyncSession, order: Order, lines: Sequence[EditedLine], offers: Mapping[str, Offer]
) -> None:
    ours = {line.id: line for line in order.lines}
    kept_ids = {edited.line for edited in lines}
    for line in order.lines:
        if line.id not in kept_ids:
            await session.delete(line)
    place = max((line.position for line in order.lines), default=-1)
    for number, edited in enumerate(lines, start=1):
        kept = ours.get(edited.line) if edited.line is not None else None
        _write(kept or _new_line(session, order, offers[str(edited.sku)], place + number), edited)


async def _write_charges(session: AsyncSession, order: Order, edited: EditedContents) -> None:
    """Those of a kind that is given are replaced; a rounding ends."""
    places = [charge.position for charge in order.charges]
    new: list[tuple[int, NewCharge]] = []
    replaced = {ChargeKind.ROUNDING}
    if edited.shipping_fee is not None:
        replaced.add(ChargeKind.SHIPPING)
        first = min(places, default=0) - 1
        new += [(first, charge) for charge in shipping_charges(edited.shipping_fee)]
    if edited.fees is not None:
        replaced.add(ChargeKind.FEE)
        new += enumerate(fee_charges(edited.fees), start=max(places, default=-1) + 1)
    for charge in order.charges:
        if charge.kind in replaced:
            await session.delete(charge)
    for position, one in new:
        session.add(
            OrderCharge(
                order_id=order.id,
                position=position,
                kind=one.kind,
                title=one.title,
                amount=one.amount,
                tax=one.tax,
            )
        )


def _write(line: OrderLine, edited: EditedLine) -> None:
    line.quantity = edited.quantity
    other = edited.line is None or edited.price_source is not None or edited.unit_price != line.unit_price
    if edited.unit_price is not None and other:
        line.unit_price = edited.unit_price
        line.price_source = edited.price_source or MANUAL
    gross = line_amounts(line.quantity, line.unit_price).subtotal
    amounts = line_amounts(line.quantity, line.unit_price, tax_rate=line.tax_rate, discount=min(line.discount, gross))
    line.subtotal, line.discount, line.tax, line.total = (
        amounts.subtotal,
        amounts.discount,
        amounts.tax,
        amounts.total,
    )


async def derive(session: AsyncSession, order: Order) -> None:
    """Totals and payment state that follow from the new lines."""
    problems = list(total_problems(order.lines, order.charges))
    if problems:
        raise Invalid(problems)
    totals = order_totals(order.lines, order.charges)
    for name in totals.__dataclass_fields__:
        setattr(order, name, getattr(totals, name))
    sums = await payment_sums(session, order.id)
    order.payment_state = payment_state(order.total, sums.paid, sums.refunded)
