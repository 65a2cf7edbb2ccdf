"""The change feed."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.graphql.fields import attribute, optional
from domain.kernel.actor import Permission

from .diary import DiaryEntry
from .enums import OrderStatus
from .order import Order
from .refusals import CursorExpired, Invalid


@strawberry.type(
    description=(
        "Something that happened to an order, or in the diary. kind: the word of the order's history "
        "(status_changed, order_created...), or diary_opened, diary_changed, diary_resolved. New kinds may come: "
        "pass over those that you do not know."
    )
)
class Change:
    cursor: str = attribute("Its place in the feed; opaque. What follows it is asked for with `after`.")
    at: datetime = attribute("When it happened.")
    kind: str = attribute("What happened.")
    order_id: strawberry.ID | None = attribute("The order.")
    seq: int | None = attribute("Its number in the order's history. Of two changes of one order the higher is newer.")
    from_status: OrderStatus | None = attribute("The status before, where it changed.")
    to_status: OrderStatus | None = attribute("The status after, where it changed; of a new order its first.")
    order: Order | None = attribute("The order as it is now.")
    entry_id: strawberry.ID | None = attribute("The diary's entry.")
    entry: DiaryEntry | None = attribute("The diary's entry as it is now.", permission=Permission.SYNC_VIEW)


@strawberry.type(description="A part of the feed, oldest first.")
class ChangePage:
    changes: list[Change] = attribute(
        "The changes; may be none though more follow, where a filter passed them over.", size=1
    )
    end_cursor: str = attribute("Where the next part begins: send it as `after`.")
    has_more: bool = attribute("Whether to ask again at once. If not, ask again later, or subscribe.")


@strawberry.input(description="All that is named must hold. An empty list is the same as none.")
class OrderChangeFilter:
    channel: list[str] | None = optional("Slugs; any of these, at most 50.")
    status: list[OrderStatus] | None = optional("Orders that are in one of these now, or were until this change.")
    kinds: list[str] | None = optional("Words of the order's history, such as status_changed; at most 50.")


@strawberry.type(description="Something that happened to an order.")
class OrderChange:
    cursor: str = attribute("Its place in the feed: follow from it after a break.")
    at: datetime = attribute("When it happened.")
    kind: str = attribute("The word of the order's history, such as order_created, status_changed.")
    order_id: strawberry.ID = attribute("The order.")
    seq: int = attribute("Its number in the order's history. Of two changes of one order the higher is newer.")
    from_status: OrderStatus | None = attribute("The status before, where it changed.")
    to_status: OrderStatus | None = attribute("The status after, where it changed; of a new order its first.")
    order: Order = attribute("The order as it is now.")


@strawberry.type(description="Something that happened in the sync diary.")
class DiaryChange:
    cursor: str = attribute("Its place in the feed: follow from it after a break.")
    at: datetime = attribute("When it happened.")
    kind: str = attribute("diary_opened, diary_changed or diary_resolved.")
    entry: DiaryEntry = attribute("The entry as it is now.")


ChangesResult = Annotated[
    ChangePage | CursorExpired | Invalid,
    strawberry.union("ChangesResult", description="A part of the feed, or why not."),
]
