"""A page of the catalogue, newest first, by SKU (spec CAT-1); and whole products with their variants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, any_, bindparam, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased
from sqlalchemy.types import Uuid

from domain.catalog.models import Product, ProductGroup, Variant
from domain.kernel.refusals import invalid
from domain.kernel.texts import text_problem
from domain.metafields.models import Owner

from .catalog_rows import VARIANT
from .keyset import Page, Sort, Window, beyond, moment, page_of
from .metafield_rows import contains
from .rows import AnyRow, AnySelect, Rows
from .search import like_pattern

NEWEST = Sort("products", moment)
MAX_SEARCH = 200

_V = Variant.__table__.c


def _group_and_below() -> ColumnElement[bool]:
    """Products of a group (by its slug) and of its subgroups."""
    group = aliased(ProductGroup)
    below = select(group.id).where(group.slug == bindparam("group")).cte("below", recursive=True)
    child = aliased(ProductGroup)
    below = below.union_all(select(child.id).join(below, child.parent_id == below.c.id))
    return Product.group_id.in_(select(below.c.id))


_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "sku": _V.sku == bindparam("sku"),
    "barcode": _V.barcode == bindparam("barcode"),
    "active": _V.active == bindparam("active"),
    "group": _group_and_below(),
    "metafields": contains(Owner.PRODUCT),
    "search": or_(
        _V.name.ilike(bindparam("pattern")), _V.sku.ilike(bindparam("pattern")), _V.barcode == bindparam("search")
    ),
}
_FEW = frozenset({"search", "group", "sku", "barcode", "metafields"})
"""Conditions that leave few variants: those are found first, by their own index, and sorted then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFilter:
    """What must hold; None does not ask. `search` is a part of name or SKU, or a whole barcode; `group` is a slug;
    `metafields` are values that theirs contain (`contained`)."""

    search: str | None = None
    sku: str | None = None
    barcode: str | None = None
    group: str | None = None
    active: bool | None = None
    metafields: Mapping[str, Any] | None = None


async def products_page(connection: AsyncConnection, wanted: Window, where: ProductFilter) -> Page:
    """Variants as `VARIANT` reads them, then the time that the page is sorted by. Raises Invalid for a bad text."""
    values: dict[str, Any] = {
        name: value for name in _CONDITIONS if (value := getattr(where, name)) is not None and value != ""
    }
    for name, value in values.items():
        if isinstance(value, str) and (problem := text_problem(value, MAX_SEARCH)):
            raise invalid(("filter", name), "NOT_A_TEXT", problem)
    conditions = tuple(values)
    if "search" in values:
        values["search"] = values["search"].strip()
        values["pattern"] = like_pattern(values["search"])
    if wanted.place is not None:
        values |= {"place_value": wanted.place[0], "place_id": wanted.place[1]}
    statement = _page(conditions, wanted.place is not None)
    return page_of((await connection.execute(statement, {**values, "size": wanted.size + 1})).all(), wanted)


@lru_cache(maxsize=64)
def _page(conditions: tuple[str, ...], placed: bool) -> AnySelect:
    rows = VARIANT.add_columns(_V.created_at.label("sorted_by")).where(*(_CONDITIONS[name] for name in conditions))
    if placed:
        place = bindparam("place_value", type_=_V.created_at.type), bindparam("place_id", type_=Uuid())
        rows = rows.where(beyond(_V.created_at, _V.id, *place, ascending=False))
    if _FEW.isdisjoint(conditions):
        return rows.order_by(_V.created_at.desc(), _V.id.desc()).limit(bindparam("size"))
    found = rows.offset(literal_column("0")).subquery()
    return select(*found.c).order_by(found.c.sorted_by.desc(), found.c.id.desc()).limit(bindparam("size"))


_FAMILY = select(Product.__table__)
_VARIANTS = VARIANT.where(_V.product_id == any_(bindparam("products", type_=ARRAY(Uuid())))).order_by(
    _V.product_id, _V.id
)


async def family_by_id(connection: AsyncConnection, product_id: UUID) -> AnyRow | None:
    statement = _FAMILY.where(Product.id == bindparam("id"))
    return (await connection.execute(statement, {"id": product_id})).first()


async def family_by_sku(connection: AsyncConnection, sku: str) -> AnyRow | None:
    mine = select(Variant.product_id).where(Variant.sku == bindparam("sku")).scalar_subquery()
    return (await connection.execute(_FAMILY.where(Product.id == mine), {"sku": sku})).first()


async def variants_of(connection: AsyncConnection, products: Sequence[UUID]) -> Rows:
    """The variants of products, in the order in which they were made."""
    return (await connection.execute(_VARIANTS, {"products": list(products)})).all()
