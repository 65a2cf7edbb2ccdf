"""Every query and mutation of the schema, called by anonymous, the wrong role, the right role and an administrator.

A field that is added is walked too: where its arguments cannot be guessed, the walk fails and says what to add.
"""

from collections.abc import Mapping
from typing import Any

import pytest
from graphql import GraphQLUnionType, get_named_type, is_leaf_type

from api.graphql.mutations.shipping import awb_create
from api.graphql.schema import executable
from domain.kernel.actor import Permission
from domain.kernel.database import Database
from domain.kernel.smtp import SmtpServer
from tests.api.conftest import Api, running
from tests.api.people.browser import person, token_of
from tests.support.snapshot import snapshot

from .arguments import ARGUMENTS, HOW, arguments_of
from .callers import Callers
from .documents import Root, asking, needs, roots
from .world import World, ask

pytestmark = [pytest.mark.spec("SEC-1"), pytest.mark.spec("SEC-2")]

ALSO: Mapping[str, frozenset[Permission]] = {
    "customersMerge": frozenset({Permission.CUSTOMERS_EDIT}),
    "ordersBulk": frozenset({Permission.ORDERS_EDIT}),
}
"""What a field asks for beyond what it declares, with the arguments of the walk: the use case says no."""


MAILS = SmtpServer("smtp", "127.0.0.1", 9)
"""Mails are asked for; nobody here sends them."""


def refused_by_type(root: Root, value: Any) -> bool:
    """Whether the answer is a refusal of the field's union."""
    kind = get_named_type(root.field.type)
    if not isinstance(kind, GraphQLUnionType):
        return False
    member = executable.type_map[value["__typename"]]
    return "Refusal" in {one.name for one in getattr(member, "interfaces", ())}


def unsuccessful(root: Root, body: Any) -> list[str]:
    """What is wrong with an answer that was to be what the field is for; nothing, if it is."""
    value = (body.get("data") or {}).get(root.name)
    if "errors" not in body and value is not None and not refused_by_type(root, value):
        return []
    return [f"{root.path} was to succeed, and answered {str(body)[:1000]}. {HOW}"]


async def test_the_walk(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(awb_create, "WAIT", 0.0)  # no worker asks a courier here
    async with running(database, smtp=MAILS, mail_from="shop@shop.example") as api:
        callers, walked = Callers(api), [root for root in roots("query", "mutation") if root.notes.open is None]
        await callers.prepare()
        administrator = {"Authorization": f"Bearer {await token_of(api, await person(api, roles=['*']))}"}
        world = World(api, administrator)
        given = {root: await arguments_of(root, world) for root in walked}
        for root in walked:
            await callers.without(root.permission)
            await callers.having(needs(root) | ALSO.get(root.name, frozenset()))
        before = await digest(api)
        for root in walked:
            await as_anonymous(api, root, given[root])
            await as_wrong_role(api, callers, root, given[root])
        assert await digest(api) == before, "a refused call changed something"
        failed: list[str] = []
        for root in walked:
            failed += await as_right_role(api, callers, root)
            failed += unsuccessful(root, await ask(api, root, given[root], administrator))
        assert not failed, "\n".join(failed)


async def digest(api: Api) -> dict[str, str]:
    async with api.database.read() as connection:
        return await snapshot(connection)


async def as_anonymous(api: Api, root: Root, given: Mapping[str, Any]) -> None:
    below = "" if is_leaf_type(get_named_type(root.field.type)) else " { __typename }"
    asked = {"query": asking(root, below), "variables": dict(given)}
    body = (await api.http.post("/graphql", json=asked)).json()
    assert [one["extensions"]["code"] for one in body["errors"]] == ["UNAUTHENTICATED"], root.path
    assert "data" not in body


async def as_wrong_role(api: Api, callers: Callers, root: Root, given: Mapping[str, Any]) -> None:
    """Who may everything but what the field declares, and, where the use case asks for more, everything but that."""
    body = await ask(api, root, given, await callers.without(root.permission))
    refused = [one["extensions"] for one in body["errors"]]
    assert {"code": "FORBIDDEN", "field": root.path, "permission": str(root.permission)} in refused, body
    assert {one["code"] for one in refused} == {"FORBIDDEN"}
    assert "data" not in body, root.path
    for permission in ALSO.get(root.name, ()):
        body = await ask(api, root, given, await callers.without(permission))
        [error] = body["errors"]
        assert error["extensions"]["code"] == "FORBIDDEN" and str(permission) in error["message"], root.path


async def as_right_role(api: Api, callers: Callers, root: Root) -> list[str]:
    """Who may only what the field and the fields below it declare."""
    caller = await callers.having(needs(root) | ALSO.get(root.name, frozenset()))
    given = await arguments_of(root, World(api, caller))
    return unsuccessful(root, await ask(api, root, given, caller))


def test_every_entry_is_of_a_field_that_is_there() -> None:
    assert ARGUMENTS.keys() | ALSO.keys() <= {root.name for root in roots()}
