"""Price lists and their prices, as rows for an answer."""

from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

from sqlalchemy import any_, bindparam, func, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Numeric, Uuid

from domain.catalog.models import Variant
from domain.channels.models import Channel
from domain.customers.models import CustomerGroup
from domain.pricing.models import PriceList, PriceListItem, PriceListMember

from .keyset import Page, Sort, Window, amount, beyond, moment, page_of
from .rows import AnyRow, AnySelect, Rows

NEWEST = Sort("price_lists", moment)
BY_BREAK = Sort("price_list_items", amount)

_L = PriceList.__table__.c
_I = PriceListItem.__table__.c
_BY_SLUG = select(PriceList.__table__).where(_L.slug == bindparam("slug"))
_MEMBERS = (
    select(PriceListMember.price_list_id, PriceListMember.customer_id, CustomerGroup, Channel.slug.label("channel"))
    .outerjoin(CustomerGroup, CustomerGroup.id == PriceListMember.group_id)
    .outerjoin(Channel, Channel.id == PriceListMember.channel_id)
    .where(PriceListMember.price_list_id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
    .order_by(PriceListMember.price_list_id, PriceListMember.id)
)
_COUNTS = (
    select(_I.price_list_id, func.count())
    .where(_I.price_list_id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
    .group_by(_I.price_list_id)
)


async def price_list_by_slug(connection: AsyncConnection, slug: str) -> AnyRow | None:
    return (await connection.execute(_BY_SLUG, {"slug": slug})).first()


async def price_lists_page(connection: AsyncConnection, wanted: Window, *, archived: bool) -> Page:
    """Lists, newest first, each with the time that the page is sorted by; those that were archived only if asked."""
    values: dict[str, object] = {"size": wanted.size + 1}
    if wanted.place is not None:
        values |= {"place_value": wanted.place[0], "place_id": wanted.place[1]}
    rows = await connection.execute(_lists(archived, wanted.place is not None), values)
    return page_of(rows.all(), wanted)


@lru_cache(maxsize=4)
def _lists(archived: bool, placed: bool) -> AnySelect:
    rows = select(PriceList.__table__, _L.created_at.label("sorted_by"))
    if not archived:
        rows = rows.where(_L.archived_at.is_(None))
    if placed:
        place = bindparam("place_value", type_=_L.created_at.type), bindparam("place_id", type_=Uuid())
        rows = rows.where(beyond(_L.created_at, _L.id, *place, ascending=False))
    return rows.order_by(_L.created_at.desc(), _L.id.desc()).limit(bindparam("size"))


async def members_of(connection: AsyncConnection, ids: Sequence[UUID]) -> Rows:
    """(price_list_id, customer_id, the group's columns, the channel's slug), of which one is not null."""
    return (await connection.execute(_MEMBERS, {"ids": list(ids)})).all()


async def item_counts(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many prices the lists have."""
    return {row[0]: row[1] for row in await connection.execute(_COUNTS, {"ids": list(ids)})}


async def items_page(connection: AsyncConnection, wanted: Window, list_id: UUID, sku: str | None) -> Page:
    """Prices of a list with their SKUs, by product and quantity: in the order of the primary key."""
    values: dict[str, object] = {"size": wanted.size + 1, "list": list_id, "sku": sku}
    if wanted.place is not None:
        values |= {"place_value": wanted.place[0], "place_id": wanted.place[1]}
    statement = _items(sku is not None, wanted.place is not None)
    return page_of((await connection.execute(statement, values)).all(), wanted)


@lru_cache(maxsize=4)
def _items(sku: bool, placed: bool) -> AnySelect:
    rows = (
        select(_I.variant_id, _I.min_quantity, _I.unit_price, Variant.sku, Variant.name)
        .join(Variant, Variant.id == _I.variant_id)
        .where(_I.price_list_id == bindparam("list"))
    )
    if sku:
        rows = rows.where(Variant.sku == bindparam("sku"))
    if placed:
        place = tuple_(bindparam("place_id", type_=Uuid()), bindparam("place_value", type_=Numeric()))
        rows = rows.where(tuple_(_I.variant_id, _I.min_quantity) > place)
    return rows.order_by(_I.variant_id, _I.min_quantity).limit(bindparam("size"))
