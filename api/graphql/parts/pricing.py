"""Price lists with those for whom they are."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from api.graphql.lookahead import Selection
from api.graphql.parts.people import customer_group, customers_by_key
from api.graphql.types.ids import gid
from api.graphql.types.money import plain, unit_price
from api.graphql.types.price_source import PriceLevel
from api.graphql.types.pricing import PriceCandidate, PriceList, PriceListItem, PriceLoser, PriceLost
from domain.pricing import rules
from domain.reads.price_rows import item_counts, members_of
from domain.reads.rows import AnyRow, Rows

_MEMBERS = frozenset({"customers", "groups", "channels"})


async def price_lists(connection: AsyncConnection, rows: Rows, asked: Selection) -> list[PriceList]:
    """The lists of these rows; what else is asked for is read for all of them at once."""
    lists = [_price_list(row) for row in rows]
    by_key = {one.key: one for one in lists}
    if lists and not _MEMBERS.isdisjoint(asked):
        await _add_members(connection, by_key, asked)
    if lists and "itemCount" in asked:
        for key, count in (await item_counts(connection, list(by_key))).items():
            by_key[key].item_count = count
    return lists


def _price_list(row: AnyRow) -> PriceList:
    return PriceList(
        key=row.id,
        id=gid(row.id),
        slug=row.slug,
        name=row.name,
        level=PriceLevel(row.level),
        currency=row.currency,
        priority=row.priority,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        active=row.active,
        archived_at=row.archived_at,
        version=row.version,
        customers=[],
        groups=[],
        channels=[],
        item_count=0,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


async def _add_members(connection: AsyncConnection, lists: dict[UUID, PriceList], asked: Selection) -> None:
    rows = await members_of(connection, list(lists))
    ids = [row.customer_id for row in rows if row.customer_id is not None]
    known = await customers_by_key(connection, ids, asked["customers"]) if ids and "customers" in asked else {}
    for row in rows:
        into = lists[row.price_list_id]
        if row.customer_id in known:
            into.customers.append(known[row.customer_id])
        elif row.channel is not None:
            into.channels.append(row.channel)
        elif row.id is not None:
            into.groups.append(customer_group(row))


def price_list_item(row: AnyRow, currency: str) -> PriceListItem:
    return PriceListItem(
        sku=row.sku,
        name=row.name,
        min_quantity=plain(row.min_quantity),
        unit_price=unit_price(row.unit_price, currency),
    )


def candidate(one: rules.Candidate) -> PriceCandidate:
    return PriceCandidate(
        level=PriceLevel(one.level),
        price_list=one.slug,
        name=one.name,
        min_quantity=plain(one.min_quantity),
        priority=one.priority,
        unit_price=unit_price(one.unit_price, one.currency),
    )


def losers(lost: Sequence[rules.Loser]) -> list[PriceLoser]:
    return [PriceLoser(candidate=candidate(one.candidate), lost=PriceLost(one.lost), reason=one.reason) for one in lost]
