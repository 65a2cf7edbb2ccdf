"""Keys are made through the API; the secret is shown once (spec SEC-1, SEC-2)."""

from typing import Any

import pytest

from tests.api.conftest import Api

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
