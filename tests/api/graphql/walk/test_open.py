"""Root fields that ask for no permission: they say so expressly, are few, and open nothing of the house."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pyotp
import pytest
from sqlalchemy import select

from api.graphql.fields import Open
from domain.access.mail_tokens import make_token
from domain.access.models import TokenKind, User
from domain.kernel.database import Database
from tests.api.conftest import Api, running
from tests.api.people.browser import person, token_of
from tests.domain.access.people import PASSWORD

from .documents import roots
from .test_walk import MAILS, as_anonymous, unsuccessful
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


async def _password(_: Api, __: str) -> dict[str, Any]:
    return {"password": PASSWORD}


async def _email(_: Api, email: str) -> dict[str, Any]:
    return {"email": email}


async def _mailed_token(api: Api, email: str) -> dict[str, Any]:
    async with api.database.begin() as session:
        user = (await session.scalars(select(User).where(User.email == email))).one()
        token = await make_token(session, user.id, TokenKind.RESET, None)
    return {"input": {"token": token, "password": "another pony battery staple"}}


async def _code(api: Api, email: str) -> dict[str, Any]:
    begin = f'mutation {{ secondFactorBegin(password: "{PASSWORD}") {{ ... on SecondFactorBegun {{ secret }} }} }}'
    token = {"Authorization": f"Bearer {await token_of(api, email)}"}
    answer = await api.http.post("/graphql", json={"query": begin}, headers=token)
    return {"code": pyotp.TOTP(answer.json()["data"]["secondFactorBegin"]["secret"]).now()}


async def _password_and_code(_: Api, __: str) -> dict[str, Any]:
    return {"input": {"password": PASSWORD, "code": ""}}


OPEN: Mapping[str, tuple[Open, Callable[[Api, str], Awaitable[dict[str, Any]]]]] = {
    "logIn": (Open.PUBLIC, _credentials),
    "me": (Open.KNOWN, _nothing),
    "sessions": (Open.KNOWN, _nothing),
    "logOut": (Open.KNOWN, _nothing),
    "logOutEverywhere": (Open.KNOWN, _nothing),
    "sessionRevoke": (Open.KNOWN, _other_session),
    "passwordChange": (Open.KNOWN, _passwords),
    "passwordResetAsk": (Open.PUBLIC, _email),
    "passwordReset": (Open.PUBLIC, _mailed_token),
    "secondFactorBegin": (Open.KNOWN, _password),
    "secondFactorConfirm": (Open.KNOWN, _code),
    "secondFactorRemove": (Open.KNOWN, _password_and_code),
}
"""Every field that is open, to whom, and arguments with which it succeeds for a person who may nothing. A field is
added here on purpose, or asks for a permission.
"""


def test_nothing_else_is_open() -> None:
    declared = {root.name: root.notes.open for root in roots() if root.notes.open is not None}
    assert declared == {name: to for name, (to, _) in OPEN.items()}
    assert [root.path for root in roots() if root.notes.open is None and root.notes.permission is None] == []


async def test_who_may_nothing_may_use_them_and_strangers_only_what_is_public(database: Database) -> None:
    async with running(database, smtp=MAILS, mail_from="shop@shop.example") as api:
        for root in roots():
            if root.notes.open is None:
                continue
            email = await person(api)
            to, arguments = OPEN[root.name]
            if to is Open.PUBLIC:
                assert unsuccessful(root, await ask(api, root, await arguments(api, email), {})) == []
                email = await person(api)
            else:
                await as_anonymous(api, root, await arguments(api, email))
            given = await arguments(api, email)
            headers = {"Authorization": f"Bearer {await token_of(api, email)}"}
            assert unsuccessful(root, await ask(api, root, given, headers)) == []
