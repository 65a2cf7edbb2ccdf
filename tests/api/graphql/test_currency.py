"""Exchange rates through the API (spec CUR-1)."""

import pytest

from tests.api.conftest import Api

SET = """mutation ($input: ExchangeRatesSetInput!) { exchangeRatesSet(input: $input) { __typename
    ... on ExchangeRates { day rates { currency day rate multiplier source setBy } }
    ... on Invalid { problems { path code } } } }"""


@pytest.mark.spec("CUR-1")
async def test_rates_are_set_and_hold_over_the_weekend(api: Api) -> None:
    given = {"day": "2026-05-15", "source": "BNR", "rates": [{"currency": "HUF", "rate": "1.25", "multiplier": 100}]}
    kept = {**given["rates"][0], "day": "2026-05-15", "source": "BNR", "setBy": "admin"}  # type: ignore[dict-item]
    answer = (await api.data(SET, {"input": given}))["exchangeRatesSet"]
    assert answer == {"__typename": "ExchangeRates", "day": "2026-05-15", "rates": [kept]}
    query = "query ($day: Date) { exchangeRates(day: $day) { rates { currency day } } }"
    sunday = (await api.data(query, {"day": "2026-05-17"}))["exchangeRates"]
    assert sunday == {"rates": [{"currency": "HUF", "day": "2026-05-15"}]}
    assert (await api.data(query, {"day": "2026-05-14"}))["exchangeRates"] == {"rates": []}
    bad = {"day": "2999-01-01", "rates": [{"currency": "RON", "rate": "-1"}]}
    refused = (await api.data(SET, {"input": bad}))["exchangeRatesSet"]
    assert [one["path"] for one in refused["problems"]] == [["day"], ["rates", "0", "currency"], ["rates", "0", "rate"]]


@pytest.mark.parametrize("day", ["0001-01-01", "2005-06-30"])
async def test_a_day_before_there_were_rates_is_refused_at_its_argument(shared_api: Api, day: str) -> None:
    answer = await shared_api.ask("query ($day: Date) { exchangeRates(day: $day) { day } }", {"day": day})
    [error] = answer.json()["errors"]
    assert (error["extensions"]["code"], error["extensions"]["path"]) == ("INVALID", ["day"])


@pytest.mark.parametrize("day", ["2005-07-01", "9999-12-31"])
async def test_the_first_and_the_last_day_have_no_rates(shared_api: Api, day: str) -> None:
    query = "query ($day: Date) { exchangeRates(day: $day) { rates { day } } }"
    assert (await shared_api.data(query, {"day": day}))["exchangeRates"] == {"rates": []}
