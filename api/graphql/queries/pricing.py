"""Reading price lists, and why a price is what it is."""

import strawberry

from api.graphql.context import Info, selected
from api.graphql.fields import root
from api.graphql.lookahead import below
from api.graphql.parts import pricing
from api.graphql.queries.orders import DEFAULT_PAGE, page_info
from api.graphql.types.pricing import (
    PriceExplainInput,
    PriceExplainResult,
    PriceExplanation,
    PriceList,
    PriceListConnection,
    PriceListEdge,
    PriceListItemConnection,
    PriceListItemEdge,
)
from api.graphql.types.refusals import refusal_as_type
from domain.kernel.actor import Permission
from domain.kernel.clock import utc_now
from domain.kernel.refusals import Invalid
from domain.reads import keyset, price_rows
from domain.reads.price_explain import ExplainPrice, explain_price


async def _price_list(info: Info, slug: str) -> PriceList | None:
    async with info.context.read() as connection:
        row = await price_rows.price_list_by_slug(connection, slug)
        found = await pricing.price_lists(connection, [] if row is None else [row], selected(info))
    return found[0] if found else None


async def _price_lists(
    info: Info, first: int | None = DEFAULT_PAGE, after: str | None = None, archived: bool | None = None
) -> PriceListConnection:
    window = keyset.window(price_rows.NEWEST, first=first, after=after, last=None, before=None)
    async with info.context.read() as connection:
        page = await price_rows.price_lists_page(connection, window, archived=bool(archived))
        nodes = await pricing.price_lists(connection, page.rows, below(selected(info), "edges", "node"))
    cursors = [keyset.encode(price_rows.NEWEST, row.created_at, row.id) for row in page.rows]
    return PriceListConnection(
        edges=[PriceListEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        page_info=page_info(page, window, cursors, near=window.place is not None),
    )


async def _items(
    info: Info, price_list: str, sku: str | None = None, first: int | None = DEFAULT_PAGE, after: str | None = None
) -> PriceListItemConnection | None:
    window = keyset.window(price_rows.BY_BREAK, first=first, after=after, last=None, before=None)
    async with info.context.read() as connection:
        found = await price_rows.price_list_by_slug(connection, price_list)
        if found is None:
            return None
        page = await price_rows.items_page(connection, window, found.id, sku)
    cursors = [keyset.encode(price_rows.BY_BREAK, row.min_quantity, row.variant_id) for row in page.rows]
    nodes = [pricing.price_list_item(row, found.currency) for row in page.rows]
    return PriceListItemConnection(
        edges=[PriceListItemEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        page_info=page_info(page, window, cursors, near=window.place is not None),
    )


async def _explain(info: Info, input: PriceExplainInput) -> PriceExplainResult:
    asked = ExplainPrice(
        sku=input.sku,
        quantity=input.quantity,
        at=input.at or utc_now(),
        customer=input.customer,
        channel=input.channel,
        currency=input.currency,
    )
    try:
        async with info.context.read() as connection:
            answer = (await explain_price(connection, asked)).answer
    except Invalid as refusal:
        return refusal_as_type(refusal)  # type: ignore[return-value]  # that of Invalid is Invalid
    return PriceExplanation(
        winner=None if answer.winner is None else pricing.candidate(answer.winner),
        losers=pricing.losers(answer.losers),
    )


_price_list_field = root(
    _price_list, permission=Permission.CATALOG_VIEW, description="One price list by its slug; null if there is none."
)
_price_lists_field = root(
    _price_lists,
    permission=Permission.CATALOG_VIEW,
    paged=True,
    description="Price lists, newest first, 1 to 200 at a time; archived ones only if `archived` is true.",
)
_items_field = root(
    _items,
    permission=Permission.CATALOG_VIEW,
    paged=True,
    description=(
        "The prices of a list, by product and quantity, 1 to 200 at a time; null if there is no such list. With a "
        "`sku` only its breaks."
    ),
)
_explain_field = root(
    _explain,
    permission=Permission.CATALOG_VIEW,
    description=(
        "Which price a customer sees, and why not another. First match wins: the customer's price, a group's, the "
        "channel's, the catalogue's. Within a level: the greater priority, the lower price, the newer list. Within a "
        "list: the greatest minQuantity that the line reaches. It is what orderCreate does for a line without a price."
    ),
)


@strawberry.type
class PricingQueries:
    price_list: PriceList | None = _price_list_field
    price_lists: PriceListConnection = _price_lists_field
    price_list_items: PriceListItemConnection | None = _items_field
    price_explain: PriceExplainResult = _explain_field
