"""Pure rules of the stock."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple, TypeVar
from uuid import UUID

from .errors import MissingStock

K = TypeVar("K")

NOTHING = Decimal(0)
QUANTITY_LIMIT = Decimal(10) ** 11
PLACES = 3


class Demand(NamedTuple):
    """What of a variant is wanted, under which SKU people know it."""

    variant_id: UUID
    sku: str
    quantity: Decimal


def total_demand(demands: Iterable[Demand]) -> list[Demand]:
    """Demand summed per variant, in the fixed order in which levels are locked; nothing and less is no demand."""
    summed: dict[UUID, Demand] = {}
    for demand in demands:
        if demand.quantity > 0:
            known = summed.get(demand.variant_id)
            quantity = demand.quantity + (known.quantity if known else NOTHING)
            summed[demand.variant_id] = demand._replace(quantity=quantity)
    return sorted(summed.values(), key=lambda demand: demand.variant_id)


def allot(wanted: Iterable[tuple[K, UUID, Decimal]], available: Mapping[UUID, Decimal]) -> dict[K, Decimal]:
    """What each wish (key, variant, quantity) gets of what is available, the first one first; those that get nothing
    are left out."""
    left = dict(available)
    got: dict[K, Decimal] = {}
    for key, variant_id, quantity in wanted:
        part = min(quantity, left.get(variant_id, NOTHING))
        if part > 0:
            got[key] = part
            left[variant_id] -= part
    return got


def shortages(demands: Iterable[Demand], available: Mapping[UUID, Decimal]) -> list[MissingStock]:
    """What is wanted and not free, by SKU; a variant that was never received has nothing free."""
    missing = [
        MissingStock(sku=demand.sku, ordered=demand.quantity, available=free)
        for demand in demands
        if demand.quantity > (free := available.get(demand.variant_id, NOTHING))
    ]
    return sorted(missing, key=lambda short: short.sku)


def quantity_problem(quantity: Decimal) -> str | None:
    """Why this is not a quantity of goods, or None: above 0, below 10^11, three decimals at most."""
    if not quantity.is_finite() or not 0 < quantity < QUANTITY_LIMIT:
        return f"Give a quantity above 0 and below {QUANTITY_LIMIT:f}."
    if quantity != round(quantity, PLACES):
        return f"Give a quantity with at most {PLACES} decimals."
    return None
