"""auditLog over GraphQL (spec SEC-1)."""

from typing import Any

import pytest

from tests.api.conftest import Api

pytestmark = pytest.mark.spec("SEC-1")

ROLE = """mutation ($slug: String!, $title: String!) {
  roleUpsert(input: {slug: $slug, title: $title, permissions: ["stock.edit"]}) { ... on Role { id } } }"""
LOG = """query ($first: Int, $after: String, $filter: AuditFilter) {
  auditLog(first: $first, after: $after, filter: $filter) {
    edges { cursor node { at actorKind actorId actor action subjectKind subjectId title before after ip
      correlationId } }
    pageInfo { hasNextPage hasPreviousPage endCursor } } }"""


async def log(api: Api, first: int = 50, after: str | None = None, **where: Any) -> Any:
    asked = {"from" if name == "from_" else name: value for name, value in where.items()}
    return (await api.data(LOG, {"first": first, "after": after, "filter": asked}))["auditLog"]


async def nodes(api: Api, **where: Any) -> list[Any]:
    return [edge["node"] for edge in (await log(api, **where))["edges"]]


async def role(api: Api, slug: str, title: str, **headers: str) -> str:
    return str((await api.data(ROLE, {"slug": slug, "title": title}, **headers))["roleUpsert"]["id"])


async def test_it_tells_who_changed_what_newest_first(api: Api) -> None:
    key = await role(api, "buyer", "Buyer", X_Correlation_Id="first")
    await role(api, "buyer", "Buyer")
    await role(api, "buyer", "Head buyer")
    update, create = await nodes(api, subject=key)
    assert (create["action"], create["before"], create["correlationId"]) == ("role.create", None, "first")
    assert create["after"] == {"slug": "buyer", "title": "Buyer", "permissions": ["stock.edit"]}
    assert (update["action"], update["before"], update["after"]) == (
        "role.update",
        {"title": "Buyer"},
        {"title": "Head buyer"},
    )
    assert (update["actorKind"], update["actor"], update["title"]) == ("KEY", "admin", "Head buyer")
    assert update["ip"]
    assert await nodes(api, actor=update["actorId"]) == [update, create]


async def test_it_is_read_page_by_page_and_by_what_is_asked(api: Api) -> None:
    for slug in ("a", "b", "c"):
        await role(api, slug, slug)
    first = await log(api, first=2, subjectKind="role")
    rest = await log(api, first=2, after=first["pageInfo"]["endCursor"], subjectKind="role")
    assert [edge["node"]["title"] for edge in first["edges"] + rest["edges"]] == ["c", "b", "a"]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    middle = first["edges"][1]["node"]["at"]
    assert [node["title"] for node in await nodes(api, from_=middle)] == ["c", "b"]
    assert [node["title"] for node in await nodes(api, to=middle)] == ["a"]
    for nobody in ({"action": "role.update"}, {"subject": "none"}, {"actor": "none"}, {"subjectKind": "channel"}):
        assert await nodes(api, **nobody) == []


BAD: list[tuple[dict[str, Any], list[str]]] = [
    ({"first": 0}, ["first"]),
    ({"first": 201}, ["first"]),
    ({"after": "x"}, ["after"]),
    ({"filter": {"action": "a" * 201}}, ["filter", "action"]),
    ({"filter": {"subject": "s" * 201}}, ["filter", "subject"]),
    ({"filter": {"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}}, ["filter", "to"]),
]


@pytest.mark.parametrize(("asked", "path"), BAD)
async def test_what_cannot_be_asked_is_named(shared_api: Api, asked: dict[str, Any], path: list[str]) -> None:
    error = (await shared_api.ask(LOG, asked)).json()["errors"][0]["extensions"]
    assert (error["code"], error["path"]) == ("INVALID", path)
