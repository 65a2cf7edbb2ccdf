"""The second factor over HTTP (spec SEC-2)."""

from typing import Any

import pyotp
import pytest
from sqlalchemy import text, update

from api.attempts import Attempts
from domain.access.models import SecondFactor
from tests.api.conftest import Api
from tests.api.people.browser import LOG_IN, browser_of, person
from tests.domain.access.people import PASSWORD, WRONG

pytestmark = pytest.mark.spec("SEC-2")

BEGIN = """mutation ($password: String!) { secondFactorBegin(password: $password) { __typename
    ... on SecondFactorBegun { secret uri } ... on Refusal { code } } }"""
CONFIRM = """mutation ($code: String!) { secondFactorConfirm(code: $code) { __typename
    ... on SecondFactorSet { recoveryCodes } ... on SecondFactorNeeded { wrong } ... on Refusal { code } } }"""
REMOVE = """mutation ($input: SecondFactorRemoveInput!) { secondFactorRemove(input: $input) { __typename
    ... on Person { secondFactor } ... on Refusal { code } } }"""
RESET = """mutation ($id: ID!) { personSecondFactorReset(id: $id) { ... on Person { secondFactor version } } }"""
LOG_IN_CODE = LOG_IN.replace("... on LogInRefused", "... on SecondFactorNeeded { code wrong path } ... on LogInRefused")


async def come_in(api: Api, email: str, **given: Any) -> Any:
    asked = {"email": email, "password": PASSWORD, "kind": "BEARER", **given}
    body = {"query": LOG_IN_CODE, "variables": {"input": asked}}
    return (await api.http.post("/graphql", json=body)).json()["data"]["logIn"]


async def test_from_the_qr_code_to_the_log_in_and_away_again(api: Api) -> None:
    email = await person(api)
    browser = await browser_of(api, email)
    begun = (await browser.data(BEGIN, {"password": PASSWORD}))["secondFactorBegin"]
    app = pyotp.parse_uri(begun["uri"])
    assert isinstance(app, pyotp.TOTP) and app.secret == begun["secret"]
    wrong = (await browser.data(CONFIRM, {"code": "12"}))["secondFactorConfirm"]
    assert wrong == {"__typename": "SecondFactorNeeded", "wrong": True, "code": "SECOND_FACTOR_NEEDED"}
    codes = (await browser.data(CONFIRM, {"code": app.now()}))["secondFactorConfirm"]["recoveryCodes"]
    assert len(codes) == 10
    assert (await browser.data("{ me { person { secondFactor } } }"))["me"]["person"]["secondFactor"] is True

    needed = {"__typename": "SecondFactorNeeded", "code": "SECOND_FACTOR_NEEDED", "wrong": False, "path": ["code"]}
    assert await come_in(api, email) == needed
    assert (await come_in(api, email, password=WRONG))["__typename"] == "LogInRefused"
    assert (await come_in(api, email, password=WRONG, code=codes[0]))["__typename"] == "LogInRefused"
    async with api.database.begin() as session:
        await session.execute(update(SecondFactor).values(used_step=0))
    code = app.now()
    assert (await come_in(api, email, code=code))["__typename"] == "LoggedIn"
    assert (await come_in(api, email, code=code)) == {**needed, "wrong": True}
    assert (await come_in(api, email, code=codes[0].lower()))["__typename"] == "LoggedIn"

    given = {"password": PASSWORD, "code": codes[1]}
    assert (await browser.data(REMOVE, {"input": given}))["secondFactorRemove"]["secondFactor"] is False
    assert (await come_in(api, email))["__typename"] == "LoggedIn"


async def test_a_code_that_lacks_is_no_failed_log_in(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """An office behind one address, where everybody is asked for a code; a wrong code is a failure."""
    email = await person(api)
    browser = await browser_of(api, email)
    secret = (await browser.data(BEGIN, {"password": PASSWORD}))["secondFactorBegin"]["secret"]
    await browser.data(CONFIRM, {"code": pyotp.TOTP(secret).now()})
    monkeypatch.setattr(api.services, "attempts", Attempts(failures=2))
    for _ in range(4):
        assert (await come_in(api, email))["__typename"] == "SecondFactorNeeded"
    for _ in range(2):
        assert (await come_in(api, email, code="12"))["wrong"] is True
    body = {"query": LOG_IN_CODE, "variables": {"input": {"email": email, "password": PASSWORD, "kind": "BEARER"}}}
    assert (await api.http.post("/graphql", json=body)).status_code == 429


async def test_an_administrator_helps_who_lost_it(api: Api) -> None:
    email = await person(api)
    browser = await browser_of(api, email)
    secret = (await browser.data(BEGIN, {"password": PASSWORD}))["secondFactorBegin"]["secret"]
    await browser.data(CONFIRM, {"code": pyotp.TOTP(secret).now()})
    key = (await browser.data("{ me { id } }"))["me"]["id"]
    assert (await api.data(RESET, {"id": key}))["personSecondFactorReset"] == {"secondFactor": False, "version": 2}
    assert (await come_in(api, email))["__typename"] == "LoggedIn"
    assert (await api.data(BEGIN, {"password": PASSWORD}))["secondFactorBegin"]["code"] == "INVALID"


async def test_nothing_that_is_kept_shows_the_secret_or_a_code(api: Api) -> None:
    browser = await browser_of(api, await person(api))
    secret = (await browser.data(BEGIN, {"password": PASSWORD}))["secondFactorBegin"]["secret"]
    answer = await browser.ask(CONFIRM, {"code": pyotp.TOTP(secret).now()}, Idempotency_Key="once")
    codes = answer.json()["data"]["secondFactorConfirm"]["recoveryCodes"]
    async with api.database.begin() as session:
        tables = await session.scalars(text("select tablename from pg_tables where schemaname = 'public'"))
        kept = " ".join([str((await session.execute(text(f"select * from {name}"))).all()) for name in tables.all()])
    assert "second_factor" in kept
    for canary in (secret, *codes, *(code.replace("-", "") for code in codes)):
        assert canary not in kept
