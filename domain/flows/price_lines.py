"""The prices of lines that are ordered without one (spec PRC-1): out of the price lists, else the catalogue's.

Each line is priced by its own quantity: two lines of one SKU are two questions.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.pricing.models import Level
from domain.pricing.queries import Asker, prices_for
from domain.pricing.rules import Candidate, PriceRequest, winner_of
from domain.pricing.sources import source_of
from domain.stock.rules import quantity_problem

from .order_input import Offer, OrderedLine


async def price_lines(
    session: AsyncSession, asker: Asker, ordered: Sequence[OrderedLine], offers: Mapping[str, Offer]
) -> list[OrderedLine]:
    """The lines, with the price and where it comes from on those that had none and that a price list knows.

    What no list knows is left as it is: it takes its offer's price. One statement, however many lines there are.
    """
    open_ = {
        variant_id
        for line in ordered
        if line.unit_price is None and (offer := offers.get(line.sku)) and (variant_id := offer.variant_id)
    }
    found = await prices_for(session, asker, open_) if open_ else {}
    return [_priced(line, offers.get(line.sku), found, asker) for line in ordered] if found else list(ordered)


def _priced(
    line: OrderedLine, offer: Offer | None, found: Mapping[UUID, Sequence[Candidate]], asker: Asker
) -> OrderedLine:
    if line.unit_price is not None or offer is None or offer.variant_id is None or quantity_problem(line.quantity):
        return line
    request = PriceRequest(quantity=line.quantity, currency=asker.currency, at=asker.at)
    winner = winner_of(request, [*found.get(offer.variant_id, ()), *standard(offer)])
    if winner is None or winner.level is Level.STANDARD:
        return line
    return line._replace(unit_price=winner.unit_price, price_source=source_of(winner))


def standard(offer: Offer) -> Sequence[Candidate]:
    """The catalogue's own price, where there is one."""
    if offer.price is None:
        return ()
    return (Candidate(level=Level.STANDARD, unit_price=offer.price, currency=offer.currency),)
