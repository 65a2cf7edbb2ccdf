"""How a list is walked that is sorted by a time and changes while it is read.

WooCommerce pages by offset: when an order is saved between two pages it moves to the end, its neighbours move up one,
and the next page begins one too late. So the next page is asked for by the last time seen instead. The bound is
exclusive and knows whole seconds only, and orders of one second come in no order that could be relied on; hence it is
set one second before the last time seen, whose orders are read again.

A page that lies within one second whole would be read for ever. That second is then drained by itself, with the orders
already seen in it excluded by id. Beyond it nothing is ever excluded: an order that was seen and is saved again stands
further on, and must not be hidden there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from omnisales_sdk import NeedsHuman

from .values import stamp

MAX_EXCLUDED = 400
"""Ids in one address (about 3,000 characters). More orders in one second than this come from a bulk write of the data
base; they are paged by offset behind the excluded ones, where reconciliation finds what a shift would hide."""

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """Everything up to `after` was read. `seen` is empty, or those of the following second while that is drained."""

    after: str
    seen: tuple[int, ...] = ()
    page: int = 1

    @property
    def draining(self) -> bool:
        return bool(self.seen)

    def params(self, after: str, before: str, *, end: str | None = None) -> list[tuple[str, str]]:
        """The bounds under the names of their parameters; `end` bounds the whole walk, exclusively.

        UTC without a Z needs dates_are_gmt. A Z beside that flag is read as shop time by WooCommerce, and hours of
        orders go missing.
        """
        pairs = [(after, self.after), ("dates_are_gmt", "true"), ("order", "asc"), ("page", str(self.page))]
        if self.draining:
            pairs.append(("exclude", ",".join(map(str, self.seen))))
            end = min(moved(self.after, 2 * _SECOND), end or "9")
        return [*pairs, (before, end)] if end else pairs


def advanced(position: Position, rows: Sequence[tuple[int, str]], *, full: bool) -> Position | None:
    """Where to go on behind a page of (id, time) rows, sorted by time; None at the end of the list.

    Raises `NeedsHuman` when they are not sorted: a plugin or cache of the store ignores what we asked for.
    """
    if any(later < earlier for (_, earlier), (_, later) in pairwise(rows)):
        raise NeedsHuman(
            "store:unsorted",
            "The store does not sort its orders by the time that was asked for: reading on would skip some",
            remedy="Find the plugin or cache that changes answers of /wp-json/wc/v3/orders, and exempt that address.",
        )
    if not full:
        return Position(after=moved(position.after, _SECOND)) if position.draining else None
    after = moved(rows[-1][1], -_SECOND)
    if not position.draining and after > position.after:
        return Position(after=after)
    seen = (*position.seen, *(number for number, _ in rows))
    if len(seen) <= MAX_EXCLUDED:
        return Position(after=position.after, seen=seen)
    return Position(after=position.after, seen=position.seen, page=position.page + 1)


def moved(at: str, by: timedelta) -> str:
    """Another time, in WooCommerce's form."""
    return stamp(datetime.fromisoformat(f"{at}+00:00") + by)
