"""Working time: days by hand, laws by hypothesis, and a slow count of minutes that must agree."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar.rules import (
    LONGEST,
    USUAL,
    Calendar,
    Window,
    began_before,
    holiday_name,
    windows,
    working_time,
)

BUCHAREST = ZoneInfo("Europe/Bucharest")
pytestmark = pytest.mark.spec("REP-2")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BUCHAREST)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-23 09:00", "2026-11-23 11:00", 2),
        ("2026-11-23 07:00", "2026-11-23 10:00", 1),
        ("2026-11-23 16:00", "2026-11-24 10:00", 2),
        ("2026-11-20 16:00", "2026-11-23 10:00", 2),  # over a weekend
        ("2026-11-27 16:30", "2026-12-02 09:30", 1),  # St Andrew's (30 Nov) and the national day (1 Dec) are free
        ("2026-11-21 08:00", "2026-11-22 20:00", 0),
        ("2026-11-23 11:00", "2026-11-23 09:00", 0),
    ],
)
def test_working_hours_of_the_usual_calendar(start: str, end: str, hours: int) -> None:
    assert working_time(USUAL, local(start), local(end)) == timedelta(hours=hours)


def test_a_day_that_changes_the_clock_keeps_its_local_hours() -> None:
    always = Calendar("Europe/Bucharest", None, {weekday: (Window(time(9), time(17)),) for weekday in range(1, 8)})
    [(opens, _)] = windows(always, date(2026, 10, 24))
    [(later, _)] = windows(always, date(2026, 10, 25))
    assert (opens.hour, later.hour) == (6, 7)
    night = Calendar("Europe/Bucharest", None, {7: (Window(time(0), time(23)),)})
    assert working_time(night, local("2026-10-25 00:00"), local("2026-10-25 23:00")) == timedelta(hours=24)


def test_own_holidays_and_saturdays_that_are_worked() -> None:
    own = Calendar(
        "Europe/Bucharest",
        "RO",
        USUAL.hours,
        closed={date(2026, 11, 23): "Stock-taking"},
        worked={date(2026, 11, 28): "Black Friday", date(2026, 12, 1): "We work"},
    )
    assert holiday_name(own, date(2026, 11, 23)) == "Stock-taking"
    assert holiday_name(own, date(2026, 12, 1)) is None
    assert holiday_name(USUAL, date(2026, 12, 1)) is not None
    assert windows(own, date(2026, 11, 23)) == []
    assert len(windows(own, date(2026, 11, 28))) == 1
    assert working_time(own, local("2026-12-01 08:00"), local("2026-12-01 20:00")) == timedelta(hours=8)


def test_a_calendar_that_hardly_works_ends_its_search() -> None:
    never = Calendar("UTC", None, {}, worked={})
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert began_before(never, now, timedelta(hours=2)) == now - LONGEST


MINUTES = st.integers(0, 30 * 24 * 60)
BASE = datetime(2026, 3, 15, tzinfo=UTC)  # the clocks change on 29 March; Easter's holidays are on 10 to 13 April


def at(minute: int) -> datetime:
    return BASE + timedelta(minutes=minute)


@given(a=MINUTES, b=MINUTES, c=MINUTES)
def test_working_time_adds_up(a: int, b: int, c: int) -> None:
    a, b, c = sorted((a, b, c))
    whole = working_time(USUAL, at(a), at(c))
    assert whole == working_time(USUAL, at(a), at(b)) + working_time(USUAL, at(b), at(c))


@given(a=MINUTES, length=st.integers(0, 3 * 24 * 60))
def test_a_count_of_minutes_agrees(a: int, length: int) -> None:
    counted = 0
    for minute in range(a, a + length):
        there = at(minute).astimezone(BUCHAREST)
        free = holiday_name(USUAL, there.date()) is not None or there.isoweekday() > 5
        counted += not free and 9 <= there.hour < 17
    assert working_time(USUAL, at(a), at(a + length)) == timedelta(minutes=counted)


@given(now=MINUTES, minutes=st.integers(1, 20 * 60))
def test_what_began_before_has_waited_so_long(now: int, minutes: int) -> None:
    lasted = timedelta(minutes=minutes)
    began = began_before(USUAL, at(now), lasted)
    assert working_time(USUAL, began, at(now)) == lasted
    assert working_time(USUAL, began + timedelta(seconds=1), at(now)) < lasted
