"""Mutations of trade discounts, one file each."""

import strawberry

from api.graphql.types.discount import TradeDiscountResult

from .trade_discount_archive import field as _trade_discount_archive
from .trade_discount_upsert import field as _trade_discount_upsert


@strawberry.type
class DiscountsMutations:
    trade_discount_upsert: TradeDiscountResult = _trade_discount_upsert
    trade_discount_archive: TradeDiscountResult = _trade_discount_archive
