"""orderAt: an order as it was."""

from datetime import datetime

import strawberry

from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.order_at import OrderAt, make_order_at
from domain.kernel.actor import Permission
from domain.kernel.clock import utc_now
from domain.kernel.ids import parse_id
from domain.kernel.refusals import invalid
from domain.orders.rebuild import rebuild
from domain.reads.order_rows import history_of


async def _order_at(info: Info, id: strawberry.ID, at: datetime) -> OrderAt | None:
    if at > utc_now():
        raise invalid(("at",), "IN_THE_FUTURE", "Nobody knows yet how the order will be then: give a time up to now.")
    key = parse_id(id)
    if key is None:
        return None
    async with info.context.read() as connection:
        entries = await history_of(connection, [key])
    if not entries or entries[0].at > at:
        return None
    return make_order_at(strawberry.ID(str(key)), at, entries[0].data["currency"], rebuild(entries, at))


_order_at_field = root(
    _order_at,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_VIEW,
    description=(
        "An order as it was at a moment, rebuilt from its history alone: status, payment, lines, totals. Null before "
        "the order was there, and for an id that is none. A time to come is an error INVALID."
    ),
)


@strawberry.type
class OrderAtQueries:
    order_at: OrderAt | None = _order_at_field
