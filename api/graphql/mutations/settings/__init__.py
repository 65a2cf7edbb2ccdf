"""Mutations of the house's settings, one file each."""

import strawberry

from api.graphql.types.calendar import BusinessCalendarResult

from .business_calendar_set import field as _business_calendar_set


@strawberry.type
class SettingsMutations:
    business_calendar_set: BusinessCalendarResult = _business_calendar_set
