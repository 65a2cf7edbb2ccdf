"""Following the counts of the queue's tabs."""

import asyncio
from collections.abc import AsyncGenerator

import strawberry

from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.queries.changes import channels_named
from api.graphql.queries.orders import count_orders
from api.graphql.types.order import order_status
from api.graphql.types.order_page import OrderCount
from domain.kernel.actor import Permission

AT_MOST_EVERY = 0.25


async def _counts_changed(info: Info, channel: list[str] | None = None) -> AsyncGenerator[list[OrderCount], None]:
    context = info.context
    tail = context.services.live.tail
    shown = None
    async with context.read() as connection:
        named = await channels_named(connection, channel)
    channels = None if named is None else sorted(named)
    async with tail.following():
        while True:
            # What commits after this place moves the tail again; so nothing can change after the last look unseen.
            place = tail.head
            async with context.read() as connection:
                counts = await count_orders(context, connection, channels)
            if counts != shown:
                shown = counts
                yield [OrderCount(status=order_status(status), count=count) for status, count in counts.items()]
            await tail.moved(place)
            await asyncio.sleep(AT_MOST_EVERY)


_counts_field = root(
    _counts_changed,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_VIEW,
    subscription=True,
    size=17,
    description=(
        "How many orders are in each status, of these channels (slugs) or of all: at once, then whenever a count has "
        "changed, at most four times a second."
    ),
)


@strawberry.type
class CountsSubscriptions:
    order_counts_changed: list[OrderCount] = _counts_field
