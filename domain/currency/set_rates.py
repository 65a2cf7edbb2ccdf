"""Keeping the rates of a day, by hand or by a program (spec CUR-1)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.money import is_currency
from domain.kernel.refusals import Invalid, Problem
from domain.kernel.texts import text_problem

from .models import ExchangeRate
from .rules import BASE, FIRST_DAY, today

MAX_RATES = 200
"""Currencies of one call; there are some 170 in the world."""
LOWEST, HIGHEST = Decimal("0.000001"), Decimal(1_000_000)
_MULTIPLIERS = (1, 10, 100, 1000)
_PLACES = 8
_MAX_SOURCE = 100
BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Rate:
    """What `multiplier` units of a currency cost in RON."""

    currency: str
    rate: Decimal
    multiplier: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRates:
    """The rates of one day; a currency that is not named keeps what it has."""

    day: date
    rates: Sequence[Rate]
    source: str = BY_HAND


async def set_rates(session: AsyncSession, actor: Actor, command: SetRates) -> list[str]:
    """Writes the rates over those of the same day, and returns their currencies. Orders that were judged keep what
    they were judged by. Raises Invalid naming every wrong field.
    """
    problems = [*_problems(command)]
    if problems:
        raise Invalid(problems)
    rows = [
        {
            "currency": one.currency,
            "day": command.day,
            "rate": one.rate,
            "multiplier": one.multiplier,
            "source": command.source.strip(),
            "set_by": actor.label,
            "set_at": utc_now(),
        }
        for one in sorted(command.rates, key=lambda one: one.currency)
    ]
    statement = insert(ExchangeRate).values(rows)
    written = {name: statement.excluded[name] for name in ("rate", "multiplier", "source", "set_by", "set_at")}
    before = await _present(session, command)
    await session.execute(statement.on_conflict_do_update(index_elements=["currency", "day"], set_=written))
    after = {one.currency: [one.rate, one.multiplier] for one in command.rates}
    day = command.day.isoformat()
    record(session, actor, "exchange_rates.set", "exchange_rates", day, title=day, before=before, after=after)
    return sorted(one.currency for one in command.rates)


async def _present(session: AsyncSession, command: SetRates) -> dict[str, list[object]]:
    named = [one.currency for one in command.rates]
    rows = await session.execute(
        select(ExchangeRate.currency, ExchangeRate.rate, ExchangeRate.multiplier).where(
            ExchangeRate.day == command.day, ExchangeRate.currency.in_(named)
        )
    )
    return {row.currency: [row.rate, row.multiplier] for row in rows}


def _problems(command: SetRates) -> Iterator[Problem]:
    if command.day > today():
        yield Problem(("day",), "IN_THE_FUTURE", "Rates are known when they are published: give a day up to today.")
    elif command.day < FIRST_DAY:
        yield Problem(("day",), "OUT_OF_RANGE", f"Give a day from {FIRST_DAY:%Y-%m-%d} on.")
    if not command.source.strip():
        yield Problem(("source",), "MISSING", "Say where the rates were taken from.")
    elif problem := text_problem(command.source, _MAX_SOURCE):
        yield Problem(("source",), "NOT_A_TEXT", problem)
    if not command.rates:
        yield Problem(("rates",), "EMPTY", "Give at least one rate.")
    if len(command.rates) > MAX_RATES:
        yield Problem(("rates",), "TOO_MANY", f"Give at most {MAX_RATES} rates at a time.")
        return
    named: set[str] = set()
    for place, one in enumerate(command.rates):
        yield from _rate_problems(("rates", str(place)), one, named)
        named.add(one.currency)


def _rate_problems(path: tuple[str, str], one: Rate, named: set[str]) -> Iterator[Problem]:
    if not is_currency(one.currency):
        yield Problem((*path, "currency"), "BAD_CURRENCY", "Give an ISO 4217 code such as EUR.")
    elif one.currency == BASE:
        yield Problem((*path, "currency"), "SAME", f"The rates are in {BASE}: it has none.")
    elif one.currency in named:
        yield Problem((*path, "currency"), "TWICE", "Name each currency once.")
    if not one.rate.is_finite() or not LOWEST <= one.rate <= HIGHEST:
        yield Problem((*path, "rate"), "OUT_OF_RANGE", f"Give a rate from {LOWEST:f} to {HIGHEST:f}.")
    elif one.rate != round(one.rate, _PLACES):
        yield Problem((*path, "rate"), "OUT_OF_RANGE", f"Give a rate with at most {_PLACES} decimals.")
    if one.multiplier not in _MULTIPLIERS:
        yield Problem((*path, "multiplier"), "OUT_OF_RANGE", "Give 1, 10, 100 or 1000.")
