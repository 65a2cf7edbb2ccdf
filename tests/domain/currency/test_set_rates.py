"""Rates are kept by the day (spec CUR-1)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.currency.queries import load_rates
from domain.currency.rules import NoRateError, today
from domain.currency.set_rates import Rate, SetRates, set_rates
from domain.kernel.refusals import Invalid
from domain.reads.rate_rows import rates_on
from tests.support.builders import OPERATOR

pytestmark = pytest.mark.spec("CUR-1")

DAY = date(2026, 5, 15)


async def test_a_day_is_written_over_and_other_currencies_stay(session: AsyncSession) -> None:
    await set_rates(session, OPERATOR, SetRates(day=DAY, rates=[Rate("EUR", Decimal(5)), Rate("USD", Decimal(4))]))
    await set_rates(session, OPERATOR, SetRates(day=DAY, rates=[Rate("EUR", Decimal("5.08"))], source="BNR"))
    rows = await rates_on(await session.connection(), DAY + timedelta(days=2))
    assert [(row.currency, row.rate, row.source) for row in rows] == [
        ("EUR", Decimal("5.08"), "BNR"),
        ("USD", Decimal(4), "by hand"),
    ]


async def test_what_is_loaded_serves_every_day_of_the_span(session: AsyncSession) -> None:
    await set_rates(session, OPERATOR, SetRates(day=DAY, rates=[Rate("EUR", Decimal(5))]))
    rates = await load_rates(session, {"EUR", "RON", "CHF"}, DAY + timedelta(days=3), DAY + timedelta(days=9))
    assert rates.on("EUR", DAY + timedelta(days=9)) == 5
    with pytest.raises(NoRateError):
        rates.on("CHF", DAY)


async def test_every_wrong_field_is_named(session: AsyncSession) -> None:
    nan = Decimal("NaN")
    bad = [
        Rate("eur", Decimal(5)),
        Rate("RON", Decimal(1)),
        Rate("EUR", Decimal(0), 3),
        Rate("EUR", nan),
        Rate("USD", Decimal("4.123456789")),
        Rate("CHF", Decimal(2_000_000)),
    ]
    with pytest.raises(Invalid) as refusal:
        await set_rates(session, OPERATOR, SetRates(day=today() + timedelta(days=1), rates=bad, source=" "))
    assert [(".".join(one.path), one.code) for one in refusal.value.problems] == [
        ("day", "IN_THE_FUTURE"),
        ("source", "MISSING"),
        ("rates.0.currency", "BAD_CURRENCY"),
        ("rates.1.currency", "SAME"),
        ("rates.2.rate", "OUT_OF_RANGE"),
        ("rates.2.multiplier", "OUT_OF_RANGE"),
        ("rates.3.currency", "TWICE"),
        ("rates.3.rate", "OUT_OF_RANGE"),
        ("rates.4.rate", "OUT_OF_RANGE"),
        ("rates.5.rate", "OUT_OF_RANGE"),
    ]


@pytest.mark.parametrize(
    ("day", "count", "path"), [(date(1990, 1, 1), 1, "day"), (DAY, 0, "rates"), (DAY, 201, "rates")]
)
async def test_a_day_or_number_that_cannot_be_is_refused(
    session: AsyncSession, day: date, count: int, path: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        await set_rates(session, OPERATOR, SetRates(day=day, rates=[Rate("EUR", Decimal(5))] * count))
    assert [one.path for one in refusal.value.problems] == [(path,)]
