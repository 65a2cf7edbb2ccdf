"""Reading exchange rates."""

from datetime import date

import strawberry

from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.currency import ExchangeRates, make_rate
from domain.currency.rules import FIRST_DAY, today
from domain.kernel.actor import Permission
from domain.kernel.refusals import invalid
from domain.reads.rate_rows import rates_on


async def _exchange_rates(info: Info, day: date | None = None) -> ExchangeRates:
    day = today() if day is None else day
    if day < FIRST_DAY:
        raise invalid(("day",), "OUT_OF_RANGE", f"Ask for a day from {FIRST_DAY:%Y-%m-%d} on.")
    async with info.context.read() as connection:
        rows = await rates_on(connection, day)
    return ExchangeRates(day=day, rates=[make_rate(row) for row in rows])


_exchange_rates_field = root(
    _exchange_rates,
    rows=Rows.NONE,
    permission=Permission.SETTINGS_VIEW,
    description=(
        "The rates that hold on a day (null: today in Romania), one per currency. "
        "A day before 2005-07-01 is an error INVALID."
    ),
)


@strawberry.type
class CurrencyQueries:
    exchange_rates: ExchangeRates = _exchange_rates_field
