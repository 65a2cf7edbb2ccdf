"""Reading trade discounts and their log."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import strawberry

from api.graphql.context import Info, selected
from api.graphql.fields import Rows, root
from api.graphql.lookahead import below
from api.graphql.parts.discounts import make_discounts
from api.graphql.parts.order_filter import NOBODY
from api.graphql.parts.people import channels_by_key, customers_by_key
from api.graphql.queries.orders import DEFAULT_PAGE, page_info
from api.graphql.types.customer import Customer
from api.graphql.types.discount import (
    DiscountLogConnection,
    DiscountLogEdge,
    DiscountLogFilter,
    TradeDiscount,
    TradeDiscountConnection,
    TradeDiscountEdge,
    TradeDiscountFilter,
    make_log_entry,
)
from domain.discounts.models import RuleState
from domain.discounts.rules import voucher_key
from domain.kernel.actor import Permission
from domain.kernel.clock import utc_now
from domain.kernel.ids import parse_id
from domain.kernel.refusals import invalid
from domain.kernel.texts import text_problem
from domain.reads import discount_rows, keyset
from domain.reads.channel_rows import channel_ids

_MOST_DAYS = 366
_MOST_SEARCH = 200
_SHOWN = tuple(state for state in RuleState if state is not RuleState.ARCHIVED)


async def _discount(info: Info, id: strawberry.ID) -> TradeDiscount | None:
    key = parse_id(id)
    if key is None:
        return None
    async with info.context.read() as connection:
        rows = await discount_rows.discounts_by_id(connection, [key])
        found = await make_discounts(connection, rows, selected(info))
    return found[0] if found else None


async def _discounts(
    info: Info, first: int | None = DEFAULT_PAGE, after: str | None = None, filter: TradeDiscountFilter | None = None
) -> TradeDiscountConnection:
    window = keyset.window(discount_rows.NEWEST, first=first, after=after, last=None, before=None)
    asked = filter or TradeDiscountFilter()
    states = [RuleState(one.value) for one in asked.state] if asked.state else _SHOWN
    search = _checked("search", asked.search)
    async with info.context.read() as connection:
        page = await discount_rows.discounts_page(connection, window, states, search, utc_now())
        nodes = await make_discounts(connection, page.rows, below(selected(info), "edges", "node"))
    cursors = [keyset.encode(discount_rows.NEWEST, row[-1], row[0]) for row in page.rows]
    return TradeDiscountConnection(
        edges=[TradeDiscountEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        page_info=page_info(page, window, cursors, near=window.place is not None),
    )


async def _ending_soon(info: Info, within_days: int = 7) -> list[TradeDiscount]:
    if not 0 < within_days <= _MOST_DAYS:
        raise invalid(("withinDays",), "OUT_OF_RANGE", f"Ask for 1 to {_MOST_DAYS} days.")
    now = utc_now()
    async with info.context.read() as connection:
        rows = await discount_rows.discounts_ending(connection, now, now + timedelta(days=within_days))
        return await make_discounts(connection, rows, selected(info))


async def _log(
    info: Info, first: int | None = DEFAULT_PAGE, after: str | None = None, filter: DiscountLogFilter | None = None
) -> DiscountLogConnection:
    context, inside = info.context, below(selected(info), "edges", "node")
    window = keyset.window(discount_rows.NEWEST_LOGGED, first=first, after=after, last=None, before=None)
    async with context.read() as connection:
        asked = filter or DiscountLogFilter()
        channels = None
        if asked.channel:
            channels = tuple(await channel_ids(connection, asked.channel)) or (NOBODY,)
        page = await discount_rows.log_page(connection, window, _log_filter(asked, channels))
        customers: dict[UUID, Customer] = {}
        if "customer" in inside:
            ids = list({row.customer_id for row in page.rows if row.customer_id is not None})
            customers = await customers_by_key(connection, ids, inside["customer"])
        found: dict[UUID, Any] = {}
        if "channel" in inside:
            found = await channels_by_key(context, connection, [row.channel_id for row in page.rows], inside["channel"])
    cursors = [keyset.encode(discount_rows.NEWEST_LOGGED, row.at, row.id) for row in page.rows]
    return DiscountLogConnection(
        edges=[
            DiscountLogEdge(
                cursor=cursor, node=make_log_entry(row, customers.get(row.customer_id), found.get(row.channel_id))
            )
            for cursor, row in zip(cursors, page.rows, strict=True)
        ],
        page_info=page_info(page, window, cursors, near=window.place is not None),
    )


def _log_filter(asked: DiscountLogFilter, channels: tuple[UUID, ...] | None) -> discount_rows.LogFilter:
    voucher = _checked("voucher", asked.voucher)
    if asked.from_ is not None and asked.to is not None and asked.to <= asked.from_:
        raise invalid(("filter", "to"), "REVERSED", "Give an end after the start.")
    return discount_rows.LogFilter(
        rule=_key(asked.rule),
        order=_key(asked.order),
        customer=_key(asked.customer),
        channel=channels,
        voucher=None if voucher is None else voucher_key(voucher),
        at_from=asked.from_,
        at_to=asked.to,
    )


def _key(text: str | None) -> UUID | None:
    return None if text is None else parse_id(text) or NOBODY


def _checked(name: str, text: str | None) -> str | None:
    problem = text_problem(text, _MOST_SEARCH) if text is not None else None
    if problem:
        raise invalid(("filter", name), "NOT_A_TEXT", problem)
    return text


_discount_field = root(
    _discount, permission=Permission.DISCOUNTS_VIEW, description="One trade discount; null if there is none."
)
_discounts_field = root(
    _discounts,
    permission=Permission.DISCOUNTS_VIEW,
    paged=True,
    description="Trade discounts, newest first; 1 to 200 at a time.",
)
_ending_soon_field = root(
    _ending_soon,
    permission=Permission.DISCOUNTS_VIEW,
    size=20,
    description="Trade discounts that run and end within these days (1 to 366), the first to end first; at most 200.",
)
_log_field = root(
    _log,
    rows=Rows.SCOPED,
    permission=Permission.REPORTS_VIEW,
    paged=True,
    description="What discounts saved, line by line (omni_log_discount), newest first, without test orders; 1 to 200 "
    "entries at a time.",
)


@strawberry.type
class DiscountsQueries:
    trade_discount: TradeDiscount | None = _discount_field
    trade_discounts: TradeDiscountConnection = _discounts_field
    discounts_ending_soon: list[TradeDiscount] = _ending_soon_field
    discount_log: DiscountLogConnection = _log_field
