"""Mutations of stock, one file each."""

import strawberry

from api.graphql.types.stock import StockResult

from .stock_correct import field as _stock_correct
from .stock_receive import field as _stock_receive


@strawberry.type
class StockMutations:
    stock_receive: StockResult = _stock_receive
    stock_correct: StockResult = _stock_correct
