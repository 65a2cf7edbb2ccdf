"""The rates that hold on a day, as rows."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.currency.models import ExchangeRate
from domain.currency.rules import STALE

from .rows import Rows

_HOLDING = (
    select(ExchangeRate.currency, ExchangeRate.day, ExchangeRate.rate, ExchangeRate.multiplier)
    .add_columns(ExchangeRate.source, ExchangeRate.set_by, ExchangeRate.set_at)
    .ext(distinct_on(ExchangeRate.currency))
    .order_by(ExchangeRate.currency, ExchangeRate.day.desc())
)


async def rates_on(connection: AsyncConnection, day: date) -> Rows:
    """Per currency the last rate published on this day or shortly before, by currency."""
    return (await connection.execute(_HOLDING.where(ExchangeRate.day.between(day - STALE, day)))).all()
