"""Reading estimates."""

import re

import strawberry

from api.graphql.context import Info, selected
from api.graphql.fields import Rows, root
from api.graphql.lookahead import below
from api.graphql.parts.estimates import estimates_by_key, make_estimates
from api.graphql.parts.order_filter import NOBODY
from api.graphql.queries.orders import DEFAULT_PAGE, page_info
from api.graphql.types.estimate import Estimate, EstimateConnection, EstimateEdge, EstimateFilter, EstimateState
from domain.estimates import models
from domain.kernel.actor import Permission
from domain.kernel.clock import utc_now
from domain.kernel.ids import parse_id
from domain.kernel.refusals import invalid
from domain.kernel.texts import text_problem
from domain.reads import estimate_rows, keyset

_NUMBER = re.compile(r"(?:EST-)?([0-9]{1,18})", re.IGNORECASE)
_NO_NUMBER = -1


async def _estimate(info: Info, id: strawberry.ID) -> Estimate | None:
    key = parse_id(id)
    if key is None:
        return None
    async with info.context.read() as connection:
        return (await estimates_by_key(info.context, connection, [key], selected(info))).get(key)


async def _estimates(
    info: Info, first: int | None = DEFAULT_PAGE, after: str | None = None, filter: EstimateFilter | None = None
) -> EstimateConnection:
    context, newest = info.context, estimate_rows.NEWEST
    window = keyset.window(newest, first=first, after=after, last=None, before=None)
    inside = below(selected(info), "edges", "node")
    async with context.read() as connection:
        page = await estimate_rows.estimates_page(connection, window, _where(filter or EstimateFilter()))
        nodes = await make_estimates(context, connection, page.rows, inside)
    cursors = [keyset.encode(newest, row.created_at, row.id) for row in page.rows]
    return EstimateConnection(
        edges=[EstimateEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        page_info=page_info(page, window, cursors, near=window.place is not None),
    )


def _where(asked: EstimateFilter) -> estimate_rows.EstimateFilter:
    problem = text_problem(asked.seller, 200) if asked.seller is not None else None
    if problem:
        raise invalid(("filter", "seller"), "NOT_A_TEXT", problem)
    state, expired = None, None
    if asked.state in (EstimateState.OPEN, EstimateState.EXPIRED):
        state, expired = models.EstimateState.OPEN, asked.state is EstimateState.EXPIRED
    elif asked.state is not None:
        state = models.EstimateState[asked.state.name]
    number = None
    if asked.number is not None:
        written = _NUMBER.fullmatch(asked.number.strip())
        number = int(written[1]) if written else _NO_NUMBER
    return estimate_rows.EstimateFilter(
        today=utc_now().date(),
        state=state,
        expired=expired,
        customer_id=(parse_id(asked.customer) or NOBODY) if asked.customer is not None else None,
        seller=asked.seller,
        number=number,
    )


_estimate_field = root(
    _estimate, rows=Rows.SCOPED, permission=Permission.ORDERS_VIEW, description="One estimate; null if there is none."
)
_estimates_field = root(
    _estimates,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_VIEW,
    paged=True,
    description="Estimates, newest first; 1 to 200 at a time.",
)


@strawberry.type
class EstimatesQueries:
    estimate: Estimate | None = _estimate_field
    estimates: EstimateConnection = _estimates_field
