"""businessCalendarSet."""

from datetime import datetime, time

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.calendar import CLOCK, BusinessCalendarInput, BusinessCalendarResult, CalendarDayInput
from domain.calendar.set import Day, Hours, SetCalendar, set_calendar
from domain.kernel.actor import Permission
from domain.kernel.refusals import invalid


async def _business_calendar_set(info: Info, input: BusinessCalendarInput) -> BusinessCalendarResult:
    async def work(session: AsyncSession) -> Made:
        command = SetCalendar(
            timezone=input.timezone,
            country=input.country,
            hours=[
                Hours(one.weekday, _clock(one.opens, index, "opens"), _clock(one.closes, index, "closes"))
                for index, one in enumerate(input.hours)
            ],
            closed=_days(input.closed),
            worked=_days(input.worked),
            expected_version=input.expected_version,
        )
        await set_calendar(session, info.context.actor, command)
        return Made("BusinessCalendar", {})

    return await change(info, work)


def _clock(text: str, index: int, field: str) -> time:
    try:
        return datetime.strptime(text, CLOCK).time()  # noqa: DTZ007 - a time of day has no zone
    except ValueError as error:
        raise invalid(("hours", str(index), field), "NOT_A_TIME", "Give a local time such as 09:00.") from error


def _days(days: list[CalendarDayInput] | None) -> list[Day]:
    return [Day(one.day, one.name) for one in days or ()]


field = root(
    _business_calendar_set,
    permission=Permission.SETTINGS_EDIT,
    description="Replaces the business calendar, by which working time is counted. Repeated, it changes nothing more.",
)
