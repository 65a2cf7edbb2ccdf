"""Numbers stay exact, times have a zone, and what is neither is refused."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st

from api.graphql.scalars import date_of, datetime_of, decimal_of
from api.graphql.types.money import plain, trimmed, unit_price

pytestmark = pytest.mark.spec("ORD-10")


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("12.50", "12.50"),
        (" 12.5 ", "12.5"),
        (12, "12"),
        (12.5, "12.5"),
        (0.1, "0.1"),
        (1e3, "1000"),
        ("1e3", "1000"),
        ("1E-6", "0.000001"),
        ("-0.01", "-0.01"),
        (".5", "0.5"),
        ("999999999999999999", "999999999999999999"),
        (123456789012345678, "123456789012345678"),
        (0, "0"),
        ("0e99", "0"),
    ],
)
def test_numbers_that_are_taken(sent: Any, meant: str) -> None:
    number = decimal_of(sent)
    assert number == Decimal(meant)
    assert "E" not in str(number)


@pytest.mark.parametrize(
    "sent",
    [
        *("NaN", "nan", "Infinity", "-inf", "", " ", "1,5", "1 000", "0x10", "१२", "1e400", "1e18", "1e-13", "--1"),
        *(float("nan"), float("inf"), 1e300, 0.1234567890123456789, 10**18, 10**100),
        *(True, None, [], {}, "1" * 100, "1_000"),
    ],
)
def test_numbers_that_are_refused(sent: Any) -> None:
    with pytest.raises(GraphQLError) as refused:
        decimal_of(sent)
    assert refused.value.extensions == {"code": "BAD_USER_INPUT"}


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**10), max_value=10**10))
def test_numbers_come_through_unchanged(number: Decimal) -> None:
    """As a text, and as the JSON number that the same digits spell."""
    assert decimal_of(str(number)) == number
    assert decimal_of(float(number)) == number


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("2026-11-20T08:30:00Z", datetime(2026, 11, 20, 8, 30, tzinfo=UTC)),
        ("2026-11-20T10:30:00+02:00", datetime(2026, 11, 20, 8, 30, tzinfo=UTC)),
    ],
)
def test_times_are_utc(sent: str, meant: datetime) -> None:
    assert datetime_of(sent) == meant
    assert datetime_of(sent).tzinfo is UTC


@pytest.mark.parametrize(
    "sent", ["2026-11-20T08:30:00", "2026-11-20", "soon", "", 1, None, "0001-01-01T00:00:00+12:00"]
)
def test_times_without_a_zone_are_refused(sent: Any) -> None:
    with pytest.raises(GraphQLError):
        datetime_of(sent)


@pytest.mark.parametrize("sent", ["2026-02-30", "20.11.2026", "", 5])
def test_days_that_are_none(sent: Any) -> None:
    with pytest.raises(GraphQLError):
        date_of(sent)


@pytest.mark.parametrize(
    ("number", "places", "written"),
    [
        ("2.000", 0, "2"),
        ("2.500", 0, "2.5"),
        ("100", 0, "100"),
        ("0.000", 0, "0"),
        ("50.000000", 2, "50.00"),
        ("12.345600", 2, "12.3456"),
        ("1000000.000000", 2, "1000000.00"),
        ("0.100000", 2, "0.10"),
    ],
)
def test_how_decimals_are_written(number: str, places: int, written: str) -> None:
    assert format(trimmed(Decimal(number), places), "f") == written


def test_prices_and_quantities() -> None:
    assert str(unit_price(Decimal("41.322314"), "RON").amount) == "41.322314"
    assert str(plain(Decimal("1.250"))) == "1.25"
