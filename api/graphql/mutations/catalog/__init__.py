"""Mutations of the catalogue, one file each."""

import strawberry

from api.graphql.types.catalog import (
    GroupDeleteResult,
    ListingResult,
    ProductGroupResult,
    ProductResult,
    ProductSaveResult,
    ProductsImportResult,
)

from .listing_link import field as _listing_link
from .product_group_delete import field as _product_group_delete
from .product_group_upsert import field as _product_group_upsert
from .product_save import field as _product_save
from .product_upsert import field as _product_upsert
from .products_import import field as _products_import


@strawberry.type
class CatalogMutations:
    product_upsert: ProductResult = _product_upsert
    listing_link: ListingResult = _listing_link
    products_import: ProductsImportResult = _products_import
    product_save: ProductSaveResult = _product_save
    product_group_upsert: ProductGroupResult = _product_group_upsert
    product_group_delete: GroupDeleteResult = _product_group_delete
