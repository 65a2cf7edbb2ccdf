"""Reading orders: the queue, one order, the counts of the tabs."""

from collections.abc import Sequence
from uuid import UUID

import strawberry
from sqlalchemy.ext.asyncio import AsyncConnection

from api.graphql.context import Context, Info, is_given, selected
from api.graphql.fields import Rows, root
from api.graphql.lookahead import Selection, below
from api.graphql.parts.order_filter import number_of, order_filter
from api.graphql.parts.orders import make_orders, order_plan
from api.graphql.types.order import Order, order_status
from api.graphql.types.order_page import OrderConnection, OrderCount, OrderEdge, OrderFilter, OrderRef, OrderSort
from api.graphql.types.page import PageInfo
from domain.kernel.actor import Permission
from domain.kernel.ids import parse_id
from domain.kernel.refusals import invalid
from domain.orders.counts import counted, shown_counts
from domain.orders.status import Status
from domain.reads import keyset, order_rows, orders_page
from domain.reads.channel_rows import channel_ids
from domain.reads.rows import Rows as Found

DEFAULT_PAGE = 50


async def _orders(
    info: Info,
    first: int | None = DEFAULT_PAGE,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
    filter: OrderFilter | None = None,
    sort: OrderSort | None = None,
) -> OrderConnection:
    context, asked = info.context, selected(info)
    sort = sort or OrderSort()
    by = orders_page.SORTS[sort.field.value]
    if last is not None and is_given(info, "first"):
        raise invalid(("last",), "NOT_TOGETHER", "Ask for the first or for the last, not for both.")
    window = keyset.window(by, first=first, after=after, last=last, before=before)
    inside = below(asked, "edges", "node")
    async with context.read() as connection:
        where = await order_filter(connection, filter)
        page = await orders_page.orders_page(
            connection, order_plan(inside).columns, window, sort=by, descending=sort.descending, where=where
        )
        nodes = await make_orders(context, connection, page.rows, inside)
        cursors = [keyset.encode(by, row[-1], row[0]) for row in page.rows] if _wants_cursors(asked) else []
        info_asked = asked.get("pageInfo", {})
        behind = window.place is not None and ("hasNextPage" if window.backward else "hasPreviousPage") in info_asked
        near = behind and await orders_page.has_before(
            connection, page, window, sort=by, descending=sort.descending, where=where
        )
    return OrderConnection(
        edges=[OrderEdge(cursor=cursors[place] if cursors else "", node=node) for place, node in enumerate(nodes)],
        page_info=page_info(page, window, cursors, near=near),
    )


def page_info(page: keyset.Page, window: keyset.Window, cursors: list[str], *, near: bool) -> PageInfo:
    """`near`: whether rows lie on the side from which the page was read."""
    return PageInfo(
        has_next_page=near if window.backward else page.more,
        has_previous_page=page.more if window.backward else near,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )


def _wants_cursors(asked: Selection) -> bool:
    return "cursor" in below(asked, "edges") or not {"startCursor", "endCursor"}.isdisjoint(below(asked, "pageInfo"))


async def _order(info: Info, by: OrderRef) -> Order | None:
    asked = selected(info)
    async with info.context.read() as connection:
        return await find_order(info.context, connection, by, asked)


async def find_order(context: Context, connection: AsyncConnection, by: OrderRef, asked: Selection) -> Order | None:
    """The order that a reference names, or None."""
    columns = order_plan(asked).columns
    rows: Found = []
    if by.id:
        key = parse_id(by.id)
        rows = await order_rows.orders_by_id(connection, columns, [key]) if key else []
    elif by.number:
        number = number_of(by.number)
        if number is not None:
            rows = await order_rows.order_by_number(connection, columns, number)
    elif by.external:
        rows = await order_rows.order_by_external(connection, columns, by.external.channel, by.external.id)
    found = await make_orders(context, connection, rows, asked)
    return found[0] if found else None


async def count_orders(
    context: Context, connection: AsyncConnection, channels: Sequence[UUID] | None
) -> dict[Status, int]:
    """Counts are maintained per channel; a seller's are not."""
    count = shown_counts if context.actor.scope.seller is None else counted
    return await count(connection, channels=channels)


async def _counts(info: Info, channel: list[str] | None = None) -> list[OrderCount]:
    async with info.context.read() as connection:
        channels = await channel_ids(connection, channel) if channel else None
        counts = await count_orders(info.context, connection, channels)
    return [OrderCount(status=order_status(status), count=count) for status, count in counts.items()]


_orders_field = root(
    _orders,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_VIEW,
    paged=True,
    description=(
        "Orders, newest first unless sorted. Ask for 1 to 200 at a time: `first` with `after`, or `last` with "
        "`before`, not both. A filter by what does not exist (a channel, say) finds nothing. A bad cursor, size or "
        "filter is an error with code INVALID."
    ),
)
_order_field = root(
    _order,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_VIEW,
    description="One order, by exactly one of the three; null if none is.",
)
_order_counts_field = root(
    _counts,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_VIEW,
    size=17,
    description=(
        "How many orders are in each status, all statuses, for the tabs of the queue; of these channels (slugs), or of "
        "all. Maintained, and always what there is."
    ),
)


@strawberry.type
class OrdersQueries:
    orders: OrderConnection = _orders_field
    order: Order | None = _order_field
    order_counts: list[OrderCount] = _order_counts_field
