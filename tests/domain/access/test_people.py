"""People: made, changed, sent away; what nobody can give, and the administrator who stays (spec SEC-1, SEC-2)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.callers import actor_of, find_callers
from domain.access.create_user import CreateUser, create_user
from domain.access.disable_user import disable_user, enable_user
from domain.access.lockout import count_failure
from domain.access.log_in import LogInRefused, log_in
from domain.access.log_out import log_out_everywhere, revoke_session
from domain.access.models import SessionKind, User, UserSession
from domain.access.people_rules import Person
from domain.access.presets import ensure_roles
from domain.access.sessions import Limits, Visitor, open_session, remove_ended
from domain.access.set_password import ChangePassword, SetPassword, change_password, set_password
from domain.access.update_user import UpdateUser, update_user
from domain.access.upsert_role import UpsertRole, upsert_role
from domain.audit.models import AuditEntry
from domain.kernel.actor import Actor, ActorKind, Permission
from domain.kernel.database import Database
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, NotFound, StaleVersion
from domain.kernel.secrets import digest
from tests.domain.access.people import PASSWORD, VAULT, attempt, cheap, make_person
from tests.support.builders import OPERATOR, actor_with

pytestmark = [pytest.mark.spec("SEC-1"), pytest.mark.spec("SEC-2")]

NEW = "another pony battery staple"
CLERK = actor_with(Permission.ACCESS_EDIT, roles=["warehouse"])


def told(refusal: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(".".join(one.path), one.code) for one in refusal.value.problems]


def as_they_are(user: User, **changed: Any) -> UpdateUser:
    is_now = {"email": user.email, "name": user.name, "roles": user.roles, "seller": user.seller}
    person = Person(**{**is_now, "own_orders_only": user.own_orders_only, **changed})
    return UpdateUser(user_id=user.id, expected_version=user.version, person=person)


async def begin(session: AsyncSession, user: User) -> UserSession:
    visitor = Visitor(kind=SessionKind.BEARER, address="198.51.100.7", agent="x" * 1_000)
    return (await open_session(session, user.id, visitor, Limits())).session


async def in_force(session: AsyncSession, user: User) -> int:
    where = UserSession.user_id == user.id, UserSession.revoked_at.is_(None)
    return len((await session.scalars(select(UserSession.id).where(*where))).all())


async def test_a_person_is_kept_as_they_are_and_the_log_says_who_made_them(session: AsyncSession) -> None:
    await ensure_roles(session)
    user = await make_person(
        session, email="Ana@Shop.Example", roles=["warehouse"], seller=" Ana ", own_orders_only=True
    )
    assert (user.email, user.seller, user.roles, user.version) == ("ana@shop.example", "Ana", ["warehouse"], 1)
    assert user.password_hash is not None and user.password_hash.startswith("$argon2id$")
    [entry] = await session.scalars(select(AuditEntry).where(AuditEntry.subject_id == str(user.id)))
    assert entry.action == "person.create" and user.password_hash not in str(entry.after)


async def test_everything_that_is_wrong_is_named(session: AsyncSession) -> None:
    await make_person(session, email="ana@shop.example", seller="Ana")
    person = Person(email="ANA@shop.example", name=" ", roles=["nothing"], seller="Ana")
    with pytest.raises(Invalid) as refusal:
        await create_user(session, OPERATOR, cheap(), CreateUser(person=person, password="short"))
    assert sorted(told(refusal)) == [
        ("email", "TAKEN"),
        ("name", "MISSING"),
        ("password", "BAD_LENGTH"),
        ("roles.0", "UNKNOWN_ROLE"),
        ("seller", "TAKEN"),
    ]
    person = Person(email="no address", name="x" * 201, seller="x" * 201, own_orders_only=True)
    with pytest.raises(Invalid) as refusal:
        await create_user(session, OPERATOR, cheap(), CreateUser(person=person))
    assert sorted(told(refusal)) == [("email", "BAD_EMAIL"), ("name", "NOT_A_TEXT"), ("seller", "NOT_A_TEXT")]
    with pytest.raises(Invalid) as refusal:
        await make_person(session, own_orders_only=True)
    assert told(refusal) == [("seller", "MISSING")]


async def test_of_two_with_one_address_one_is_made(database: Database) -> None:
    async def make() -> User:
        async with database.begin() as session:
            return await make_person(session, email="ana@shop.example")

    outs = await asyncio.gather(*(make() for _ in range(4)), return_exceptions=True)
    assert sorted(type(out).__name__ for out in outs) == ["Invalid"] * 3 + ["User"]


async def test_nobody_gives_a_role_that_they_do_not_hold(session: AsyncSession) -> None:
    await ensure_roles(session)
    for roles in (["finance"], ["*"], ["administrator"]):
        with pytest.raises(Invalid) as refusal:
            await make_person(session, roles=roles, actor=CLERK)
        assert told(refusal) == [("roles.0", "NOT_YOURS")]
    mine = await make_person(session, roles=["warehouse"], actor=CLERK)
    with pytest.raises(Invalid) as refusal:
        await update_user(session, CLERK, as_they_are(mine, roles=["warehouse", "*"]))
    assert told(refusal) == [("roles.1", "NOT_YOURS")]


async def test_nobody_touches_who_holds_more_than_they_do(session: AsyncSession) -> None:
    """Who sets the password of an administrator is one."""
    await ensure_roles(session)
    boss = await make_person(session, roles=["*"])
    await make_person(session, roles=["*"])
    opened = await begin(session, boss)
    mine = SetPassword(user_id=boss.id, expected_version=1, password=NEW)
    tries: list[Callable[[], Awaitable[object]]] = [
        lambda: update_user(session, CLERK, as_they_are(boss, email="mine@shop.example")),
        lambda: disable_user(session, CLERK, boss.id, 1),
        lambda: enable_user(session, CLERK, boss.id, 1),
        lambda: set_password(session, CLERK, cheap(), mine),
        lambda: revoke_session(session, CLERK, opened.id),
    ]
    for one in tries:
        with pytest.raises(Invalid) as refusal:
            await one()
        assert told(refusal) == [("id", "NOT_YOURS")]
    assert await in_force(session, boss) == 1


async def test_a_change_is_guarded_by_its_version_and_a_repeat_changes_nothing(session: AsyncSession) -> None:
    user = await make_person(session)
    await update_user(session, OPERATOR, as_they_are(user, name="Ana Maria"))
    again = await update_user(session, OPERATOR, as_they_are(user))
    assert (again.name, again.version) == ("Ana Maria", 2)
    stale = UpdateUser(user_id=user.id, expected_version=1, person=Person(email=user.email, name="X"))
    with pytest.raises(StaleVersion):
        await update_user(session, OPERATOR, stale)
    with pytest.raises(StaleVersion):
        await disable_user(session, OPERATOR, user.id, 1)
    with pytest.raises(NotFound):
        await disable_user(session, OPERATOR, new_id(), 1)


async def test_who_is_sent_away_loses_all_that_is_open_and_may_come_back(session: AsyncSession) -> None:
    user = await make_person(session)
    await begin(session, user)
    gone = await disable_user(session, OPERATOR, user.id, 1)
    assert gone.disabled_at is not None and await in_force(session, user) == 0
    assert (await disable_user(session, OPERATOR, user.id, 1)).version == gone.version
    back = await enable_user(session, OPERATOR, user.id, gone.version)
    assert back.disabled_at is None and await in_force(session, user) == 0
    me = Actor(ActorKind.PERSON, user.name, user.id, frozenset(Permission), every_role=True)
    with pytest.raises(Invalid) as refusal:
        await disable_user(session, me, user.id, back.version)
    assert told(refusal) == [("id", "OWN_ACCOUNT")]


async def test_the_last_administrator_stays_one(session: AsyncSession) -> None:
    await ensure_roles(session)
    last = await make_person(session, roles=["*"])
    await make_person(session, roles=["*"], password=None)
    tries: list[Callable[[], Awaitable[object]]] = [
        lambda: disable_user(session, OPERATOR, last.id, 1),
        lambda: update_user(session, OPERATOR, as_they_are(last, roles=[])),
    ]
    for one in tries:
        with pytest.raises(Invalid) as refusal:
            await one()
        assert told(refusal) == [("id", "LAST_ADMINISTRATOR")]
    await make_person(session, roles=["administrator"])
    assert (await update_user(session, OPERATOR, as_they_are(last, roles=[]))).roles == []


async def test_of_two_administrators_who_send_each_other_away_one_stays(database: Database) -> None:
    async with database.begin() as session:
        people = [await make_person(session, roles=["*"]) for _ in range(2)]

    async def away(user: User) -> object:
        async with database.begin() as session:
            return await disable_user(session, OPERATOR, user.id, 1)

    outs = await asyncio.gather(*(away(one) for one in people), return_exceptions=True)
    assert sorted(type(out).__name__ for out in outs) == ["Invalid", "User"]


async def test_a_password_that_is_set_ends_sessions_and_opens_a_locked_account(session: AsyncSession) -> None:
    user = await make_person(session)
    await begin(session, user)
    for _ in range(10):
        await count_failure(session, user.id)
    await session.refresh(user)
    assert user.locked_until is not None
    command = SetPassword(user_id=user.id, expected_version=1, password=NEW)
    user = await set_password(session, OPERATOR, cheap(), command)
    assert (user.locked_until, user.failed_logins, user.version) == (None, 0, 2)
    assert await in_force(session, user) == 0
    with pytest.raises(StaleVersion):
        await set_password(session, OPERATOR, cheap(), command)
    with pytest.raises(Invalid) as refusal:
        await set_password(
            session, OPERATOR, cheap(), SetPassword(user_id=user.id, expected_version=2, password=user.email)
        )
    assert told(refusal) == [("password", "TOO_PERSONAL")]
    entries = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "person.password"))).all()
    assert len(entries) == 1 and NEW not in str(vars(entries[0]))


async def test_ones_own_password_needs_the_old_one_and_ends_the_other_sessions(database: Database) -> None:
    async with database.begin() as session:
        user = await make_person(session)
        here, _ = await begin(session, user), await begin(session, user)
    me = Actor(ActorKind.PERSON, user.name, user.id)
    with pytest.raises(LogInRefused):
        await change_password(database, me, cheap(), ChangePassword(old="wrong pony battery", new=NEW))
    with pytest.raises(Invalid) as refusal:
        await change_password(database, me, cheap(), ChangePassword(old=PASSWORD, new="short"))
    assert told(refusal) == [("newPassword", "BAD_LENGTH")]
    async with database.begin() as session:
        assert (await session.get_one(User, user.id)).failed_logins == 1
    await change_password(database, me, cheap(), ChangePassword(old=PASSWORD, new=NEW, session_id=here.id))
    async with database.begin() as session:
        left = await session.scalars(select(UserSession.id).where(UserSession.revoked_at.is_(None)))
        assert left.all() == [here.id]
    await log_in(database, cheap(), VAULT, Limits(), attempt(user, NEW))
    with pytest.raises(Invalid) as refusal:
        await change_password(database, Actor(ActorKind.KEY, "k", new_id()), cheap(), ChangePassword(old="", new=""))
    assert told(refusal) == [("", "NO_PERSON")]


async def test_ten_wrong_old_passwords_lock_the_account(database: Database) -> None:
    async with database.begin() as session:
        user = await make_person(session)
    me = Actor(ActorKind.PERSON, user.name, user.id)
    for old in ["wrong pony battery"] * 10 + [PASSWORD]:
        with pytest.raises(LogInRefused):
            await change_password(database, me, cheap(), ChangePassword(old=old, new=NEW))
    async with database.begin() as session:
        assert (await session.get_one(User, user.id)).locked_until is not None


async def test_a_session_is_ended_by_its_owner_or_by_who_may(session: AsyncSession) -> None:
    ana, dan = await make_person(session), await make_person(session)
    opened = [await begin(session, ana) for _ in range(3)]
    dans = Actor(ActorKind.PERSON, dan.name, dan.id)
    with pytest.raises(NotFound):
        await revoke_session(session, dans, opened[0].id)
    with pytest.raises(NotFound):
        await revoke_session(session, OPERATOR, new_id())
    anas = Actor(ActorKind.PERSON, ana.name, ana.id)
    assert await revoke_session(session, anas, opened[0].id) == 1
    assert await revoke_session(session, anas, opened[0].id) == 0
    assert await revoke_session(session, OPERATOR, opened[1].id) == 1
    assert await log_out_everywhere(session, anas) == 1
    assert await log_out_everywhere(session, anas) == 0


async def test_who_calls_by_a_session(session: AsyncSession) -> None:
    await upsert_role(session, OPERATOR, UpsertRole(slug="boss", title="Boss", permissions=["orders.view"]))
    user = await make_person(session, roles=["boss"], seller="Ana", own_orders_only=True)
    opened = await open_session(session, user.id, Visitor(kind=SessionKind.COOKIE), Limits())
    name = digest(opened.token)
    there = await find_callers(await session.connection(), sessions=[name, digest("nobody")])
    found = there[name]
    assert there.keys() == {name} and found is not None and found.login is not None
    actor = found.actor
    assert (actor.kind, actor.label, actor.id, actor.scope.seller) == (ActorKind.PERSON, "Ana Pop", user.id, "Ana")
    assert (actor.permissions, actor.roles, actor.every_role) == ({Permission.ORDERS_VIEW}, {"boss"}, False)
    user.roles = ["*"]
    await session.flush()
    everything = await actor_of(session, ActorKind.PERSON, user.id)
    assert everything is not None and everything.permissions == set(Permission) and everything.every_role
    await make_person(session, roles=["*"])
    await disable_user(session, OPERATOR, user.id, 1)
    assert await find_callers(await session.connection(), sessions=[name]) == {name: None}
    assert await actor_of(session, ActorKind.PERSON, user.id) is None
    assert await actor_of(session, ActorKind.PERSON, new_id()) is None


async def test_what_ended_long_ago_is_forgotten(session: AsyncSession) -> None:
    user = await make_person(session)
    old, young = await begin(session, user), await begin(session, user)
    limit = Limits().absolute * 5
    old.created_at, old.expires_at = old.created_at - limit, old.expires_at - limit
    await session.flush()
    await remove_ended(session)
    assert (await session.scalars(select(UserSession.id))).all() == [young.id]
