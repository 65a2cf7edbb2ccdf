"""Who was sent away in one process makes nothing that lasts through another that remembers them (spec SEC-2)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from api import auth
from domain.access.models import ApiKey, Role, User, UserSession
from domain.kernel.clock import utc_now
from domain.kernel.database import Database
from tests.api.conftest import Api, running
from tests.api.people.browser import person, token_of

pytestmark = pytest.mark.spec("SEC-2")

KEY = """mutation { apiKeyCreate(input: {name: "backdoor", permissions: ["access.edit"]}) { __typename
    ... on ApiKeyCreated { secret } } }"""
PERSON = """mutation { personCreate(input: {email: "friend@shop.example", name: "Friend", roles: ["warehouse"]})
    { __typename } }"""
ROLE = (
    'mutation { roleUpsert(input: {slug: "friends", title: "Friends", permissions: ["orders.view"]}) { __typename } }'
)


@pytest.fixture
async def house(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Api]:
    """A process that remembers whom it has seen for as long as the test lasts."""
    monkeypatch.setattr(auth, "KNOWN_SECONDS", 600.0)
    async with running(database) as api:
        yield api


async def ask(api: Api, token: str, query: str) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    return (await api.http.post("/graphql", json={"query": query}, headers=headers)).json()


async def made(api: Api) -> tuple[int, int, int]:
    async with api.database.begin() as session:
        keys = select(func.count()).where(ApiKey.name == "backdoor")
        people = select(func.count()).where(User.email == "friend@shop.example")
        roles = select(func.count()).where(Role.slug == "friends")
        return tuple([await session.scalar(one) for one in (keys, people, roles)])  # type: ignore[return-value]


CHANGES = [
    (update(User).values(disabled_at=utc_now()), "SESSION_ENDED"),
    (update(UserSession).values(revoked_at=utc_now()), "SESSION_ENDED"),
    (update(User).values(roles=["warehouse"]), "FORBIDDEN"),
    (update(User).values(seller="Ana", own_orders_only=True), "FORBIDDEN"),
    (update(Role).where(Role.slug == "administrator").values(permissions=["orders.view"]), "FORBIDDEN"),
]
"""What another process does, and how the next change of rights is refused."""


@pytest.mark.parametrize(("there", "code"), CHANGES)
async def test_who_has_ended_elsewhere_gives_no_more_rights(house: Api, there: Any, code: str) -> None:
    token = await token_of(house, await person(house, roles=["administrator"]))
    assert "errors" not in await ask(house, token, "{ roles { slug } }")
    async with house.database.begin() as session:
        await session.execute(there)
    assert "errors" not in await ask(house, token, "{ __typename }"), "remembered still"
    [error] = (await ask(house, token, KEY))["errors"]
    assert error["extensions"]["code"] == code
    for query in (KEY, PERSON, ROLE):
        assert (await ask(house, token, query))["errors"]
    assert await made(house) == (0, 0, 0)


async def test_nor_does_a_key_that_was_revoked_or_rotated_elsewhere(house: Api) -> None:
    for ended in ({"revoked_at": utc_now()}, {"key_hash": "another"}, {"expires_at": utc_now() - timedelta(hours=1)}):
        secret = (await house.data(KEY))["apiKeyCreate"]["secret"]
        assert "errors" not in await ask(house, secret, ROLE)
        async with house.database.begin() as session:
            await session.execute(update(ApiKey).where(ApiKey.name == "backdoor").values(name="known", **ended))
        [error] = (await ask(house, secret, KEY))["errors"]
        assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert (await made(house))[0] == 0


async def test_who_may_still_gives_them(house: Api) -> None:
    token = await token_of(house, await person(house, roles=["*"]))
    for query in (KEY, PERSON, ROLE):
        assert "errors" not in await ask(house, token, query)
    assert await made(house) == (1, 1, 1)


async def test_two_changes_in_one_document_are_both_looked_at(house: Api) -> None:
    """The second is refused to who took the right away from themselves with the first."""
    email = await person(house, roles=["administrator"])
    await person(house, roles=["*"])
    token = await token_of(house, email)
    async with house.database.begin() as session:
        user_id = (await session.scalars(select(User.id).where(User.email == email))).one()
    both = f"""mutation {{
        first: personUpdate(input: {{id: "{user_id}", expectedVersion: 1, email: "{email}", name: "Ana", roles: []}})
            {{ __typename }}
        second: apiKeyCreate(input: {{name: "backdoor", permissions: ["access.edit"]}}) {{ __typename }} }}"""
    answer = await ask(house, token, both)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    assert (await made(house))[0] == 0
