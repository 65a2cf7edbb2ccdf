"""Order lines."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from api.graphql.lookahead import Selection
from api.graphql.types.order import LINE, Order, OrderLine
from domain.metafields.models import Owner
from domain.reads.order_rows import lines_of

from . import metafields


async def fill(connection: AsyncConnection, orders: Sequence[Order], selection: Selection) -> list[UUID]:
    """Fills the lines in. Returns the orders whose lines are of another version than their row."""
    plan = LINE.select(selection)
    lines: dict[UUID, list[OrderLine]] = {order.key: [] for order in orders}
    versions: dict[UUID, int] = {}
    for row in await lines_of(connection, plan.columns, list(lines)):
        lines[row[1]].append(plan.make(row))
        versions[row[1]] = row[2]
    if "metafields" in selection:
        await metafields.fill(connection, Owner.LINE, [line for found in lines.values() for line in found])
    for order in orders:
        order.lines = lines[order.key]
    return [order.key for order in orders if versions.get(order.key, order.version) != order.version]
