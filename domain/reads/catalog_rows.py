"""Variants and stock levels, as rows for an answer."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased
from sqlalchemy.types import String

from domain.catalog.models import Product, ProductGroup, Variant
from domain.stock.models import StockLevel, Warehouse

from .rows import AnyRow, Rows

_ABOVE = aliased(ProductGroup)
VARIANT = (
    select(
        Variant.__table__,
        Product.unit,
        Product.description,
        Product.images,
        Product.option_names,
        ProductGroup.id.label("group_id"),
        ProductGroup.slug.label("group_slug"),
        ProductGroup.name.label("group_name"),
        ProductGroup.version.label("group_version"),
        _ABOVE.slug.label("group_parent"),
    )
    .join(Product, Product.id == Variant.product_id)
    .outerjoin(ProductGroup, ProductGroup.id == Product.group_id)
    .outerjoin(_ABOVE, _ABOVE.id == ProductGroup.parent_id)
)
"""A variant with what it has of its product and its group."""
_LEVELS = (
    select(
        Variant.sku, Warehouse.code.label("warehouse"), StockLevel.on_hand, StockLevel.reserved, StockLevel.quarantined
    )
    .join(Variant, Variant.id == StockLevel.variant_id)
    .join(Warehouse, Warehouse.id == StockLevel.warehouse_id)
    .where(Variant.sku == any_(bindparam("skus", type_=ARRAY(String()))))
    .order_by(Variant.sku, Warehouse.code)
)
_OF_ONE_WAREHOUSE = _LEVELS.where(Warehouse.code == bindparam("warehouse"))


async def variant_by_id(connection: AsyncConnection, variant_id: UUID) -> AnyRow | None:
    statement = VARIANT.where(Variant.id == bindparam("id"))
    return (await connection.execute(statement, {"id": variant_id})).first()


async def variant_by_sku(connection: AsyncConnection, sku: str) -> AnyRow | None:
    statement = VARIANT.where(Variant.sku == bindparam("sku"))
    return (await connection.execute(statement, {"sku": sku})).first()


async def stock_levels(connection: AsyncConnection, skus: Sequence[str], warehouse: str | None = None) -> Rows:
    """What the warehouses (or one) have of these SKUs."""
    if warehouse is None:
        return (await connection.execute(_LEVELS, {"skus": list(skus)})).all()
    return (await connection.execute(_OF_ONE_WAREHOUSE, {"skus": list(skus), "warehouse": warehouse})).all()
