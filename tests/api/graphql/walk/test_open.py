"""Root fields that ask for no permission: they say so expressly, are few, and open nothing of the house."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from api.graphql.fields import Open
from domain.kernel.database import Database
from tests.api.conftest import Api, running
from tests.api.people.browser import person, token_of
from tests.domain.access.people import PASSWORD

from .documents import roots
from .test_walk import as_anonymous, unsuccessful
from .world import ask

pytestmark = [pytest.mark.spec("SEC-1"), pytest.mark.spec("SEC-2")]

Headers = Mapping[str, str]


async def _nothing(_: Api, __: str) -> dict[str, Any]:
    return {}


async def _credentials(_: Api, email: str) -> dict[str, Any]:
    return {"input": {"email": email, "password": PASSWORD, "kind": "BEARER"}}


async def _other_session(api: Api, email: str) -> dict[str, Any]:
    token = {"Authorization": f"Bearer {await token_of(api, email)}"}
    answer = await api.http.post("/graphql", json={"query": "{ me { session { id } } }"}, headers=token)
    return {"id": answer.json()["data"]["me"]["session"]["id"]}


async def _passwords(_: Api, __: str) -> dict[str, Any]:
    return {"input": {"oldPassword": PASSWORD, "newPassword": "another pony battery staple"}}


OPEN: Mapping[str, tuple[Open, Callable[[Api, str], Awaitable[dict[str, Any]]]]] = {
    "logIn": (Open.PUBLIC, _credentials),
    "me": (Open.KNOWN, _nothing),
    "sessions": (Open.KNOWN, _nothing),
    "logOut": (Open.KNOWN, _nothing),
    "logOutEverywhere": (Open.KNOWN, _nothing),
    "sessionRevoke": (Open.KNOWN, _other_session),
    "passwordChange": (Open.KNOWN, _passwords),
}
"""Every field that is open, to whom, and arguments with which it succeeds for a person who may nothing. A field is
added here on purpose, or asks for a permission.
"""


def test_nothing_else_is_open() -> None:
    declared = {root.name: root.notes.open for root in roots() if root.notes.open is not None}
    assert declared == {name: to for name, (to, _) in OPEN.items()}
    assert [root.path for root in roots() if root.notes.open is None and root.notes.permission is None] == []


async def test_who_may_nothing_may_use_them_and_strangers_only_what_is_public(database: Database) -> None:
    async with running(database) as api:
        for root in roots():
            if root.notes.open is None:
                continue
            email = await person(api)
            to, arguments = OPEN[root.name]
            given = await arguments(api, email)
            if to is Open.PUBLIC:
                assert unsuccessful(root, await ask(api, root, given, {})) == []
            else:
                await as_anonymous(api, root, given)
            headers = {"Authorization": f"Bearer {await token_of(api, email)}"}
            assert unsuccessful(root, await ask(api, root, given, headers)) == []
