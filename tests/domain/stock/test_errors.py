"""What the stock's refusals say."""

from decimal import Decimal

from domain.stock.errors import MissingStock, StockMissing


def test_quantities_are_told_without_the_zeros_that_the_database_adds() -> None:
    refusal = StockMissing(
        [MissingStock("MUG", Decimal("30.000"), Decimal("0.000")), MissingStock("RIBBON", Decimal("2.500"), Decimal(1))]
    )
    assert refusal.message == (
        "Not in stock: MUG (wanted 30, free 0), RIBBON (wanted 2.5, free 1). Receive the goods, then repeat this."
    )
