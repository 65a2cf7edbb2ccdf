"""Trade discounts, with the names of what they are for and how often they were used."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from api.graphql.lookahead import Selection
from api.graphql.types.discount import TradeDiscount, make_discount
from domain.kernel.clock import utc_now
from domain.reads import discount_rows
from domain.reads.rows import Rows

_NAMED = {"clientGroups": "client_groups", "items": "items", "itemGroups": "item_groups", "stores": "stores"}


async def make_discounts(connection: AsyncConnection, rows: Rows, below: Selection) -> list[TradeDiscount]:
    """The rules of these rows; a statement for each dimension and for the uses, where they are asked for."""
    names: dict[str, Mapping[UUID, str]] = {}
    for field, dimension in _NAMED.items():
        ids = {key for row in rows for key in getattr(row, dimension)} if field in below else ()
        if ids:
            names[dimension] = await discount_rows.names_of(connection, dimension, list(ids))
    now = utc_now()
    made = [make_discount(row, now, names) for row in rows]
    if made and not {"used", "usesLeft"}.isdisjoint(below):
        uses = await discount_rows.uses_of(connection, [rule.key for rule in made])
        for rule in made:
            rule.used = uses.get(rule.key, 0)
            rule.uses_left = None if rule.limit_total is None else max(0, rule.limit_total - rule.used)
    return made
