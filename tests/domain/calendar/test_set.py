"""Setting the calendar: as it was said, refused by field, and two at once."""

from datetime import date, time

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar.rules import USUAL, Window
from domain.calendar.set import Day, Hours, SetCalendar, calendar_of, set_calendar
from domain.kernel.refusals import Invalid, StaleVersion
from tests.support.builders import OPERATOR

pytestmark = pytest.mark.spec("REP-2")
NINE, FIVE = time(9), time(17)


async def test_the_usual_one_holds_until_one_is_set(session: AsyncSession) -> None:
    assert (await calendar_of(session)).calendar is USUAL
    hours = [Hours(6, time(10), time(14)), Hours(1, NINE, time(12)), Hours(1, time(13), FIVE)]
    black_friday = Day(date(2026, 11, 28), "Black Friday")
    kept = await set_calendar(
        session,
        OPERATOR,
        SetCalendar(timezone="Europe/Berlin", country="DE", hours=hours, worked=[black_friday], expected_version=0),
    )
    assert kept == await calendar_of(session)
    assert kept.version == 1
    assert kept.calendar.hours == {1: [Window(NINE, time(12)), Window(time(13), FIVE)], 6: [Window(time(10), time(14))]}
    assert kept.calendar.worked == {date(2026, 11, 28): "Black Friday"}
    with pytest.raises(StaleVersion):
        await set_calendar(
            session, OPERATOR, SetCalendar(timezone="UTC", country=None, hours=hours, expected_version=0)
        )


async def test_every_wrong_field_is_named(session: AsyncSession) -> None:
    day = Day(date(2026, 11, 28), "Black\x00Friday")
    wrong = SetCalendar(
        timezone="Europe/Atlantis",
        country="XX",
        hours=[Hours(0, NINE, FIVE), Hours(1, FIVE, NINE), Hours(2, NINE, FIVE), Hours(2, time(16), time(18))],
        closed=[day, Day(day.day, "Again")],
        worked=[Day(day.day, "Both")],
    )
    with pytest.raises(Invalid) as refused:
        await set_calendar(session, OPERATOR, wrong)
    assert [(".".join(one.path), one.code) for one in refused.value.problems] == [
        ("timezone", "UNKNOWN_TIMEZONE"),
        ("country", "UNKNOWN_COUNTRY"),
        ("hours.0.weekday", "OUT_OF_RANGE"),
        ("hours.1.closes", "REVERSED"),
        ("hours.3.opens", "OVERLAP"),
        ("closed.0.name", "NOT_A_TEXT"),
        ("closed.1.day", "TWICE"),
        ("worked.0.day", "CONTRADICTION"),
    ]
    assert (await calendar_of(session)).version == 0
    with pytest.raises(Invalid) as empty:
        await set_calendar(session, OPERATOR, SetCalendar(timezone="UTC", country=None, hours=[]))
    assert empty.value.problems[0].code == "EMPTY"
