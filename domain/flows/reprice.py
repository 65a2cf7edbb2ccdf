"""Lines that stay in an order whose buyer or quantities change: what the price lists say of them anew (spec PRC-1).

Only a price that was found goes: one that somebody gave or agreed on, or that a store told, stays. A line whose price
still comes from the same list and break, or still from the catalogue, keeps it: what it cost when it was ordered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.models import Variant
from domain.kernel.refusals import Problem
from domain.orders.models import Order, OrderLine
from domain.pricing.queries import Asker, prices_for
from domain.pricing.rules import Candidate, PriceRequest, winner_of
from domain.pricing.sources import MANUAL, source_of
from domain.stock.rules import quantity_problem

from .edit_lines import OPEN, EditedContents, EditedLine, offer_of
from .price_lines import standard


async def reprice_lines(
    session: AsyncSession, order: Order, edited: EditedContents, customer_id: UUID | None
) -> tuple[EditedContents, list[Problem]]:
    """The contents with the lines that cost something else for this buyer and these quantities, and a problem (MISSING)
    for each that has no price any more. Two statements, however many lines there are; none where nothing is asked.

    The order is locked and its lines are loaded. Lists are asked for the time when it was placed.
    """
    if order.confirmed_at is not None or order.status not in OPEN:
        return edited, []
    ours = {line.id: line for line in order.lines}
    lines = edited.lines
    if lines is None:
        lines = [EditedLine(line=line.id, quantity=line.quantity) for line in order.lines]
    asked = {
        place: kept
        for place, line in enumerate(lines)
        if line.line is not None
        and (kept := ours.get(line.line)) is not None
        and _asks(kept, line, new_buyer=customer_id != order.customer_id)
    }
    if not asked:
        return edited, []
    candidates = await _candidates(session, order, customer_id, list(asked.values()))
    priced, problems = list(lines), []
    for place, kept in asked.items():
        request = PriceRequest(quantity=lines[place].quantity, currency=order.currency, at=order.placed_at)
        winner = winner_of(request, candidates.get(kept.variant_id, ()))
        if winner is None:
            message = f"SKU {kept.sku} has no price for this buyer and quantity. Give one here."
            problems.append(Problem(("lines", str(place), "unitPrice"), "MISSING", message))
        elif source_of(winner) != kept.price_source:
            priced[place] = replace(lines[place], unit_price=winner.unit_price, price_source=source_of(winner))
    return (replace(edited, lines=priced) if priced != list(lines) else edited), problems


def _asks(kept: OrderLine, edited: EditedLine, *, new_buyer: bool) -> bool:
    """A price that is sent back as it was is not given anew."""
    found = kept.variant_id is not None and kept.price_source not in (None, MANUAL)
    given = edited.unit_price is not None and edited.unit_price != kept.unit_price
    differs = new_buyer or edited.quantity != kept.quantity
    return found and not given and differs and quantity_problem(edited.quantity) is None


async def _candidates(
    session: AsyncSession, order: Order, customer_id: UUID | None, lines: Sequence[OrderLine]
) -> Mapping[UUID | None, Sequence[Candidate]]:
    variants = {line.variant_id for line in lines if line.variant_id is not None}
    asker = Asker(customer_id=customer_id, channel_id=order.channel_id, currency=order.currency, at=order.placed_at)
    found = await prices_for(session, asker, variants)
    rows = await session.scalars(select(Variant).where(Variant.id.in_(variants)))
    return {variant.id: [*found.get(variant.id, ()), *standard(offer_of(variant))] for variant in rows}
