"""Metafields of orders, lines, customers and products: one statement, for any number of them."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from api.graphql.context import Context
from api.graphql.lookahead import Selection
from api.graphql.types.metafield import Metafield, make_metafield
from api.graphql.types.order import Order
from domain.metafields.models import Owner
from domain.reads.metafield_rows import values_of

from .grouping import grouped


class Owning(Protocol):
    """What has metafields."""

    key: UUID
    metafields: list[Metafield]


async def of_orders(context: Context, connection: AsyncConnection, orders: Sequence[Order], below: Selection) -> None:
    await fill(connection, Owner.ORDER, orders)


async def fill(connection: AsyncConnection, owner: Owner, things: Sequence[Owning]) -> None:
    """Fills in the metafields of things of one kind."""
    if not things:
        return
    rows = await values_of(connection, owner, [one.key for one in things])
    found = grouped(rows, make_metafield)
    for one in things:
        one.metafields = found[one.key]
