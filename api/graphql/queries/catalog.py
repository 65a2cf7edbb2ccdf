"""Reading products and stock."""

import strawberry

from api.graphql.context import Info, selected
from api.graphql.fields import Rows, root
from api.graphql.lookahead import below
from api.graphql.parts import catalog, metafields
from api.graphql.queries.orders import DEFAULT_PAGE, page_info
from api.graphql.types.catalog import (
    Product,
    ProductConnection,
    ProductEdge,
    ProductFamily,
    ProductFilter,
    ProductGroup,
    ProductRef,
)
from api.graphql.types.stock import StockLevel
from domain.kernel.actor import Permission
from domain.kernel.ids import parse_id
from domain.kernel.refusals import invalid
from domain.metafields.models import Owner
from domain.reads import keyset, products_page
from domain.reads.catalog_rows import stock_levels, variant_by_sku
from domain.reads.group_rows import product_groups
from domain.reads.metafield_rows import contained

_MOST = 200


async def _product(info: Info, sku: str) -> Product | None:
    async with info.context.read() as connection:
        row = await variant_by_sku(connection, sku)
        if row is None:
            return None
        product = catalog.product(row)
        if "metafields" in selected(info):
            await metafields.fill(connection, Owner.PRODUCT, [product])
    return product


async def _stock(info: Info, skus: list[str]) -> list[StockLevel]:
    if len(skus) > _MOST:
        raise invalid(("skus",), "OUT_OF_RANGE", f"Ask for at most {_MOST} SKUs at a time.")
    async with info.context.read() as connection:
        return [catalog.stock_level(row) for row in await stock_levels(connection, skus)]


async def _products(
    info: Info, first: int | None = DEFAULT_PAGE, after: str | None = None, filter: ProductFilter | None = None
) -> ProductConnection:
    window = keyset.window(products_page.NEWEST, first=first, after=after, last=None, before=None)
    asked = filter or ProductFilter()
    async with info.context.read() as connection:
        given = [one.sent() for one in asked.metafields or ()]
        where = products_page.ProductFilter(
            search=asked.search,
            sku=asked.sku,
            barcode=asked.barcode,
            group=asked.group,
            active=asked.active,
            metafields=await contained(connection, Owner.PRODUCT, given) if given else None,
        )
        page = await products_page.products_page(connection, window, where)
        nodes = [catalog.product(row) for row in page.rows]
        if "metafields" in below(selected(info), "edges", "node"):
            await metafields.fill(connection, Owner.PRODUCT, nodes)
    cursors = [keyset.encode(products_page.NEWEST, row.sorted_by, row.id) for row in page.rows]
    return ProductConnection(
        edges=[ProductEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        page_info=page_info(page, window, cursors, near=window.place is not None),
    )


async def _family(info: Info, by: ProductRef) -> ProductFamily | None:
    async with info.context.read() as connection:
        if by.sku:
            row = await products_page.family_by_sku(connection, by.sku)
        else:
            key = parse_id(by.id or "")
            row = None if key is None else await products_page.family_by_id(connection, key)
        if row is None:
            return None
        family = catalog.family(row, await products_page.variants_of(connection, [row.id]))
        if "metafields" in below(selected(info), "variants"):
            await metafields.fill(connection, Owner.PRODUCT, family.variants)
    return family


async def _groups(info: Info) -> list[ProductGroup]:
    async with info.context.read() as connection:
        return [catalog.product_group(row) for row in await product_groups(connection)]


_groups_field = root(
    _groups,
    rows=Rows.NONE,
    permission=Permission.CATALOG_VIEW,
    size=50,
    description="All groups and subgroups of products, by slug; at most 5,000.",
)
_products_field = root(
    _products,
    rows=Rows.NONE,
    permission=Permission.CATALOG_VIEW,
    paged=True,
    description="Products by SKU, newest first; 1 to 200 at a time.",
)
_family_field = root(
    _family,
    rows=Rows.NONE,
    permission=Permission.CATALOG_VIEW,
    description="A whole product with its variants, by exactly one of the two; null if there is none.",
)
_product_field = root(
    _product,
    rows=Rows.NONE,
    permission=Permission.CATALOG_VIEW,
    description="The product of a SKU; null if there is none.",
)
_stock_field = root(
    _stock,
    rows=Rows.NONE,
    permission=Permission.CATALOG_VIEW,
    size=50,
    description="What each warehouse has of these SKUs (at most 200); a SKU that never came in is left out.",
)


@strawberry.type
class CatalogQueries:
    product: Product | None = _product_field
    stock: list[StockLevel] = _stock_field
    products: ProductConnection = _products_field
    product_family: ProductFamily | None = _family_field
    product_groups: list[ProductGroup] = _groups_field
