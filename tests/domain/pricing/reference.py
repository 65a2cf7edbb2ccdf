"""The guide's order of prices, taken literally and slowly: look at one level after the other, and at every price of it.

It shares nothing with the product but the shape of a candidate.
"""

from collections.abc import Sequence
from decimal import Decimal

from domain.pricing.models import Level
from domain.pricing.rules import Candidate, PriceRequest

GUIDE = (Level.CUSTOMER, Level.GROUP, Level.CHANNEL, Level.STANDARD)


def reference_price(request: PriceRequest, candidates: Sequence[Candidate]) -> Decimal | None:
    for level in GUIDE:
        usable = [one for one in candidates if one.level is level and _usable(request, one)]
        reached = [one for one in usable if not any(_nearer(other, one) for other in usable)]
        for winner in reached:
            if all(_beats(winner, other) for other in reached if other is not winner):
                return winner.unit_price
    return None


def _usable(request: PriceRequest, one: Candidate) -> bool:
    begun = one.valid_from is None or one.valid_from <= request.at
    not_over = one.valid_until is None or request.at < one.valid_until
    enough = request.quantity >= one.min_quantity
    return one.active and one.applies and begun and not_over and enough and one.currency == request.currency


def _nearer(other: Candidate, one: Candidate) -> bool:
    return other.list_id == one.list_id and other.min_quantity > one.min_quantity


def _beats(one: Candidate, other: Candidate) -> bool:
    if one.priority != other.priority:
        return one.priority > other.priority
    if one.unit_price != other.unit_price:
        return one.unit_price < other.unit_price
    assert one.list_id is not None
    assert other.list_id is not None
    return one.list_id > other.list_id
