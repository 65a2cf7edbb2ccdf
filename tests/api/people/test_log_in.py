"""Logging in over HTTP: by cookie from a page, by token from a program (spec SEC-2)."""

import asyncio
import re
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from starlette.requests import HTTPConnection

from api import attempts, auth
from domain.access.models import User, UserSession
from domain.kernel.clock import utc_now
from tests.api.conftest import ADMIN_KEY, Api, running
from tests.api.graphql.scenes import counted
from tests.api.people.browser import ORIGIN, browser_of, client, code_of, log_in, person, token_of
from tests.domain.access.people import MEMORY_KIB, PASSWORD, WRONG

pytestmark = pytest.mark.spec("SEC-2")

ME = "{ me { kind name roles permissions csrfToken person { email } session { id kind current } } }"
COUNT = "{ orderCounts { count } }"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def post(api: Api, query: str, headers: dict[str, str]) -> Any:
    return await api.http.post("/graphql", json={"query": query}, headers=headers)


async def test_a_program_comes_in_with_a_token_and_knows_who_it_is(api: Api) -> None:
    email = await person(api, roles=["warehouse"])
    answer = await log_in(api.http, email)
    assert "set-cookie" not in answer.headers
    made = answer.json()["data"]["logIn"]
    assert made["token"].startswith("omnis_") and made["csrfToken"] is None
    me = (await post(api, ME, bearer(made["token"]))).json()["data"]["me"]
    assert (me["kind"], me["roles"], me["person"], me["csrfToken"]) == ("PERSON", ["warehouse"], {"email": email}, None)
    assert me["session"] == {"id": made["session"]["id"], "kind": "BEARER", "current": True}
    assert "stock.edit" in me["permissions"]
    assert (await post(api, COUNT, bearer(made["token"]))).status_code == 200
    assert code_of(await post(api, "{ apiKeys { id } }", bearer(made["token"]))) == (403, "FORBIDDEN")


async def test_a_key_knows_who_it_is_too(api: Api) -> None:
    me = (await api.data(ME))["me"]
    assert (me["kind"], me["name"], me["roles"], me["person"], me["session"]) == ("KEY", "admin", ["*"], None, None)


async def test_a_browser_gets_a_cookie_out_of_reach_of_pages(api: Api) -> None:
    email = await person(api)
    answer = await log_in(client(api), email, kind="COOKIE")
    cookie = answer.headers["set-cookie"]
    assert re.fullmatch(r"omnisales=omnis_[\w-]{43}; Path=/; HttpOnly; SameSite=Lax", cookie), cookie
    assert answer.json()["data"]["logIn"]["token"] is None
    assert re.search("omnis_", answer.text) is None


async def test_over_https_the_cookie_is_for_this_host_alone(api: Api) -> None:
    email = await person(api)
    async with client(api, "https://test") as http:
        answer = await log_in(http, email, kind="COOKIE", Origin="https://test")
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-omnisales=omnis_") and cookie.endswith("; SameSite=Lax; Secure")
        asked = {"Origin": "https://test", "X-CSRF-Token": answer.json()["data"]["logIn"]["csrfToken"]}
        assert (await http.post("/graphql", json={"query": ME}, headers=asked)).status_code == 200
        asked["Origin"] = "http://test"
        refused = await http.post("/graphql", json={"query": ME}, headers=asked)
        assert code_of(refused) == (403, "ORIGIN_NOT_ALLOWED")


async def test_a_remembered_browser_keeps_it_and_it_may_rest(api: Api) -> None:
    email = await person(api)
    query = """mutation ($input: LogInInput!) { logIn(input: $input) { __typename } }"""
    given = {"email": email, "password": PASSWORD, "kind": "COOKIE", "remember": True}
    body = {"query": query, "variables": {"input": given}}
    answer = await client(api).post("/graphql", json=body, headers={"Origin": ORIGIN})
    age = re.search(r"Max-Age=(\d+)", answer.headers["set-cookie"])
    assert age is not None and 14 * 86_400 - 60 < int(age[1]) <= 14 * 86_400
    async with api.database.begin() as session:
        assert (await session.scalars(select(UserSession.idle_until))).all() == [None]


async def test_a_token_is_never_one_that_was_there_before(api: Api) -> None:
    """A session that somebody planted in the browser is not the one that its user is in afterwards, and ends."""
    attacker, victim = await person(api), await person(api)
    planted = await browser_of(api, attacker)
    mine = await browser_of(api, victim, planted.http)
    assert mine.token != planted.token
    async with api.database.begin() as session:
        rows = (await session.scalars(select(UserSession).order_by(UserSession.created_at))).all()
    assert [row.revoked_at is not None for row in rows] == [True, False]


async def test_no_words_tell_who_is_there(api: Api) -> None:
    known, locked, gone = await person(api), await person(api), await person(api)
    async with api.database.begin() as session:
        where = update(User).where(User.email == locked)
        await session.execute(where.values(locked_until=utc_now() + timedelta(hours=1)))
        await session.execute(update(User).where(User.email == gone).values(disabled_at=utc_now()))
    tries = [(known, WRONG), ("nobody@shop.example", WRONG), ("?", WRONG), (locked, PASSWORD), (gone, PASSWORD)]
    answers = [await log_in(api.http, *one) for one in tries]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json()["data"]["logIn"]["code"] == "LOG_IN_REFUSED"


async def test_a_thousand_people_from_one_address_are_too_many(api: Api) -> None:
    email = await person(api)
    many = attempts.FAILURES + 10
    codes = [code_of(one) for one in [await log_in(api.http, f"nobody-{n}@shop.example") for n in range(many)]]
    assert codes.count((429, "TOO_MANY_LOG_INS")) in range(5, 11)
    refused = await log_in(api.http, email)
    assert refused.status_code == 429 and int(refused.headers["retry-after"]) >= 1


async def test_who_comes_in_is_not_counted(api: Api) -> None:
    email = await person(api)
    for _ in range(attempts.FAILURES + 1):
        assert (await log_in(api.http, email)).status_code == 200


@pytest.mark.parametrize(
    "token",
    [
        *(
            "omnis_",
            "omnis_x",
            "omnis_" + "A" * 43,
            "omnis_" + "A" * 500,
            "omni_" + "A" * 43,
            "null",
            "Bearer",
            "é",
            "*",
        ),
        *("omnis_%00", "' or 1=1", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9."),
    ],
)
async def test_what_is_no_token(shared_api: Api, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}".encode()}
    for path in ("/graphql", "/imports/products.csv"):
        answer = await shared_api.http.post(path, json={"query": "{ __typename }"}, headers=headers)  # type: ignore[arg-type]
        assert code_of(answer) == (401, "UNAUTHENTICATED")
    for path in ("/labels/x.pdf", "/labels/bulk/x.pdf", "/exports/products.csv", "/graphql/stream"):
        answer = await shared_api.http.get(path, headers=headers)  # type: ignore[arg-type]
        assert code_of(answer) == (401, "UNAUTHENTICATED")


async def test_a_token_that_has_ended_says_so_to_who_has_it(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "KNOWN_SECONDS", 0.0)
    past = utc_now() - timedelta(seconds=1)
    for ended in ({"revoked_at": past}, {"expires_at": past}, {"idle_until": past}):
        token = await token_of(api, await person(api))
        assert (await post(api, ME, bearer(token))).status_code == 200
        async with api.database.begin() as session:
            await session.execute(update(UserSession).values(**ended))
        assert code_of(await post(api, ME, bearer(token))) == (401, "SESSION_ENDED")


async def test_a_browsers_dead_cookie_is_taken_from_it(api: Api) -> None:
    browser = await browser_of(api, await person(api))
    async with api.database.begin() as session:
        await session.execute(update(UserSession).values(revoked_at=utc_now()))
    api.services.callers.forget()
    answer = await browser.ask(ME)
    assert code_of(answer) == (401, "SESSION_ENDED")
    assert "omnisales=; Max-Age=0" in answer.headers["set-cookie"]
    again = await log_in(browser.http, await person(api), kind="COOKIE")
    assert again.json()["data"]["logIn"]["__typename"] == "LoggedIn"


async def test_a_token_is_of_its_own_kind(api: Api) -> None:
    """One that a browser keeps is none for a program, and the other way round."""
    email = await person(api)
    browser, token = await browser_of(api, email), await token_of(api, email)
    assert code_of(await post(api, ME, bearer(browser.token))) == (401, "UNAUTHENTICATED")
    async with client(api) as http:
        http.cookies.set("omnisales", token)
        assert code_of(await http.get("/graphql", params={"query": ME})) == (401, "UNAUTHENTICATED")


async def test_logging_out_ends_it_at_once(api: Api) -> None:
    email = await person(api)
    browser, other = await browser_of(api, email), await token_of(api, email)
    answer = await browser.ask("mutation { logOut { ... on SessionsEnded { count } } }")
    assert answer.json()["data"]["logOut"] == {"count": 1}
    assert "Max-Age=0" in answer.headers["set-cookie"]
    async with client(api) as http:
        http.cookies.set("omnisales", browser.token)
        assert code_of(await http.get("/graphql", params={"query": ME})) == (401, "SESSION_ENDED")
    assert (await post(api, ME, bearer(other))).status_code == 200
    third = await token_of(api, email)
    out = await post(api, "mutation { logOutEverywhere { ... on SessionsEnded { count } } }", bearer(third))
    assert out.json()["data"]["logOutEverywhere"] == {"count": 2}
    assert code_of(await post(api, ME, bearer(other))) == (401, "SESSION_ENDED")
    key = await api.data("mutation { logOut { ... on Invalid { problems { code } } } }")
    assert key["logOut"]["problems"] == [{"code": "NO_SESSION"}]


async def test_strangers_run_log_in_and_nothing_else(api: Api) -> None:
    log = 'logIn(input: {email: "a@b.example", password: "x", kind: BEARER}) { __typename }'
    assert (await api.http.post("/graphql", json={"query": f"mutation {{ {log} }}"})).status_code == 200
    for query in (
        "{ __typename }",
        "{ me { name } }",
        f"mutation {{ {log} logOut {{ __typename }} }}",
        f"mutation A {{ {log} }} query B {{ orders {{ edges {{ cursor }} }} }}",
        f"mutation {{ ...F }} fragment F on Mutation {{ {log} }}",
        f"mutation {{ {log} __schema {{ types {{ name }} }} }}",
        "mutation { logIn(input: {}) { __typename } } #" + "x" * 20_000,
        "mutation {" + f" a: {log}" * 200 + "}",
        "{",
    ):
        answer = await api.http.post("/graphql", json={"query": query})
        assert code_of(answer) == (401, "UNAUTHENTICATED"), query
    assert code_of(await api.http.get("/graphql", params={"query": f"mutation {{ {log} }}"}))[0] == 401


async def test_an_invalid_log_in_is_told_what_is_wrong(api: Api) -> None:
    answer = await api.http.post("/graphql", json={"query": "mutation { logIn(input: {}) { __typename } }"})
    assert answer.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_a_session_costs_no_more_statements_than_a_key(api: Api) -> None:
    token = await token_of(api, await person(api, roles=["warehouse"]))
    counts = []
    for headers in (bearer(ADMIN_KEY), bearer(token)):
        api.services.callers.forget()
        with counted(api.services.database) as statements:
            assert (await post(api, COUNT, headers)).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] == 2
    with counted(api.services.database) as statements:
        await asyncio.gather(*(post(api, COUNT, bearer(token)) for _ in range(3)))
    assert len(statements) == 3, "a caller who is known is not looked up again"


async def test_who_is_followed_costs_two_statements_whatever_their_number(api: Api) -> None:
    """One for keys and one for sessions, for all subscriptions of a process; who may something else now is told so."""
    callers, email = api.services.callers, await person(api, roles=["warehouse"])
    tokens = [ADMIN_KEY, *[await token_of(api, email) for _ in range(3)]]
    with ExitStack() as held:
        watches = []
        for token in tokens:
            known = await callers.caller(
                HTTPConnection({"type": "http", "headers": [], "method": "GET"}), authorization=f"Bearer {token}"
            )
            watches.append(held.enter_context(callers.watched(known)))
        with counted(api.services.database) as statements:
            await callers._look_at_all()
        assert len(statements) == 2
        assert not any(watch.changed.is_set() for watch in watches)
        async with api.database.begin() as session:
            await session.execute(update(User).values(roles=[]))
        await callers._look_at_all()
        assert [watch.changed.is_set() for watch in watches] == [False, True, True, True]
        actors = [watch.actor for watch in watches]
        assert [actor is not None and len(actor.permissions) > 0 for actor in actors] == [True, False, False, False]


async def test_use_is_noted_and_moves_the_end_of_an_unused_session(database: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(auth, "NOTED_SECONDS", 0.0)
    monkeypatch.setattr(auth, "WATCH_SECONDS", 0.01)
    async with running(database, password_memory_kib=MEMORY_KIB) as api:
        token = await token_of(api, await person(api))
        then = utc_now() - timedelta(hours=1)
        soon = utc_now() + timedelta(minutes=1)
        async with api.database.begin() as session:
            await session.execute(update(UserSession).values(seen_at=then, idle_until=soon))
        async with asyncio.timeout(30):
            while True:
                assert (await post(api, ME, bearer(token))).status_code == 200
                async with api.database.begin() as session:
                    [row] = await session.scalars(select(UserSession))
                if row.seen_at > then:
                    break
                await asyncio.sleep(0.01)
    assert row.idle_until is not None and row.idle_until > soon
