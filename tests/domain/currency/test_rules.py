"""Amounts in another currency (spec CUR-1)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.currency.rules import STALE, NoRateError, Published, Rates, convert, day_of
from domain.kernel.money import Money

pytestmark = pytest.mark.spec("CUR-1")

FRIDAY = date(2026, 5, 15)
RATES = Rates.of(
    [
        Published("EUR", FRIDAY, Decimal("5.0800")),
        Published("EUR", FRIDAY - timedelta(days=1), Decimal("5.1000")),
        Published("HUF", FRIDAY, Decimal("1.2500"), 100),
    ]
)


@pytest.mark.parametrize(
    ("amount", "currency", "to", "day", "expected"),
    [
        ("100.00", "RON", "RON", FRIDAY, "100.00"),
        ("2000.00", "EUR", "RON", FRIDAY, "10160.00"),
        ("2000.00", "EUR", "RON", FRIDAY - timedelta(days=1), "10200.00"),
        ("10160.00", "RON", "EUR", FRIDAY, "2000.00"),
        ("100000.00", "HUF", "RON", FRIDAY, "1250.00"),
        ("100000.00", "HUF", "EUR", FRIDAY, "246.06"),
        ("0.01", "HUF", "EUR", FRIDAY, "0.00"),
        ("1.00", "EUR", "RON", FRIDAY + timedelta(days=2), "5.08"),
    ],
)
def test_the_last_rate_published_by_then_holds(amount: str, currency: str, to: str, day: date, expected: str) -> None:
    assert convert(Money(Decimal(amount), currency), to, day, RATES) == Money(Decimal(expected), to)


@pytest.mark.parametrize(
    ("currency", "day"),
    [("CHF", FRIDAY), ("EUR", FRIDAY - timedelta(days=2)), ("EUR", FRIDAY + STALE + timedelta(days=1))],
)
def test_without_a_rate_nothing_is_guessed(currency: str, day: date) -> None:
    with pytest.raises(NoRateError, match=currency):
        convert(Money(Decimal(1), currency), "RON", day, RATES)


def test_a_day_is_romanias() -> None:
    assert day_of(datetime(2026, 5, 15, 20, 59, tzinfo=UTC)) == FRIDAY
    assert day_of(datetime(2026, 5, 15, 21, 0, tzinfo=UTC)) == FRIDAY + timedelta(days=1)


@given(st.decimals(0, 10**9, places=2), st.decimals("0.0001", 10**4, places=4))
def test_there_and_back_is_the_same_to_what_rounding_takes(amount: Decimal, rate: Decimal) -> None:
    rates = Rates.of([Published("EUR", FRIDAY, rate)])
    there = convert(Money(amount, "EUR"), "RON", FRIDAY, rates)
    back = convert(there, "EUR", FRIDAY, rates)
    assert abs(back.amount - amount) <= Decimal("0.005") / rate + Decimal("0.01")
