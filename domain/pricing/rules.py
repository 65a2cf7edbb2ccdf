"""Which price a customer sees, and why not the others (spec PRC-1). Pure.

First match wins: a price for the customer, for a group of the customer, for the channel, the catalogue's own. Within
a level: the list with the greater priority; then the lower price; then the list that was made later. Within a list:
the break with the greatest quantity that is not above the line's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from domain.kernel.money import ZERO, plain

from .models import Level

_RANK = {level: rank for rank, level in enumerate(Level)}
_NO_LIST = UUID(int=0)


class Lost(StrEnum):
    """Why a price did not win."""

    INACTIVE = "INACTIVE"
    NOT_YET_VALID = "NOT_YET_VALID"
    EXPIRED = "EXPIRED"
    OTHER_AUDIENCE = "OTHER_AUDIENCE"
    OTHER_CURRENCY = "OTHER_CURRENCY"
    BELOW_QUANTITY = "BELOW_QUANTITY"
    BETTER_BREAK = "BETTER_BREAK"
    LOWER_LEVEL = "LOWER_LEVEL"
    LOWER_PRIORITY = "LOWER_PRIORITY"
    HIGHER_PRICE = "HIGHER_PRICE"
    OLDER_LIST = "OLDER_LIST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A net price that a SKU may have. `applies`: whether who asks is among those for whom the list is.

    The catalogue's own price has the level STANDARD and no list.
    """

    level: Level
    unit_price: Decimal
    currency: str
    list_id: UUID | None = None
    slug: str | None = None
    name: str | None = None
    applies: bool = True
    active: bool = True
    priority: int = 0
    min_quantity: Decimal = ZERO
    valid_from: datetime | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRequest:
    """How many of the SKU are on one line, in which currency, and when."""

    quantity: Decimal
    currency: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Loser:
    candidate: Candidate
    lost: Lost
    reason: str


@dataclass(frozen=True, slots=True)
class PriceAnswer:
    """The price that won, or None where there is none, and every other with why it lost."""

    winner: Candidate | None
    losers: Sequence[Loser]


def price_of(request: PriceRequest, candidates: Iterable[Candidate]) -> PriceAnswer:
    """The price of a line. The order of the candidates does not matter; neither do those for other SKUs matter here:
    all candidates are of the one SKU."""
    ordered = sorted(candidates, key=_best_first)
    reached = _reached(request, ordered)
    winner = min(reached, key=_best_first, default=None)
    losers = []
    for candidate in ordered:
        if candidate is winner:
            continue
        lost = _bar(request, candidate)
        if lost is None:
            assert winner is not None
            lost = _behind(candidate, winner) if candidate in reached else Lost.BETTER_BREAK
        losers.append(Loser(candidate, lost, _why(lost, candidate, request, winner)))
    return PriceAnswer(winner, losers)


def winner_of(request: PriceRequest, candidates: Iterable[Candidate]) -> Candidate | None:
    """The winner of `price_of` alone, for who does not ask why."""
    return min(_reached(request, candidates), key=_best_first, default=None)


def _reached(request: PriceRequest, candidates: Iterable[Candidate]) -> list[Candidate]:
    """The prices that hold, of each list only the break that is nearest to the quantity."""
    nearest: dict[UUID | None, Candidate] = {}
    for candidate in candidates:
        if _bar(request, candidate) is None:
            known = nearest.get(candidate.list_id)
            if known is None or candidate.min_quantity > known.min_quantity:
                nearest[candidate.list_id] = candidate
    return list(nearest.values())


def _best_first(candidate: Candidate) -> tuple[int, int, Decimal, int, Decimal]:
    newest = -(candidate.list_id or _NO_LIST).int
    return _RANK[candidate.level], -candidate.priority, candidate.unit_price, newest, -candidate.min_quantity


def _bar(request: PriceRequest, candidate: Candidate) -> Lost | None:
    """What keeps a price from being looked at, whatever else there is."""
    if not candidate.active:
        return Lost.INACTIVE
    if not candidate.applies:
        return Lost.OTHER_AUDIENCE
    if candidate.valid_from is not None and request.at < candidate.valid_from:
        return Lost.NOT_YET_VALID
    if candidate.valid_until is not None and request.at >= candidate.valid_until:
        return Lost.EXPIRED
    if candidate.currency != request.currency:
        return Lost.OTHER_CURRENCY
    return Lost.BELOW_QUANTITY if request.quantity < candidate.min_quantity else None


def _behind(candidate: Candidate, winner: Candidate) -> Lost:
    """Where the better of two prices that both hold is better."""
    if candidate.level is not winner.level:
        return Lost.LOWER_LEVEL
    if candidate.priority != winner.priority:
        return Lost.LOWER_PRIORITY
    return Lost.HIGHER_PRICE if candidate.unit_price != winner.unit_price else Lost.OLDER_LIST


def _why(lost: Lost, candidate: Candidate, request: PriceRequest, winner: Candidate | None) -> str:
    by = _called(winner) if winner is not None else ""
    return {
        Lost.INACTIVE: "The list is switched off or archived.",
        Lost.OTHER_AUDIENCE: "The list is for others.",
        Lost.NOT_YET_VALID: f"The list begins on {_day(candidate.valid_from)}.",
        Lost.EXPIRED: f"The list ended on {_day(candidate.valid_until)}.",
        Lost.OTHER_CURRENCY: f"The price is in {candidate.currency}, and {request.currency} is asked for.",
        Lost.BELOW_QUANTITY: f"The price holds from {plain(candidate.min_quantity)} on.",
        Lost.BETTER_BREAK: "The same list has a price for a quantity nearer to this one.",
        Lost.LOWER_LEVEL: f"{by} goes first.",
        Lost.LOWER_PRIORITY: f"{by} has a greater priority.",
        Lost.HIGHER_PRICE: f"{by} is lower.",
        Lost.OLDER_LIST: f"{by} is the same, and its list is newer.",
    }[lost]


def _called(candidate: Candidate) -> str:
    whose = {
        Level.CUSTOMER: "The customer's price",
        Level.GROUP: "The group's price",
        Level.CHANNEL: "The channel's price",
        Level.STANDARD: "The standard price",
    }[candidate.level]
    return f"{whose} in {candidate.slug}" if candidate.slug else whose


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment is not None else ""
