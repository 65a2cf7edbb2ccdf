"""The business calendar."""

from datetime import date
from typing import Annotated

import strawberry

from api.graphql.fields import attribute, optional
from domain.calendar.rules import Calendar
from domain.calendar.set import MAX_DAYS, Kept

from .refusals import Invalid, StaleVersion

CLOCK = "%H:%M"


@strawberry.type(description="A stretch of work of a weekday.")
class WorkingHours:
    weekday: int = attribute("1 (Monday) to 7.")
    opens: str = attribute("Local time, such as 09:00.")
    closes: str = attribute("Local time, later than `opens`.")


@strawberry.type(description="A day with a name.")
class CalendarDay:
    day: date = attribute("The day.")
    name: str = attribute("Why it is special.")


@strawberry.type(description="When the house works; working time is counted by it.")
class BusinessCalendar:
    timezone: str = attribute("IANA name of the time zone in which the hours stand.")
    country: str | None = attribute("ISO 3166; its public holidays are free. Null: only those of `closed`.")
    hours: list[WorkingHours] = attribute("By weekday; a weekday without hours is free.", size=7)
    closed: list[CalendarDay] = attribute("The house's own holidays.", size=20)
    worked: list[CalendarDay] = attribute("Days worked in spite of a weekend or holiday.", size=20)
    version: int = attribute("For `expectedVersion`; 0: nobody set it, and the usual one holds.")


@strawberry.input(description="A stretch of work of a weekday.")
class WorkingHoursInput:
    weekday: int = strawberry.field(description="1 (Monday) to 7.")
    opens: str = strawberry.field(description="Local time, HH:MM.")
    closes: str = strawberry.field(description="Local time, HH:MM, later than `opens`.")


@strawberry.input(description="A day with a name.")
class CalendarDayInput:
    day: date = strawberry.field(description="The day.")
    name: str = strawberry.field(description="Why it is special; at most 200 letters.")


@strawberry.input(description="The whole calendar as it shall be.")
class BusinessCalendarInput:
    timezone: str = strawberry.field(description="IANA name, such as Europe/Bucharest.")
    country: str | None = optional("ISO 3166, such as RO; null: no public holidays but those of `closed`.")
    hours: list[WorkingHoursInput] = strawberry.field(description="At least one; those of a weekday do not overlap.")
    closed: list[CalendarDayInput] | None = optional(f"Own holidays, at most {MAX_DAYS}.")
    worked: list[CalendarDayInput] | None = optional(
        f"Days worked in spite of a weekend (then with Monday's hours) or holiday, at most {MAX_DAYS}."
    )
    expected_version: int | None = optional("The version that you read; null asks for no check.")


BusinessCalendarResult = Annotated[
    BusinessCalendar | Invalid | StaleVersion,
    strawberry.union("BusinessCalendarResult", description="The calendar as it is now, or why not."),
]


def make_calendar(kept: Kept) -> BusinessCalendar:
    calendar = kept.calendar
    return BusinessCalendar(
        timezone=calendar.timezone,
        country=calendar.country,
        hours=_hours(calendar),
        closed=[CalendarDay(day=day, name=name) for day, name in sorted(calendar.closed.items())],
        worked=[CalendarDay(day=day, name=name) for day, name in sorted(calendar.worked.items())],
        version=kept.version,
    )


def _hours(calendar: Calendar) -> list[WorkingHours]:
    return [
        WorkingHours(weekday=weekday, opens=window.opens.strftime(CLOCK), closes=window.closes.strftime(CLOCK))
        for weekday, stretches in sorted(calendar.hours.items())
        for window in stretches
    ]
