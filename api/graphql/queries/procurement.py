"""Reading what is to be bought, and the orders that wait for it."""

from datetime import timedelta

import strawberry

from api.graphql.context import Info, selected
from api.graphql.fields import Rows, root
from api.graphql.lookahead import below
from api.graphql.parts.orders import orders_by_key
from api.graphql.parts.procurement import make_back_orders, make_requests
from api.graphql.queries.orders import DEFAULT_PAGE, page_info
from api.graphql.types.order_page import OrderConnection, OrderEdge
from api.graphql.types.procurement import (
    BackOrderConnection,
    BackOrderEdge,
    BackOrderFilter,
    ProcurementConnection,
    ProcurementEdge,
    ProcurementFilter,
)
from domain.kernel.actor import Permission
from domain.kernel.clock import utc_now
from domain.kernel.refusals import invalid
from domain.kernel.texts import check_text
from domain.reads import back_orders, keyset, pre_orders, procurement_rows

MOST_DAYS = 3_650


async def _requests(
    info: Info, first: int | None = DEFAULT_PAGE, after: str | None = None, filter: ProcurementFilter | None = None
) -> ProcurementConnection:
    window = keyset.window(procurement_rows.OLDEST, first=first, after=after, last=None, before=None)
    inside = below(selected(info), "edges", "node")
    asked = filter or ProcurementFilter()
    for field, text in (("sku", asked.sku), ("warehouse", asked.warehouse)):
        check_text(field, text)
    where = procurement_rows.RequestFilter(state=asked.state, warehouse=asked.warehouse, sku=asked.sku)
    async with info.context.read() as connection:
        page = await procurement_rows.requests_page(connection, window, where)
        nodes = await make_requests(info.context, connection, page.rows, inside)
    cursors = [keyset.encode(procurement_rows.OLDEST, row.created_at, row.id) for row in page.rows]
    return ProcurementConnection(
        edges=[ProcurementEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        page_info=page_info(page, window, cursors, near=window.place is not None),
    )


async def _back_orders(
    info: Info, first: int | None = DEFAULT_PAGE, after: str | None = None, filter: BackOrderFilter | None = None
) -> BackOrderConnection:
    asked = filter or BackOrderFilter()
    check_text("sku", asked.sku)
    since = None
    if asked.waiting_days is not None:
        if not 0 <= asked.waiting_days <= MOST_DAYS:
            raise invalid(("filter", "waitingDays"), "OUT_OF_RANGE", f"Ask for 0 to {MOST_DAYS} days.")
        since = utc_now() - timedelta(days=asked.waiting_days)
    where = back_orders.BackOrderFilter(confirmable=asked.confirmable, since_before=since, sku=asked.sku)
    return await _page(info, first, after, where)


async def _confirmable(info: Info, first: int | None = DEFAULT_PAGE, after: str | None = None) -> BackOrderConnection:
    return await _page(info, first, after, back_orders.BackOrderFilter(confirmable=True))


async def _page(
    info: Info, first: int | None, after: str | None, where: back_orders.BackOrderFilter
) -> BackOrderConnection:
    window = keyset.window(back_orders.BY_ENTRY, first=first, after=after, last=None, before=None)
    inside = below(selected(info), "edges", "node")
    async with info.context.read() as connection:
        page = await back_orders.back_orders_page(connection, window, where)
        nodes = await make_back_orders(info.context, connection, page.rows, inside)
    cursors = [keyset.encode(back_orders.BY_ENTRY, row.entered_at, row.order_id) for row in page.rows]
    return BackOrderConnection(
        edges=[BackOrderEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        page_info=page_info(page, window, cursors, near=window.place is not None),
    )


async def _pre_orders(
    info: Info, within_days: int = 7, first: int | None = DEFAULT_PAGE, after: str | None = None
) -> OrderConnection:
    if not 0 <= within_days <= MOST_DAYS:
        raise invalid(("withinDays",), "OUT_OF_RANGE", f"Ask for 0 to {MOST_DAYS} days.")
    window = keyset.window(pre_orders.BY_PROMISE, first=first, after=after, last=None, before=None)
    inside = below(selected(info), "edges", "node")
    until = utc_now().date() + timedelta(days=within_days)
    async with info.context.read() as connection:
        page = await pre_orders.pre_orders_page(connection, window, until)
        found = await orders_by_key(info.context, connection, [row.id for row in page.rows], inside)
    cursors = [keyset.encode(pre_orders.BY_PROMISE, row.promised_on, row.id) for row in page.rows]
    return OrderConnection(
        edges=[OrderEdge(cursor=cursor, node=found[row.id]) for cursor, row in zip(cursors, page.rows, strict=True)],
        page_info=page_info(page, window, cursors, near=window.place is not None),
    )


_pre_orders_field = root(
    _pre_orders,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_VIEW,
    paged=True,
    description=(
        "Orders that are promised for a day within this many (0 to 3,650), or for one that has passed, and that nobody "
        "has confirmed; the nearest first, 1 to 200 at a time. Order.lacking says what they still lack."
    ),
)
_requests_field = root(
    _requests,
    permission=Permission.CATALOG_VIEW,
    paged=True,
    description="What is to be bought for orders that wait, the oldest request first; 1 to 200 at a time.",
)
_back_orders_field = root(
    _back_orders,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_VIEW,
    paged=True,
    description=(
        "Orders that wait for goods, in the order of their entry: those in STOCK_UNAVAILABLE, and those of which a "
        "rest was back-ordered. What is free is allotted to the eldest first. 1 to 200 at a time."
    ),
)
_confirmable_field = root(
    _confirmable,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_VIEW,
    paged=True,
    description=(
        "The orders that wait and can be confirmed now, in the order of their entry: the stock suffices for them and "
        "for every elder that waits for the same. Nobody confirms them but a person. 1 to 200 at a time."
    ),
)


@strawberry.type
class ProcurementQueries:
    procurement_requests: ProcurementConnection = _requests_field
    back_orders: BackOrderConnection = _back_orders_field
    confirmable_orders: BackOrderConnection = _confirmable_field
    pre_orders_due: OrderConnection = _pre_orders_field
