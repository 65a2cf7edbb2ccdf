"""People through the API: made, listed, changed, sent away; what was changed holds at once (spec SEC-1, SEC-2)."""

from typing import Any

import pytest
from sqlalchemy import func, select

from domain.kernel.idempotency import IdempotencyRecord
from tests.api.conftest import Api
from tests.api.people.browser import browser_of, code_of, log_in, person, token_of
from tests.domain.access.people import PASSWORD
from tests.support.builders import make_channel

pytestmark = [pytest.mark.spec("SEC-1"), pytest.mark.spec("SEC-2")]

RESULT = """{ __typename ... on Person { id email name roles seller ownOrdersOnly hasPassword disabledAt version }
    ... on Invalid { problems { path code } } ... on StaleVersion { currentVersion } ... on NotFound { code } }"""
CREATE = (
    "mutation ($input: PersonCreateInput!) { personCreate(input: $input) "
    "{ __typename ... on Person { id email name roles hasPassword version } "
    "... on Invalid { problems { path code } } } }"
)
UPDATE = f"mutation ($input: PersonUpdateInput!) {{ personUpdate(input: $input) {RESULT} }}"
DISABLE = f"mutation ($id: ID!, $v: Int!) {{ personDisable(id: $id, expectedVersion: $v) {RESULT} }}"
SET = f"mutation ($input: PersonPasswordSetInput!) {{ personPasswordSet(input: $input) {RESULT} }}"
CHANGE = """mutation ($input: PasswordChangeInput!) { passwordChange(input: $input) { __typename
    ... on Person { version } ... on Invalid { problems { path code } } ... on LogInRefused { code } } }"""
PEOPLE = """query ($first: Int, $after: String, $last: Int, $before: String) {
    people(first: $first, after: $after, last: $last, before: $before) {
        edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage endCursor } } }"""
COUNT = "{ orderCounts { count } }"
NEW = "another pony battery staple"


async def as_(api: Api, token: str, query: str, **variables: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    return await api.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)


async def create(api: Api, **given: Any) -> Any:
    return (await api.data(CREATE, {"input": {"name": "Ana", **given}}))["personCreate"]


async def test_a_person_from_the_making_to_the_end(api: Api) -> None:
    made = await create(api, email="Ana@Shop.example", roles=["warehouse"], password=PASSWORD)
    assert (made["email"], made["roles"], made["hasPassword"]) == ("ana@shop.example", ["warehouse"], True)
    token = await token_of(api, "ana@shop.example")
    assert (await as_(api, token, COUNT)).status_code == 200
    shall_be = {"id": made["id"], "expectedVersion": 1, "email": "ana@shop.example", "name": "Ana Pop", "roles": []}
    changed = (await api.data(UPDATE, {"input": shall_be}))["personUpdate"]
    assert (changed["name"], changed["version"]) == ("Ana Pop", 2)
    assert code_of(await as_(api, token, COUNT)) == (403, "FORBIDDEN"), "a role that is taken away is gone at once"
    stale = (await api.data(UPDATE, {"input": shall_be}))["personUpdate"]
    assert stale == {"__typename": "StaleVersion", "currentVersion": 2}
    gone = (await api.data(DISABLE, {"id": made["id"], "v": 2}))["personDisable"]
    assert gone["disabledAt"] is not None
    assert code_of(await as_(api, token, "{ me { name } }")) == (401, "SESSION_ENDED")
    missing = (await api.data(DISABLE, {"id": "no id", "v": 2}))["personDisable"]
    assert missing["code"] == "NOT_FOUND"
    assert (await api.data("query ($id: ID!) { person(id: $id) { name } }", {"id": "x"}))["person"] is None


async def test_a_role_that_is_changed_holds_at_once(api: Api) -> None:
    role = """mutation ($words: [String!]!) { roleUpsert(input: {slug: "r", title: "R", permissions: $words})
        { __typename } }"""
    await api.data(role, {"words": []})
    token = await token_of(api, await person(api, roles=["r"]))
    assert code_of(await as_(api, token, COUNT)) == (403, "FORBIDDEN")
    await api.data(role, {"words": ["orders.view"]})
    assert (await as_(api, token, COUNT)).status_code == 200


async def test_a_team_that_a_person_is_given_limits_them_at_once(api: Api) -> None:
    async with api.database.begin() as session:
        theirs, other = await make_channel(session), await make_channel(session)
    team = """mutation ($input: TeamInput!) { teamUpsert(input: $input) { __typename } }"""
    await api.data(team, {"input": {"slug": "north", "title": "North", "channels": [theirs.slug]}})
    made = await create(api, email="ana@shop.example", roles=["channel_admin"], password=PASSWORD)
    token = await token_of(api, "ana@shop.example")

    async def seen() -> set[str]:
        channels = (await as_(api, token, "{ channels { slug } }")).json()["data"]["channels"]
        return {one["slug"] for one in channels}

    async def given(version: int, **more: Any) -> Any:
        shall_be = {"email": "ana@shop.example", "name": "Ana", "roles": ["channel_admin"], **more}
        query = UPDATE.replace("ownOrdersOnly", "ownOrdersOnly team")
        return (await api.data(query, {"input": {"id": made["id"], "expectedVersion": version, **shall_be}}))[
            "personUpdate"
        ]

    assert await seen() > {theirs.slug, other.slug}
    unknown = await given(1, team="south")
    assert unknown == {"__typename": "Invalid", "problems": [{"path": ["team"], "code": "UNKNOWN_TEAM"}]}
    limited = await given(1, team="north")
    assert (limited["team"], limited["version"]) == ("north", 2)
    assert await seen() == {theirs.slug}
    assert (await given(2, team="north"))["version"] == 2, "the same again changes nothing"
    freed = await given(2)
    assert (freed["team"], freed["version"]) == (None, 3), "all of the person is named: what is left out is taken away"
    assert await seen() > {theirs.slug, other.slug}
    log = '{ auditLog(first: 5, filter: {action: "person.update"}) { edges { node { before after } } } }'
    newest, before = [one["node"] for one in (await api.data(log))["auditLog"]["edges"]]
    assert newest["before"]["team_id"] == before["after"]["team_id"]
    assert (before["before"].get("team_id"), newest["after"].get("team_id")) == (None, None)


async def test_no_fast_hash_of_a_password_is_kept_for_a_repeat(api: Api) -> None:
    """A record of an Idempotency-Key would have one of the whole request."""
    given = {"email": "ana@shop.example", "name": "Ana", "password": PASSWORD}
    await api.data(CREATE, {"input": given}, Idempotency_Key="k1")
    again = (await api.data(CREATE, {"input": given}, Idempotency_Key="k1"))["personCreate"]
    assert again["problems"] == [{"path": ["email"], "code": "TAKEN"}]
    [made] = (await api.data("{ people { edges { node { id } } } }"))["people"]["edges"]
    secret = {"id": made["node"]["id"], "expectedVersion": 1, "password": NEW}
    await api.data(SET, {"input": secret}, Idempotency_Key="k2")
    log = "mutation ($input: LogInInput!) { logIn(input: $input) { __typename } }"
    await api.data(
        log, {"input": {"email": "ana@shop.example", "password": NEW, "kind": "BEARER"}}, Idempotency_Key="3"
    )
    async with api.database.begin() as session:
        assert await session.scalar(select(func.count()).select_from(IdempotencyRecord)) == 0


async def test_people_are_listed_by_name_a_page_at_a_time(api: Api) -> None:
    names = ["ana", "Bogdan", "călin", "Dan", "dan"]
    for name in reversed(names):
        await person(api, name=name, password=None)
    seen: list[str] = []
    after = None
    while True:
        page = (await api.data(PEOPLE, {"first": 2, "after": after}))["people"]
        seen += [edge["node"]["name"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert sorted(seen) == sorted(names) and [name.lower() for name in seen] == [name.lower() for name in names]
    back = (await api.data(PEOPLE, {"last": 2}))["people"]
    assert [edge["node"]["name"] for edge in back["edges"]] == seen[-2:]
    bad = await api.ask(PEOPLE, {"first": 2, "after": "x"})
    assert bad.json()["errors"][0]["extensions"]["problems"][0]["code"] == "BAD_CURSOR"


async def test_ones_own_password_and_sessions(api: Api) -> None:
    email = await person(api)
    browser, other = await browser_of(api, email), await token_of(api, email)
    own = (await browser.data("{ sessions { id kind current address } }"))["sessions"]
    assert [(one["kind"], one["current"]) for one in own] == [("BEARER", False), ("COOKIE", True)]
    assert {one["address"] for one in own} == {"127.0.0.1"}
    wrong = await browser.data(CHANGE, {"input": {"oldPassword": "x", "newPassword": NEW}})
    assert wrong["passwordChange"]["code"] == "LOG_IN_REFUSED"
    bad = await browser.data(CHANGE, {"input": {"oldPassword": PASSWORD, "newPassword": "x"}})
    assert bad["passwordChange"]["problems"] == [{"path": ["newPassword"], "code": "BAD_LENGTH"}]
    done = await browser.data(CHANGE, {"input": {"oldPassword": PASSWORD, "newPassword": NEW}})
    assert done["passwordChange"]["version"] == 2
    assert code_of(await as_(api, other, "{ me { name } }")) == (401, "SESSION_ENDED")
    assert [one["current"] for one in (await browser.data("{ sessions { current } }"))["sessions"]] == [True]
    assert (await log_in(api.http, email, PASSWORD)).json()["data"]["logIn"]["__typename"] == "LogInRefused"


async def test_who_may_look_ends_a_session_of_another_only_with_the_right_to(api: Api) -> None:
    email = await person(api)
    token = await token_of(api, email)
    [row] = (await as_(api, token, "{ me { session { id } person { id } } }")).json()["data"].values()
    listed = await api.data("query ($id: ID!) { personSessions(id: $id) { id current } }", {"id": row["person"]["id"]})
    assert listed["personSessions"] == [{"id": row["session"]["id"], "current": False}]
    end = "mutation ($id: ID!) { sessionRevoke(id: $id) { ... on SessionsEnded { count } ... on NotFound { code } } }"
    stranger = await token_of(api, await person(api))
    told = (await as_(api, stranger, end, id=row["session"]["id"])).json()["data"]["sessionRevoke"]
    assert told == {"code": "NOT_FOUND"}
    assert (await api.data(end, {"id": row["session"]["id"]}))["sessionRevoke"] == {"count": 1}
    assert code_of(await as_(api, token, "{ me { name } }")) == (401, "SESSION_ENDED")
    assert (await api.data(end, {"id": row["session"]["id"]}))["sessionRevoke"] == {"count": 0}
