"""The business calendar through the API (spec REP-2)."""

import pytest

from tests.api.conftest import Api

FIELDS = "timezone country hours { weekday opens closes } closed { day name } worked { day name } version"
SET = f"""mutation ($input: BusinessCalendarInput!) {{ businessCalendarSet(input: $input) {{ __typename
    ... on BusinessCalendar {{ {FIELDS} }} ... on StaleVersion {{ currentVersion }}
    ... on Invalid {{ problems {{ path code }} }} }} }}"""


@pytest.mark.spec("REP-2")
async def test_a_calendar_is_read_set_and_refused(api: Api) -> None:
    usual = (await api.data(f"{{ businessCalendar {{ {FIELDS} }} }}"))["businessCalendar"]
    assert (usual["timezone"], usual["country"], usual["version"], len(usual["hours"])) == (
        "Europe/Bucharest",
        "RO",
        0,
        5,
    )
    given = {
        "timezone": "Europe/Bucharest",
        "country": "RO",
        "hours": [{"weekday": 1, "opens": "08:30", "closes": "16:30"}],
        "closed": [{"day": "2026-12-24", "name": "Stock-taking"}],
        "worked": [],
    }
    answer = (await api.data(SET, {"input": {**given, "expectedVersion": 0}}))["businessCalendarSet"]
    assert answer == {"__typename": "BusinessCalendar", **given, "version": 1}
    stale = (await api.data(SET, {"input": {**given, "expectedVersion": 0}}))["businessCalendarSet"]
    assert stale == {"__typename": "StaleVersion", "currentVersion": 1}
    wrong = {**given, "hours": [{"weekday": 1, "opens": "25:00", "closes": "16:30"}]}
    refused = (await api.data(SET, {"input": wrong}))["businessCalendarSet"]
    assert refused["problems"] == [{"path": ["hours", "0", "opens"], "code": "NOT_A_TIME"}]
