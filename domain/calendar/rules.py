"""Working time, as pure functions of a calendar: how much of it lies between two moments, and when it began to.

A day that is worked in spite of a weekend has Monday's hours, unless its weekday has hours of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

LONGEST = timedelta(days=3660)
"""How far back a search for working time goes."""


@dataclass(frozen=True, slots=True)
class Window:
    """One stretch of work of a day, in local time; `closes` is later than `opens`."""

    opens: time
    closes: time


@dataclass(frozen=True)
class Calendar:
    """`hours` by ISO weekday (1 is Monday); `country` an ISO 3166 code whose public holidays are free, or None."""

    timezone: str
    country: str | None
    hours: Mapping[int, Sequence[Window]]
    closed: Mapping[date, str] = field(default_factory=dict)
    worked: Mapping[date, str] = field(default_factory=dict)


_NINE_TO_FIVE = (Window(time(9), time(17)),)
USUAL = Calendar("Europe/Bucharest", "RO", dict.fromkeys(range(1, 6), _NINE_TO_FIVE))
"""What holds until a calendar is set: Monday to Friday, 9 to 17 in Bucharest, without Romania's public holidays."""


def holiday_name(calendar: Calendar, day: date) -> str | None:
    """Why nobody works on this day, or None. A day of `worked` is no holiday."""
    if day in calendar.worked:
        return None
    return calendar.closed.get(day) or (_public(calendar.country, day.year).get(day) if calendar.country else None)


def windows(calendar: Calendar, day: date) -> list[tuple[datetime, datetime]]:
    """The stretches of work of a day, as moments in UTC."""
    hours = calendar.hours.get(day.isoweekday(), ())
    if day in calendar.worked and not hours:
        hours = calendar.hours.get(1, ())
    if holiday_name(calendar, day) is not None:
        hours = ()
    zone = ZoneInfo(calendar.timezone)
    moments = [
        tuple(datetime.combine(day, local, zone).astimezone(UTC) for local in (window.opens, window.closes))
        for window in hours
    ]
    return [(opens, closes) for opens, closes in moments]


def working_time(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """The working time from `start` to `end`; nothing if `end` is not later."""
    zone = ZoneInfo(calendar.timezone)
    # Two moments of one local zone are subtracted as the clock shows them, which is wrong when it changes.
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    total, day, last = timedelta(), start.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        for opens, closes in windows(calendar, day):
            total += max(timedelta(), min(end, closes) - max(start, opens))
        day += timedelta(days=1)
    return total


def began_before(calendar: Calendar, now: datetime, lasted: timedelta) -> datetime:
    """The latest moment from which at least `lasted` of working time lie before `now`.

    What began then or earlier has waited that long. A calendar that hardly works gives a moment `LONGEST` ago.
    """
    left, now = lasted, now.astimezone(UTC)
    day = now.astimezone(ZoneInfo(calendar.timezone)).date()
    earliest = now - LONGEST
    while (first := datetime.combine(day, time(), UTC)) > earliest:
        for opens, closes in reversed(windows(calendar, day)):
            worked = max(timedelta(), min(now, closes) - opens)
            if worked >= left:
                return min(now, closes) - left
            left -= worked
        day = first.date() - timedelta(days=1)
    return earliest


@lru_cache(maxsize=256)
def _public(country: str, year: int) -> Mapping[date, str]:
    return dict(holidays.country_holidays(country, years=year))
