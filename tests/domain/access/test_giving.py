"""What may be given, taken away and ended by whom; and that somebody always administers (spec SEC-1, SEC-2)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import create_key as creating
from domain.access.create_key import CreateKey, create_key
from domain.access.keys import find_key
from domain.access.models import ApiKey, Role, User
from domain.access.people_rules import Person
from domain.access.presets import ensure_roles
from domain.access.revoke_key import revoke_key
from domain.access.rotate_key import rotate_key
from domain.access.update_user import UpdateUser, update_user
from domain.access.upsert_role import UpsertRole, upsert_role
from domain.kernel.actor import Actor, ActorKind, Permission
from domain.kernel.clock import utc_now
from domain.kernel.refusals import Invalid
from domain.teams.upsert import UpsertTeam, upsert_team
from tests.domain.access.people import make_person
from tests.support.builders import OPERATOR, actor_with

pytestmark = [pytest.mark.spec("SEC-1"), pytest.mark.spec("SEC-2")]

ADMINISTRATOR = Actor(ActorKind.PERSON, "Ana", permissions=frozenset(Permission), roles=frozenset({"administrator"}))
CLERK = actor_with(Permission.ACCESS_EDIT, Permission.ORDERS_VIEW)


def told(refusal: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(".".join(one.path), one.code) for one in refusal.value.problems]


async def administrators_role(session: AsyncSession, *words: str, actor: Actor = OPERATOR) -> Role:
    return await upsert_role(session, actor, UpsertRole(slug="administrator", title="A", permissions=words))


async def change(session: AsyncSession, actor: Actor, user: User, **changed: Any) -> User:
    person = Person(**{"email": user.email, "name": user.name, "roles": user.roles, **changed})
    return await update_user(session, actor, UpdateUser(user_id=user.id, expected_version=user.version, person=person))


async def test_a_role_that_may_no_more_than_the_giver_is_theirs_to_give(session: AsyncSession) -> None:
    await ensure_roles(session)
    packer = await make_person(session, roles=["warehouse", "finance"], actor=ADMINISTRATOR)
    assert (await change(session, ADMINISTRATOR, packer, roles=["warehouse"])).roles == ["warehouse"]
    assert (await create_key(session, ADMINISTRATOR, CreateKey(name="k", roles=["finance"]))).key.roles == ["finance"]
    with pytest.raises(Invalid) as refusal:
        await make_person(session, roles=["*"], actor=ADMINISTRATOR)
    assert told(refusal) == [("roles.0", "NOT_YOURS")]
    with pytest.raises(Invalid) as refusal:
        await make_person(session, roles=["warehouse"], actor=CLERK)
    assert told(refusal) == [("roles.0", "NOT_YOURS")]
    with pytest.raises(Invalid) as refusal:
        await change(session, CLERK, packer, name="Not theirs")
    assert told(refusal) == [("id", "NOT_YOURS")]


async def test_nobody_takes_away_what_they_do_not_have(session: AsyncSession) -> None:
    await ensure_roles(session)
    with pytest.raises(Invalid) as refusal:
        await administrators_role(session, "access.edit", actor=CLERK)
    assert told(refusal) == [("permissions", "NOT_YOURS")]
    role = (await session.scalars(select(Role).where(Role.slug == "administrator"))).one()
    assert role.permissions == sorted(Permission)
    seen = await upsert_role(session, OPERATOR, UpsertRole(slug="seen", title="S", permissions=["orders.view"]))
    await upsert_role(session, CLERK, UpsertRole(slug="seen", title="S", permissions=[]))
    assert seen.permissions == []


async def test_nobody_ends_a_key_that_may_more(session: AsyncSession) -> None:
    await ensure_roles(session)
    for command in (CreateKey(name="a", permissions=["stock.edit"]), CreateKey(name="b", roles=["warehouse"])):
        made = await create_key(session, OPERATOR, command)
        with pytest.raises(Invalid) as refusal:
            await revoke_key(session, CLERK, made.key.id)
        assert told(refusal) == [("id", "NOT_YOURS")]
        assert await find_key(session, made.secret) is not None
        ended = await revoke_key(session, ADMINISTRATOR, made.key.id)
        assert (await revoke_key(session, CLERK, made.key.id)).revoked_at == ended.revoked_at, "a repeat says so"


async def test_a_key_that_ends_gives_no_key_a_later_end(session: AsyncSession) -> None:
    until = utc_now() + timedelta(hours=1)
    words = ["access.edit", "orders.view"]
    made = await create_key(session, OPERATOR, CreateKey(name="short", permissions=words, expires_at=until))
    short = await find_key(session, made.secret)
    assert short is not None
    for end in (None, until + timedelta(seconds=1)):
        with pytest.raises(Invalid) as refusal:
            await create_key(session, short, CreateKey(name="later", permissions=words, expires_at=end))
        assert told(refusal) == [("expiresAt", "NOT_YOURS")]
        later = await create_key(session, OPERATOR, CreateKey(name="later", permissions=words, expires_at=end))
        with pytest.raises(Invalid) as refusal:
            await rotate_key(session, short, later.key.id, 0)
        assert told(refusal) == [("id", "NOT_YOURS")]
    same = await create_key(session, short, CreateKey(name="same", permissions=words, expires_at=until))
    assert (await rotate_key(session, short, same.key.id, 0)).key.expires_at == until


async def test_keys_that_have_expired_are_not_counted(session: AsyncSession, monkeypatch: pytest.MonkeyPatch) -> None:
    await session.execute(update(ApiKey).values(revoked_at=utc_now()))
    monkeypatch.setattr(creating, "MAX_KEYS", 2)
    command = CreateKey(name="k", permissions=["orders.view"])
    for _ in range(2):
        last = await create_key(session, OPERATOR, command)
    with pytest.raises(Invalid) as refusal:
        await create_key(session, OPERATOR, command)
    assert told(refusal) == [("name", "TOO_MANY")]
    last.key.expires_at = utc_now() - timedelta(seconds=1)
    await session.flush()
    await create_key(session, OPERATOR, command)


@pytest.mark.parametrize("limit", [{"team": "few"}, {"seller": "Ana", "own_orders_only": True}])
async def test_the_last_administrator_keeps_the_whole_house_in_view(
    session: AsyncSession, limit: dict[str, Any]
) -> None:
    await ensure_roles(session)
    await upsert_team(session, OPERATOR, UpsertTeam(slug="few", title="Few", channels=[]))
    last = await make_person(session, roles=["*"])
    with pytest.raises(Invalid) as refusal:
        await change(session, OPERATOR, last, **limit)
    assert told(refusal) == [("id", "LAST_ADMINISTRATOR")]
    other = await make_person(session, roles=["administrator"], **limit | {"seller": "Another"})
    with pytest.raises(Invalid) as refusal:
        await change(session, OPERATOR, last, roles=[])
    assert told(refusal) == [("id", "LAST_ADMINISTRATOR")], "whose view is limited administers nothing"
    await change(session, OPERATOR, other)
    await change(session, OPERATOR, last, **limit)


async def test_the_role_of_the_only_administrator_keeps_what_makes_one(session: AsyncSession) -> None:
    await ensure_roles(session)
    await make_person(session, roles=["administrator"])
    with pytest.raises(Invalid) as refusal:
        await administrators_role(session, "orders.view", actor=ADMINISTRATOR)
    assert told(refusal) == [("permissions", "LAST_ADMINISTRATOR")]
    await administrators_role(session, "access.edit", actor=ADMINISTRATOR)
    boss = await make_person(session, roles=["*"])
    await administrators_role(session, "orders.view")
    with pytest.raises(Invalid) as refusal:
        await change(session, OPERATOR, boss, roles=[])
    assert told(refusal) == [("id", "LAST_ADMINISTRATOR")], "who holds the role alone administers nothing now"
