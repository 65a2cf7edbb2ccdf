"""How a list is walked that is sorted by a time and changes while it is read.

WooCommerce pages by offset: when an order is saved between two pages it moves to the end, its neighbours move up one,
and the next page begins one too late. So the next page is asked for by the last time seen instead. The bound is
exclusive and knows whole seconds only; hence it is set one second before that time, and the orders already seen in that
second are excluded by id. Orders of one second come in no order that could be relied on.
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """Everything up to `after` was read, and of the second that follows the orders in `seen`."""

    after: str
    seen: tuple[int, ...] = ()
    page: int = 1

    def params(self, bound: str) -> list[tuple[str, str]]:
        """`bound` is modified_after or after. UTC without a Z needs dates_are_gmt; a Z beside that flag is read as
        shop time by WooCommerce, and hours of orders go missing."""
        pairs = [(bound, self.after), ("dates_are_gmt", "true"), ("order", "asc"), ("page", str(self.page))]
        return [*pairs, ("exclude", ",".join(map(str, self.seen)))] if self.seen else pairs


def advanced(position: Position, rows: Sequence[tuple[int, str]]) -> Position:
    """Where to go on behind a full page of (id, time) rows, sorted by time.

    Raises `NeedsHuman` when they are not sorted: a plugin or cache of the store ignores what we asked for.
    """
    if any(later < earlier for (_, earlier), (_, later) in pairwise(rows)):
        raise NeedsHuman(
            "store:unsorted",
            "The store does not sort its orders by the time that was asked for: reading on would skip some",
            remedy="Find the plugin or cache that changes answers of /wp-json/wc/v3/orders, and exempt that address.",
        )
    last = rows[-1][1]
    after = before(last)
    in_last_second = tuple(number for number, at in rows if at == last)
    if after > position.after:
        return Position(after=after, seen=in_last_second)
    seen = (*position.seen, *in_last_second)
    if len(seen) <= MAX_EXCLUDED:
        return Position(after=position.after, seen=seen)
    return Position(after=position.after, seen=position.seen, page=position.page + 1)


def before(at: str, *, by: timedelta = timedelta(seconds=1)) -> str:
    """An earlier time, in WooCommerce's form."""
    return stamp(datetime.fromisoformat(f"{at}+00:00") - by)
