"""Reading the house's settings."""

import strawberry

from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.calendar import BusinessCalendar, make_calendar
from domain.calendar.set import calendar_of
from domain.kernel.actor import Permission


async def _business_calendar(info: Info) -> BusinessCalendar:
    async with info.context.read() as connection:
        return make_calendar(await calendar_of(connection))


_business_calendar_field = root(
    _business_calendar,
    rows=Rows.NONE,
    permission=Permission.SETTINGS_VIEW,
    description="When the house works; Monday to Friday, 9 to 17 in Bucharest, until another is set.",
)


@strawberry.type
class SettingsQueries:
    business_calendar: BusinessCalendar = _business_calendar_field
