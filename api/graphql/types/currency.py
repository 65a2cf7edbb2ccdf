"""Exchange rates."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

import strawberry

from api.graphql.fields import attribute, optional
from domain.reads.rows import AnyRow

from .money import plain
from .refusals import Invalid


@strawberry.type(description="What a currency costs in RON, from a day on.")
class ExchangeRate:
    currency: str = attribute("ISO 4217.")
    day: date = attribute("The day for which it was published.")
    rate: Decimal = attribute("RON for `multiplier` units.")
    multiplier: int = attribute("1, 10, 100 or 1000.")
    source: str = attribute("Where it was taken from.")
    set_by: str = attribute("Who entered it.")
    set_at: datetime = attribute("When.")


@strawberry.type(description="The rates that hold on a day.")
class ExchangeRates:
    day: date = attribute("The day.")
    rates: list[ExchangeRate] = attribute("By currency; one published up to 31 days before the day.", size=40)


@strawberry.input(description="A currency's rate.")
class ExchangeRateInput:
    currency: str = strawberry.field(description="ISO 4217, such as EUR; not RON.")
    rate: Decimal = strawberry.field(description="RON for `multiplier` units, above 0, up to eight decimals.")
    multiplier: int = strawberry.field(description="1, 10, 100 or 1000.", default=1)


@strawberry.input(description="The rates of one day.")
class ExchangeRatesSetInput:
    day: date = strawberry.field(description="Up to today.")
    rates: list[ExchangeRateInput] = strawberry.field(description="1 to 200; each currency once.")
    source: str | None = optional("Where they were taken from, such as BNR; null: by hand.")


ExchangeRatesResult = Annotated[
    ExchangeRates | Invalid,
    strawberry.union("ExchangeRatesResult", description="The rates that hold on the day, or why not."),
]


def make_rate(row: AnyRow) -> ExchangeRate:
    return ExchangeRate(
        currency=row.currency,
        day=row.day,
        rate=plain(row.rate),
        multiplier=row.multiplier,
        source=row.source,
        set_by=row.set_by,
        set_at=row.set_at,
    )
