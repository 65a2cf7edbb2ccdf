"""What approval an order needs."""

from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from api.graphql.context import Context
from api.graphql.lookahead import Selection
from api.graphql.types.approval import Approval, make_approval
from api.graphql.types.order import Order
from domain.reads import approval_rows
from domain.reads.rows import Rows

from .grouping import grouped


async def approval(context: Context, connection: AsyncConnection, orders: Sequence[Order], below: Selection) -> None:
    """The last approval of each order; null where no rule ever held it."""
    rows = await approval_rows.last_approvals(connection, [order.key for order in orders])
    found: dict[UUID, Approval] = {}
    for _, steps in groupby(rows, lambda row: row.id):
        first, *others = steps
        found[first.order_id] = make_approval(first, [first, *others])
    for order in orders:
        order.approval = found.get(order.key)


async def make_approvals(connection: AsyncConnection, rows: Rows) -> list[Approval]:
    """The approvals of these rows with their steps, in their order."""
    ids = [row.id for row in rows]
    steps = grouped(await approval_rows.steps_of(connection, ids) if ids else [], lambda row: row)
    return [make_approval(row, steps[row.id]) for row in rows]
