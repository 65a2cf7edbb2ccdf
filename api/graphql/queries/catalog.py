"""Reading products and stock."""

import strawberry

from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.parts import catalog
from api.graphql.types.catalog import Product, ProductGroup
from api.graphql.types.stock import StockLevel
from domain.kernel.actor import Permission
from domain.kernel.refusals import invalid
from domain.reads.catalog_rows import stock_levels, variant_by_sku
from domain.reads.group_rows import product_groups

_MOST = 200


async def _product(info: Info, sku: str) -> Product | None:
    async with info.context.services.database.read() as connection:
        row = await variant_by_sku(connection, sku)
    return None if row is None else catalog.product(row)


async def _stock(info: Info, skus: list[str]) -> list[StockLevel]:
    if len(skus) > _MOST:
        raise invalid(("skus",), "OUT_OF_RANGE", f"Ask for at most {_MOST} SKUs at a time.")
    async with info.context.services.database.read() as connection:
        return [catalog.stock_level(row) for row in await stock_levels(connection, skus)]


async def _groups(info: Info) -> list[ProductGroup]:
    async with info.context.services.database.read() as connection:
        return [catalog.product_group(row) for row in await product_groups(connection)]


_groups_field = root(
    _groups,
    permission=Permission.CATALOG_VIEW,
    size=50,
    description="All groups and subgroups of products, by slug; at most 5,000.",
)
_product_field = root(
    _product, permission=Permission.CATALOG_VIEW, description="The product of a SKU; null if there is none."
)
_stock_field = root(
    _stock,
    permission=Permission.CATALOG_VIEW,
    size=50,
    description="What each warehouse has of these SKUs (at most 200); a SKU that never came in is left out.",
)


@strawberry.type
class CatalogQueries:
    product: Product | None = _product_field
    stock: list[StockLevel] = _stock_field
    product_groups: list[ProductGroup] = _groups_field
