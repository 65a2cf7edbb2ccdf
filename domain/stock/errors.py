"""Refusals of the stock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.kernel.money import plain
from domain.kernel.refusals import Refusal


@dataclass(frozen=True, slots=True)
class MissingStock:
    """What is wanted of a SKU, and what is free of it."""

    sku: str
    ordered: Decimal
    available: Decimal


class StockMissing(Refusal):
    """The warehouse does not hold it; nothing was reserved."""

    code = "STOCK_MISSING"

    def __init__(self, missing: Iterable[MissingStock]) -> None:
        self.missing: Sequence[MissingStock] = tuple(missing)
        lacks = ", ".join(
            f"{one.sku} (wanted {plain(one.ordered)}, free {plain(one.available)})" for one in self.missing
        )
        super().__init__(f"Not in stock: {lacks}. Receive the goods, then repeat this.", path=("id",))
