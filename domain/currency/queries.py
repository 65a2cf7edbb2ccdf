"""Reading rates."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from .models import ExchangeRate
from .rules import BASE, STALE, Published, Rates

_RATES = select(ExchangeRate.currency, ExchangeRate.day, ExchangeRate.rate, ExchangeRate.multiplier)


async def load_rates(
    connection: AsyncSession | AsyncConnection, currencies: Collection[str], first: date, last: date
) -> Rates:
    """What is needed to convert between these currencies on the days from `first` to `last`: one statement, none where
    it is RON alone.
    """
    wanted = sorted(set(currencies) - {BASE})
    if not wanted:
        return Rates()
    rows = await connection.execute(
        _RATES.where(ExchangeRate.currency.in_(wanted), ExchangeRate.day.between(first - STALE, last))
    )
    return Rates.of(Published(*row) for row in rows)


async def all_rates(connection: AsyncSession | AsyncConnection, first: date, last: date) -> Rates:
    """What is needed to convert any currency on the days from `first` to `last`, in one statement."""
    rows = await connection.execute(_RATES.where(ExchangeRate.day.between(first - STALE, last)))
    return Rates.of(Published(*row) for row in rows)
