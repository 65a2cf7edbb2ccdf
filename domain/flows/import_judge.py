"""Whether an arrived order is new, changed, or nothing to do. Pure; the row of the external order is locked."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.intake.canonical import clean, fingerprint, to_json
from domain.intake.external import Applied, Known
from domain.intake.freshness import Freshness, Seen, freshness, later_version
from domain.intake.types import IncomingOrder

from .import_contents import with_upper_currency
from .import_resolve import Meaning


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An item that was read as an order. `authoritative`: it was fetched from the channel just now. `by_poll`: nobody
    told us of it when it happened, so that it may be from before the channel was connected."""

    item_id: UUID
    order: IncomingOrder
    received_at: datetime
    authoritative: bool = False
    by_poll: bool = False


class Verdict(StrEnum):
    """ADOPTED: a program had entered the order here with its external id, so only its state there is kept. GONE: it was
    deleted there before it was imported."""

    NEW = "new"
    CHANGED = "changed"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"
    UNCLEAR = "unclear"
    ADOPTED = "adopted"
    GONE = "gone"


@dataclass(slots=True)
class Case:
    """An arrival on its way through the import.

    `base` is what the channel had said when it was last applied, `order_id` our order, `touched` whether anything came
    of a change.
    """

    arrival: Arrival
    known: Known
    seen: Seen
    verdict: Verdict
    base: IncomingOrder | None
    order_id: UUID | None
    meaning: Meaning = field(default_factory=Meaning)
    touched: bool = True

    @property
    def order(self) -> IncomingOrder:
        return self.arrival.order

    @property
    def passes(self) -> bool:
        """Whether it is new or changed and nothing is in its way."""
        return (
            self.verdict in (Verdict.NEW, Verdict.CHANGED) and not self.meaning.causes and self.meaning.ignored is None
        )

    @property
    def came_back(self) -> bool:
        """Whether it shows that an order that had gone there is back."""
        gone_at = self.known.gone_at
        return gone_at is not None and (self.arrival.authoritative or self.arrival.received_at > gone_at)

    def applied(self) -> Applied | None:
        """The state to keep as last applied; None when that does not change."""
        if self.order_id is None:
            return None
        gone_at = None if self.came_back else self.known.gone_at
        if self.passes or self.verdict is Verdict.ADOPTED:
            return Applied(self.order.external_id, self.order_id, self.seen, to_json(self.order), gone_at)
        later = later_version(self.seen.version, self.known.seen.version)
        if self.verdict is Verdict.DUPLICATE and (later != self.known.seen.version or self.came_back):
            kept = Seen(later, self.known.seen.fingerprint)
            return Applied(self.order.external_id, self.order_id, kept, self.known.applied or {}, gone_at)
        return None


def judge(arrival: Arrival, known: Known) -> Case:
    """Compares an arrival with what was last applied of its order."""
    seen = Seen(arrival.order.version, fingerprint(arrival.order))
    fresh = freshness(known.seen, seen, authoritative=arrival.authoritative)
    verdict = _VERDICTS[fresh]
    if verdict is Verdict.NEW and known.order_id is not None:
        verdict = Verdict.ADOPTED
    case = Case(arrival, known, seen, verdict, known.base, known.order_id)
    if verdict is Verdict.NEW and known.gone_at is not None and not case.came_back:
        case.verdict = Verdict.GONE
    return case


def storable(arrival: Arrival) -> Arrival:
    """The arrival as it can be kept: no texts that PostgreSQL cannot hold, the currency in capitals."""
    return replace(arrival, order=with_upper_currency(clean(arrival.order)))


_VERDICTS = {
    Freshness.NEW: Verdict.NEW,
    Freshness.NEWER: Verdict.CHANGED,
    Freshness.DUPLICATE: Verdict.DUPLICATE,
    Freshness.SUPERSEDED: Verdict.SUPERSEDED,
    Freshness.UNCLEAR: Verdict.UNCLEAR,
}
