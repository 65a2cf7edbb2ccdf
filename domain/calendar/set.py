"""Setting the business calendar."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from zoneinfo import available_timezones

import holidays
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.audit.record import record
from domain.audit.values import snapshot
from domain.kernel.actor import Actor
from domain.kernel.refusals import Invalid, Problem, StaleVersion
from domain.kernel.texts import text_problem

from .models import THE_ONE, BusinessCalendar
from .rules import USUAL, Calendar, Window

MAX_DAYS = 400
"""How many own holidays, and how many days worked all the same, a calendar may have."""


@dataclass(frozen=True, slots=True)
class Hours:
    """A stretch of work: `weekday` 1 (Monday) to 7, local times with whole minutes."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCalendar:
    """The whole calendar as it shall be. `expected_version` 0 means that none was set before."""

    timezone: str
    country: str | None
    hours: Sequence[Hours]
    closed: Sequence[Day] = ()
    worked: Sequence[Day] = ()
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """The calendar that holds; version 0 is the usual one, which nobody set."""

    calendar: Calendar
    version: int


async def calendar_of(connection: AsyncSession | AsyncConnection) -> Kept:
    """The calendar of the house."""
    table = BusinessCalendar.__table__
    row = (await connection.execute(select(table))).one_or_none()
    if row is None:
        return Kept(USUAL, 0)
    hours: dict[int, list[Window]] = {}
    for one in row.hours:
        window = Window(time.fromisoformat(one["opens"]), time.fromisoformat(one["closes"]))
        hours.setdefault(one["weekday"], []).append(window)
    return Kept(Calendar(row.timezone, row.country, hours, _named(row.closed), _named(row.worked)), row.version)


async def set_calendar(session: AsyncSession, actor: Actor, command: SetCalendar) -> Kept:
    """Replaces the calendar. Raises StaleVersion, and Invalid naming every wrong field."""
    problems = tuple(_problems(command))
    if problems:
        raise Invalid(problems)
    # Two who set the first one at once wait for each other here, as later ones do at the row.
    await session.execute(
        insert(BusinessCalendar)
        .values(id=THE_ONE, timezone=USUAL.timezone, country=USUAL.country, hours=[], closed=[], worked=[], version=0)
        .on_conflict_do_nothing()
    )
    row = await session.get_one(BusinessCalendar, THE_ONE, with_for_update=True)
    if command.expected_version is not None and command.expected_version != row.version:
        raise StaleVersion("calendar", expected=command.expected_version, current=row.version)
    before = snapshot(row) if row.version else None
    row.timezone, row.country = command.timezone, command.country
    row.hours = [
        {"weekday": one.weekday, "opens": f"{one.opens:%H:%M}", "closes": f"{one.closes:%H:%M}"}
        for one in sorted(command.hours, key=lambda one: (one.weekday, one.opens))
    ]
    row.closed = [{"day": one.day.isoformat(), "name": one.name} for one in command.closed]
    row.worked = [{"day": one.day.isoformat(), "name": one.name} for one in command.worked]
    row.version += 1
    record(session, actor, "business_calendar.set", "business_calendar", None, before=before, after=snapshot(row))
    await session.flush()
    return await calendar_of(session)


def _named(days: Sequence[dict[str, str]]) -> dict[date, str]:
    return {date.fromisoformat(one["day"]): one["name"] for one in days}


def _problems(command: SetCalendar) -> Iterator[Problem]:
    if command.timezone not in available_timezones():
        yield Problem(("timezone",), "UNKNOWN_TIMEZONE", "Give a name of the IANA list, such as Europe/Bucharest.")
    if command.country is not None and command.country not in holidays.list_supported_countries():
        yield Problem(("country",), "UNKNOWN_COUNTRY", "Give an ISO 3166 code whose holidays are known, such as RO.")
    yield from _hours_problems(command.hours)
    for field, days in (("closed", command.closed), ("worked", command.worked)):
        if len(days) > MAX_DAYS:
            yield Problem((field,), "TOO_MANY", f"Name at most {MAX_DAYS} days.")
        seen: set[date] = set()
        for index, one in enumerate(days):
            if one.day in seen:
                yield Problem((field, str(index), "day"), "TWICE", f"{one.day} is named twice.")
            seen.add(one.day)
            problem = text_problem(one.name, 200)
            if problem:
                yield Problem((field, str(index), "name"), "NOT_A_TEXT", problem)
    both = {one.day for one in command.closed} & {one.day for one in command.worked}
    for index, one in enumerate(command.worked):
        if one.day in both:
            yield Problem(("worked", str(index), "day"), "CONTRADICTION", f"{one.day} is named as closed too.")


def _hours_problems(hours: Sequence[Hours]) -> Iterator[Problem]:
    if not hours:
        yield Problem(("hours",), "EMPTY", "Name the working hours of at least one weekday.")
    for index, one in enumerate(hours):
        path = ("hours", str(index))
        if not 1 <= one.weekday <= 7:
            yield Problem((*path, "weekday"), "OUT_OF_RANGE", "Give 1 (Monday) to 7 (Sunday).")
        if any(local.second or local.microsecond or local.tzinfo for local in (one.opens, one.closes)):
            yield Problem((*path, "opens"), "OUT_OF_RANGE", "Give local times with whole minutes, such as 09:00.")
        if one.closes <= one.opens:
            yield Problem((*path, "closes"), "REVERSED", "Work ends after it begins, on the same day.")
        others = (other for place, other in enumerate(hours) if place < index and other.weekday == one.weekday)
        if any(one.opens < other.closes and other.opens < one.closes for other in others):
            yield Problem((*path, "opens"), "OVERLAP", "Two stretches of one weekday overlap.")
