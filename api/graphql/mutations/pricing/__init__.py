"""Mutations of price lists, one file each."""

import strawberry

from api.graphql.types.pricing import PriceListItemsResult, PriceListResult

from .price_list_archive import field as _price_list_archive
from .price_list_items_import import field as _price_list_items_import
from .price_list_items_set import field as _price_list_items_set
from .price_list_upsert import field as _price_list_upsert


@strawberry.type
class PricingMutations:
    price_list_upsert: PriceListResult = _price_list_upsert
    price_list_items_set: PriceListItemsResult = _price_list_items_set
    price_list_items_import: PriceListItemsResult = _price_list_items_import
    price_list_archive: PriceListResult = _price_list_archive
