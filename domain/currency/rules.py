"""Converting amounts by the rates of a day (spec CUR-1). Pure.

On a day without a rate (a weekend, a holiday) the last one published before it holds, unless it is older than
`STALE`: a rate that nobody has kept up says nothing.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from domain.kernel.money import Money, to_cents

BASE = "RON"
"""The currency in which the rates are published."""
FIRST_DAY = date(2005, 7, 1)
"""The day of the leu that is used now: no rate is older."""
STALE = timedelta(days=31)
HOME = ZoneInfo("Europe/Bucharest")
"""Where a day begins and ends: the National Bank's rates are of Romanian days."""


class NoRateError(Exception):
    """There is no rate of `currency` on a day, nor one published shortly before."""

    def __init__(self, currency: str, day: date) -> None:
        super().__init__(f"there is no exchange rate of {currency} for {day:%Y-%m-%d}")
        self.currency = currency
        self.day = day


@dataclass(frozen=True, slots=True)
class Published:
    """A rate: what `multiplier` units cost in RON from `day` on."""

    currency: str
    day: date
    rate: Decimal
    multiplier: int = 1


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates by currency, each currency's in the order of their days."""

    _days: Mapping[str, list[date]] = field(default_factory=dict)
    _rates: Mapping[str, list[Decimal]] = field(default_factory=dict)

    @classmethod
    def of(cls, published: Iterable[Published]) -> "Rates":
        days: dict[str, list[date]] = defaultdict(list)
        rates: dict[str, list[Decimal]] = defaultdict(list)
        for one in sorted(published, key=lambda one: one.day):
            days[one.currency].append(one.day)
            rates[one.currency].append(one.rate / one.multiplier)
        return cls(days, rates)

    def on(self, currency: str, day: date) -> Decimal:
        """RON per one unit on a day. Raises NoRateError."""
        if currency == BASE:
            return Decimal(1)
        days = self._days.get(currency, [])
        place = bisect_right(days, day) - 1
        if place < 0 or day - days[place] > STALE:
            raise NoRateError(currency, day)
        return self._rates[currency][place]


def convert(money: Money, to: str, day: date, rates: Rates) -> Money:
    """The amount in another currency by the rates of a day, to the ban, half up. Raises NoRateError."""
    if money.currency == to:
        return money
    return Money(to_cents(money.amount * rates.on(money.currency, day) / rates.on(to, day)), to)


def day_of(moment: datetime) -> date:
    """The Romanian day of a moment."""
    return moment.astimezone(HOME).date()


def today(now: datetime | None = None) -> date:
    """The Romanian day of now."""
    return day_of(now or datetime.now(UTC))
