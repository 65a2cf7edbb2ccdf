"""The change feed."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.graphql.fields import attribute
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


ChangesResult = Annotated[
    ChangePage | CursorExpired | Invalid,
    strawberry.union("ChangesResult", description="A part of the feed, or why not."),
]
