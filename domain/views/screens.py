"""The screens that an operator opens day by day, as filters of the queue in the words of the API (spec ORD-6).

They are promised to be cheap: however many orders there are, the database reads at most twenty times the page for
each. A test reads the plans. Any other filter is bounded by time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Screen:
    """A filter and a sort. `takes` names the fields of the filter that the caller fills in."""

    key: str
    title: str
    filter: Mapping[str, Any]
    sort: str = "STATUS_SINCE"
    descending: bool = False
    takes: Sequence[str] = field(default_factory=tuple)


SCREENS: Sequence[Screen] = (
    Screen("new", "New orders, the oldest first", {"status": ["DRAFT", "PROCESSING"]}, "CREATED_AT"),
    Screen("approval", "Waiting for approval", {"approveStatus": ["PENDING"]}, "CREATED_AT", descending=True),
    Screen("stock_unavailable", "Goods are missing, the longest first", {"status": ["STOCK_UNAVAILABLE"]}),
    Screen("on_hold", "On hold, the longest first", {"status": ["ON_HOLD"]}),
    Screen(
        "to_pick",
        "Ready for the warehouse",
        {"status": ["CONFIRMED", "READY"], "fulfilmentState": ["NONE", "PARTIAL"]},
    ),
    Screen("shipping", "With the courier, the longest first", {"status": ["SHIPPING"]}),
    Screen(
        "delivered_since",
        "Delivered since a moment, such as this midnight",
        {"status": ["DELIVERED"]},
        descending=True,
        takes=("statusSinceAfter",),
    ),
    Screen(
        "unpaid",
        "Waiting for an advance payment, the longest first",
        {"status": ["PENDING_PAYMENT"], "paymentState": ["UNPAID", "PARTLY_PAID"]},
    ),
    Screen("customer", "All orders of a customer", {}, "CREATED_AT", descending=True, takes=("customer",)),
    Screen("channel_drafts", "The drafts of a channel", {"status": ["DRAFT"]}, "CREATED_AT", takes=("channel",)),
    Screen("sync_errors", "With an open error of sync", {"hasSyncError": True}, "UPDATED_AT", descending=True),
    Screen("find", "One order, by number, phone or AWB", {}, "CREATED_AT", descending=True, takes=("search",)),
)
