"""Mutations of the catalogue, one file each."""

import strawberry

from api.graphql.types.catalog import ListingResult, ProductResult

from .listing_link import field as _listing_link
from .product_upsert import field as _product_upsert


@strawberry.type
class CatalogMutations:
    product_upsert: ProductResult = _product_upsert
    listing_link: ListingResult = _listing_link
