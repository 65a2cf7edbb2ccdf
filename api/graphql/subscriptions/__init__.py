"""The root fields of subscriptions, one module per noun."""

import strawberry

from .bulk import BulkSubscriptions
from .counts import CountsSubscriptions
from .diary import DiarySubscriptions
from .orders import OrdersSubscriptions


@strawberry.type(
    description=(
        "What can be followed, by WebSocket (graphql-transport-ws, at /graphql) or server-sent events (graphql-sse's "
        "distinct connections, at /graphql/stream). A document has one root field. Where an answer has a cursor, "
        "follow from the last one after a break, and nothing is missed."
    )
)
class Subscription(OrdersSubscriptions, CountsSubscriptions, DiarySubscriptions, BulkSubscriptions):
    pass
