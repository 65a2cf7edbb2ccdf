"""Keys are made through the API; the secret is shown once (spec SEC-1, SEC-2)."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from api import auth
from domain.access.callers import Found
from domain.kernel.actor import Actor, ActorKind
from domain.kernel.clock import utc_now
from tests.api.conftest import Api
from tests.support.builders import make_channel, make_order

pytestmark = [pytest.mark.spec("SEC-1"), pytest.mark.spec("SEC-2")]

CREATE = """mutation ($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) { __typename
    ... on ApiKeyCreated { secret apiKey { id name roles } } ... on Invalid { problems { path code } } } }"""


async def create(api: Api, given: dict[str, Any], **headers: str) -> Any:
    return (await api.data(CREATE, {"input": given}, **headers))["apiKeyCreate"]


async def test_a_key_works_from_its_making_to_its_end(api: Api) -> None:
    made = await create(api, {"name": "desk", "roles": ["warehouse"]})
    headers = {"Authorization": f"Bearer {made['secret']}"}
    answer = await api.http.post("/graphql", json={"query": "{ orderCounts { count } }"}, headers=headers)
    assert answer.status_code == 200
    listed = (await api.data("{ apiKeys { id name roles } }"))["apiKeys"]
    assert made["apiKey"] in listed
    query = """mutation ($id: ID!) { apiKeyRevoke(id: $id) { ... on ApiKey { name revokedAt } } }"""
    ended = (await api.data(query, {"id": made["apiKey"]["id"]}))["apiKeyRevoke"]
    assert ended["name"] == "desk" and ended["revokedAt"] is not None
    assert "desk" not in [one["name"] for one in (await api.data("{ apiKeys { name } }"))["apiKeys"]]


async def test_a_repeated_request_shows_the_key_without_its_secret(api: Api) -> None:
    first = await create(api, {"name": "desk", "roles": ["warehouse"]}, Idempotency_Key="k1")
    again = await create(api, {"name": "desk", "roles": ["warehouse"]}, Idempotency_Key="k1")
    assert first["secret"].startswith("omni_")
    assert again == {**first, "secret": None}


async def test_a_role_is_made_and_listed(api: Api) -> None:
    query = """mutation ($input: RoleUpsertInput!) { roleUpsert(input: $input) { __typename
        ... on Role { slug title permissions version } ... on Invalid { problems { path code } } } }"""
    role = {"slug": "buyer", "title": "Buyer", "permissions": ["stock.edit"]}
    made = (await api.data(query, {"input": role}))["roleUpsert"]
    assert made == {"__typename": "Role", **role, "version": 1}
    assert "buyer" in [one["slug"] for one in (await api.data("{ roles { slug } }"))["roles"]]
    bad = (await api.data(query, {"input": {**role, "permissions": ["fly"]}}))["roleUpsert"]
    assert bad["problems"] == [{"path": ["permissions", "0"], "code": "UNKNOWN_PERMISSION"}]


ROTATE = """mutation ($input: ApiKeyRotateInput!) { apiKeyRotate(input: $input) { __typename
    ... on ApiKeyCreated { secret apiKey { id hint oldSecretUntil } }
    ... on Invalid { problems { path code } } ... on NotFound { path } } }"""


async def status_with(api: Api, secret: str) -> int:
    headers = {"Authorization": f"Bearer {secret}"}
    return (await api.http.post("/graphql", json={"query": "{ __typename }"}, headers=headers)).status_code


async def test_a_rotated_key_has_a_new_secret_and_the_old_one_for_a_while(api: Api) -> None:
    made = await create(api, {"name": "desk", "roles": ["warehouse"]})
    key_id = made["apiKey"]["id"]
    new = (await api.data(ROTATE, {"input": {"id": key_id, "graceHours": 1}}))["apiKeyRotate"]
    assert new["apiKey"]["hint"] == new["secret"][-4:]
    assert [await status_with(api, one["secret"]) for one in (made, new)] == [200, 200]
    newest = (await api.data(ROTATE, {"input": {"id": key_id, "graceHours": 0}}))["apiKeyRotate"]
    assert [await status_with(api, one["secret"]) for one in (made, new, newest)] == [401, 401, 200]


def test_nobody_is_remembered_beyond_their_end() -> None:
    actor = Actor(ActorKind.KEY, "desk")
    soon = Found(actor, until=utc_now() + timedelta(seconds=1))
    assert auth.known_for(soon) <= 1 < auth.KNOWN_SECONDS
    assert auth.known_for(Found(actor, until=utc_now() - timedelta(seconds=1))) < 0
    assert auth.known_for(Found(actor)) == auth.KNOWN_SECONDS
    assert auth.known_for(Found(actor, until=utc_now() + timedelta(days=1))) == auth.KNOWN_SECONDS


async def test_what_is_not_rotated(api: Api) -> None:
    made = await create(api, {"name": "desk", "roles": ["warehouse"]})
    key_id = made["apiKey"]["id"]
    too_long = (await api.data(ROTATE, {"input": {"id": key_id, "graceHours": 169}}))["apiKeyRotate"]
    assert too_long["problems"] == [{"path": ["graceHours"], "code": "OUT_OF_RANGE"}]
    await api.data(f'mutation {{ apiKeyRevoke(id: "{key_id}") {{ __typename }} }}')
    ended = (await api.data(ROTATE, {"input": {"id": key_id}}))["apiKeyRotate"]
    assert ended["problems"] == [{"path": ["id"], "code": "KEY_ENDED"}]
    [admin] = [one for one in (await api.data("{ apiKeys { id roles } }"))["apiKeys"] if "*" in one["roles"]]
    refused = (await api.data(ROTATE, {"input": {"id": admin["id"]}}))["apiKeyRotate"]
    assert refused["problems"] == [{"path": ["id"], "code": "ADMIN_KEY"}]
    missing = (await api.data(ROTATE, {"input": {"id": "x"}}))["apiKeyRotate"]
    assert missing == {"__typename": "NotFound", "path": ["id"]}


async def test_nobody_gets_a_key_that_may_more_by_rotating_it(api: Api) -> None:
    strong = await create(api, {"name": "strong", "permissions": ["settings.edit"]})
    weak = await create(api, {"name": "weak", "permissions": ["access.edit"]})
    headers = {"Authorization": f"Bearer {weak['secret']}"}
    asked = {"query": ROTATE, "variables": {"input": {"id": strong["apiKey"]["id"]}}}
    answer = await api.http.post("/graphql", json=asked, headers=headers)
    assert answer.json()["data"]["apiKeyRotate"]["problems"] == [{"path": ["id"], "code": "NOT_YOURS"}]
    assert await status_with(api, strong["secret"]) == 200


async def test_keys_tell_when_they_were_used(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await create(api, {"name": "desk", "roles": ["warehouse"]})
    listed = "{ apiKeys { name hint prefix lastUsedAt } }"
    [before] = [one for one in (await api.data(listed))["apiKeys"] if one["name"] == "desk"]
    assert before == {"name": "desk", "hint": made["secret"][-4:], "prefix": "omni_", "lastUsedAt": None}
    monkeypatch.setattr(auth, "NOTED_SECONDS", 0.0)
    await status_with(api, made["secret"])
    api.services.callers.forget()  # it looks at once, and notes what was used
    async with asyncio.timeout(20):
        while True:
            [key] = [one for one in (await api.data(listed))["apiKeys"] if one["name"] == "desk"]
            if key["lastUsedAt"] is not None:
                break
            await asyncio.sleep(0.05)


TEAM = """mutation ($input: TeamInput!) { teamUpsert(input: $input) { __typename
    ... on Team { id slug title channels version } ... on StaleVersion { currentVersion }
    ... on Invalid { problems { path code } } } }"""


async def test_a_team_is_made_changed_and_removed(api: Api) -> None:
    async with api.database.begin() as session:
        slugs = sorted([(await make_channel(session)).slug for _ in range(2)])
    given = {"slug": "north", "title": "North", "channels": [*reversed(slugs), slugs[0]]}
    made = (await api.data(TEAM, {"input": given}))["teamUpsert"]
    assert (made["channels"], made["version"]) == (slugs, 1)
    assert (await api.data(TEAM, {"input": given}))["teamUpsert"] == made, "the same again changes nothing"
    fewer = {**given, "channels": slugs[:1], "expectedVersion": 1}
    assert (await api.data(TEAM, {"input": fewer}))["teamUpsert"]["version"] == 2
    assert (await api.data(TEAM, {"input": fewer}))["teamUpsert"] == {"__typename": "StaleVersion", "currentVersion": 2}
    bad = (await api.data(TEAM, {"input": {"slug": "No!", "title": " ", "channels": ["none"]}}))["teamUpsert"]
    assert {(*one["path"], one["code"]) for one in bad["problems"]} == {
        ("slug", "BAD_SLUG"),
        ("title", "MISSING"),
        ("channels", "0", "UNKNOWN_CHANNEL"),
    }
    remove = "mutation ($id: ID!) { teamRemove(id: $id) { __typename ... on Invalid { problems { code } } } }"
    key = await create(api, {"name": "desk", "roles": ["warehouse"], "team": "north"})
    in_use = (await api.data(remove, {"id": made["id"]}))["teamRemove"]
    assert in_use == {"__typename": "Invalid", "problems": [{"code": "TEAM_IN_USE"}]}
    await api.data(f'mutation {{ apiKeyRevoke(id: "{key["apiKey"]["id"]}") {{ __typename }} }}')
    assert (await api.data(remove, {"id": made["id"]}))["teamRemove"] == {"__typename": "TeamRemoved"}
    assert (await api.data("{ teams { slug } }"))["teams"] == []
    log = (await api.data("{ auditLog(first: 20) { edges { node { action } } } }"))["auditLog"]["edges"]
    actions = [one["node"]["action"] for one in log]
    assert {"team.create", "team.update", "team.remove", "api_key.revoke"} <= {*actions}
    assert actions.count("team.update") == 1


async def test_a_person_and_a_key_have_a_team_and_a_seller(api: Api) -> None:
    await api.data(TEAM, {"input": {"slug": "north", "title": "North", "channels": []}})
    query = """mutation ($input: PersonCreateInput!) { personCreate(input: $input) { __typename
        ... on Person { team seller ownOrdersOnly } ... on Invalid { problems { path code } } } }"""
    person = {"email": "ana@shop.example", "name": "Ana", "seller": "ana", "ownOrdersOnly": True, "team": "north"}
    made = (await api.data(query, {"input": person}))["personCreate"]
    assert made == {"__typename": "Person", "team": "north", "seller": "ana", "ownOrdersOnly": True}
    unknown = (await api.data(query, {"input": {**person, "email": "b@shop.example", "team": "south"}}))["personCreate"]
    assert {"path": ["team"], "code": "UNKNOWN_TEAM"} in unknown["problems"]
    key = {"name": "desk", "roles": ["warehouse"], "ownOrdersOnly": True, "team": "south"}
    assert {(*one["path"], one["code"]) for one in (await create(api, key))["problems"]} == {
        ("seller", "MISSING"),
        ("team", "UNKNOWN_TEAM"),
    }


async def test_a_change_of_a_team_reaches_its_keys(api: Api) -> None:
    async with api.database.begin() as session:
        channel = await make_channel(session)
        order = await make_order(session, channel=channel)
    await api.data(TEAM, {"input": {"slug": "north", "title": "North", "channels": []}})
    key = await create(api, {"name": "desk", "permissions": ["orders.view"], "team": "north"})
    headers = {"Authorization": f"Bearer {key['secret']}"}

    async def seen() -> list[str]:
        asked = {"query": "{ orders { edges { node { id } } } }"}
        answer = (await api.http.post("/graphql", json=asked, headers=headers)).json()
        return [edge["node"]["id"] for edge in answer["data"]["orders"]["edges"]]

    assert await seen() == []
    await api.data(TEAM, {"input": {"slug": "north", "title": "North", "channels": [channel.slug]}})
    assert await seen() == [str(order.id)]
