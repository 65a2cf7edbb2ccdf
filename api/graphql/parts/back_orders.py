"""What orders lack, and when it may come."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from api.graphql.context import Context
from api.graphql.lookahead import Selection
from api.graphql.types.ids import gid
from api.graphql.types.money import plain
from api.graphql.types.order import BackOrderedLine, Order
from domain.reads.back_orders import lacks_of, rests_of

from .grouping import grouped


async def shortages(_: Context, connection: AsyncConnection, orders: Sequence[Order], selection: Selection) -> None:
    """Fills in the days on which what orders lack may come; the rest stands in their rows."""
    short = [order.key for order in orders if order.shortages]
    if "eta" not in selection or not short:
        return
    days: dict[tuple[UUID, str], date | None] = {
        (row.order_id, row.sku): row.eta for row in await lacks_of(connection, short)
    }
    for order in orders:
        for one in order.shortages:
            one.eta = days.get((order.key, one.sku))


async def back_ordered(_: Context, connection: AsyncConnection, orders: Sequence[Order], __: Selection) -> None:
    found = grouped(
        await rests_of(connection, [order.key for order in orders]),
        lambda row: BackOrderedLine(
            line=gid(row.order_line_id), sku=row.sku, quantity=plain(row.quantity), since=row.since
        ),
    )
    for order in orders:
        order.back_ordered = found[order.key]
