"""Roles and the keys that hold them: nobody gives away what they do not have (spec SEC-1, SEC-2)."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.create_key import CreateKey, create_key
from domain.access.keys import ensure_admin_key, find_key
from domain.access.models import ApiKey, Role
from domain.access.presets import PRESETS, ensure_roles
from domain.access.revoke_key import revoke_key
from domain.access.upsert_role import UpsertRole, upsert_role
from domain.kernel.actor import SYSTEM, Permission
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, NotFound, StaleVersion
from tests.support.builders import OPERATOR, actor_with

pytestmark = [pytest.mark.spec("SEC-1"), pytest.mark.spec("SEC-2")]

BOSS = UpsertRole(slug="boss", title="Boss", permissions=["orders.view", "orders.approve"])


def told(refusal: pytest.ExceptionInfo[Invalid]) -> list[tuple[tuple[str, ...], str]]:
    return [(one.path, one.code) for one in refusal.value.problems]


async def test_a_key_may_what_its_roles_may(session: AsyncSession) -> None:
    role = await upsert_role(session, OPERATOR, BOSS)
    made = await create_key(session, OPERATOR, CreateKey(name="desk", permissions=["stock.edit"], roles=["boss"]))
    actor = await find_key(session, made.secret)
    assert actor is not None
    assert actor.permissions == {Permission.ORDERS_VIEW, Permission.ORDERS_APPROVE, Permission.STOCK_EDIT}
    assert (actor.holds("boss"), actor.holds("sales_manager")) == (True, False)
    role.permissions = []
    await session.flush()
    actor = await find_key(session, made.secret)
    assert actor is not None and actor.permissions == {Permission.STOCK_EDIT}


async def test_the_secret_is_kept_nowhere(session: AsyncSession) -> None:
    made = await create_key(session, OPERATOR, CreateKey(name="desk", permissions=["stock.edit"]))
    row = (await session.scalars(select(ApiKey).where(ApiKey.id == made.key.id))).one()
    assert made.secret not in str(vars(row))
    assert row.created_by == OPERATOR.label


async def test_the_admin_holds_every_role_the_machine_none(session: AsyncSession) -> None:
    await ensure_admin_key(session, "key")
    admin = await find_key(session, "key")
    assert admin is not None and admin.holds("one that is made tomorrow")
    assert not SYSTEM.holds("boss")


async def test_the_roles_of_the_guides_are_there_and_a_changed_one_stays(session: AsyncSession) -> None:
    await upsert_role(session, OPERATOR, UpsertRole(slug="finance", title="Money", permissions=[]))
    await ensure_roles(session)
    titles = {role.slug: role.title for role in await session.scalars(select(Role))}
    assert titles == {**{slug: preset.title for slug, preset in PRESETS.items()}, "finance": "Money"}


async def test_a_preset_that_nobody_changed_follows_the_release(session: AsyncSession) -> None:
    """One that was changed stays, also where somebody took away again what the release gave it."""
    first, now = PRESETS["finance"].before, sorted(PRESETS["finance"].permissions)
    assert first is not None
    role = (await session.scalars(select(Role).where(Role.slug == "finance"))).one()
    role.permissions = sorted(first)
    await session.flush()
    for _ in range(2):
        await ensure_roles(session)
        await session.refresh(role)
        assert (role.permissions, role.version) == (now, 2)
    await upsert_role(session, OPERATOR, UpsertRole(slug="finance", title="Finance", permissions=sorted(first)))
    await ensure_roles(session)
    await session.refresh(role)
    assert role.permissions == sorted(first)


async def test_the_administrator_may_what_a_new_release_brings(session: AsyncSession) -> None:
    """Unless somebody took something away."""
    role = (await session.scalars(select(Role).where(Role.slug == "administrator"))).one()
    role.permissions = ["orders.view"]
    await session.flush()
    await ensure_roles(session)
    await session.refresh(role)
    assert (role.permissions, role.version) == (sorted(Permission), 1)
    fewer = UpsertRole(slug="administrator", title="Administrator", permissions=["orders.view"])
    await upsert_role(session, OPERATOR, fewer)
    await ensure_roles(session)
    await session.refresh(role)
    assert role.permissions == ["orders.view"]


def test_the_presets_hold_what_the_guides_name() -> None:
    """Who approves are managers; who decides on returns; only the administrator sees to people and their data."""
    holders = {
        permission: {slug for slug, preset in PRESETS.items() if permission in preset.permissions}
        for permission in Permission
    }
    assert holders[Permission.ORDERS_APPROVE] == {"sales_manager", "ecommerce_manager", "finance", "administrator"}
    deciders = {"order_operator", "returns_supervisor", "finance", "administrator"}
    assert holders[Permission.RETURNS_APPROVE] == deciders
    for permission in (Permission.ACCESS_EDIT, Permission.AUDIT_VIEW, Permission.PRIVACY_EDIT):
        assert holders[permission] == {"administrator"}
    assert all("administrator" in slugs for slugs in holders.values())


async def test_a_role_is_written_once_and_guarded_by_its_version(session: AsyncSession) -> None:
    first = await upsert_role(session, OPERATOR, BOSS)
    again = await upsert_role(session, OPERATOR, BOSS)
    assert (first.id, again.version) == (again.id, 1)
    changed = await upsert_role(
        session, OPERATOR, UpsertRole(slug="boss", title="Chief", permissions=[], expected_version=1)
    )
    assert (changed.version, changed.permissions) == (2, [])
    with pytest.raises(StaleVersion):
        await upsert_role(session, OPERATOR, UpsertRole(slug="boss", title="X", permissions=[], expected_version=1))


@pytest.mark.parametrize("slug", ["", "Boss", "a b", "-a", "a--b", "x" * 61, "é", "a\x00"])
async def test_what_is_no_role_is_refused_with_every_field(session: AsyncSession, slug: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await upsert_role(session, OPERATOR, UpsertRole(slug=slug, title=" ", permissions=["orders.view", "fly"]))
    assert told(refusal) == [
        (("slug",), "BAD_SLUG"),
        (("title",), "MISSING"),
        (("permissions", "1"), "UNKNOWN_PERMISSION"),
    ]


async def test_nobody_gives_what_they_do_not_have(session: AsyncSession) -> None:
    await upsert_role(session, OPERATOR, BOSS)
    clerk = actor_with(Permission.ACCESS_EDIT, Permission.ORDERS_VIEW, roles=["clerk"])
    with pytest.raises(Invalid) as refusal:
        await upsert_role(session, clerk, UpsertRole(slug="mine", title="M", permissions=["orders.view", "stock.edit"]))
    assert told(refusal) == [(("permissions", "1"), "NOT_YOURS")]
    with pytest.raises(Invalid) as refusal:
        await create_key(session, clerk, CreateKey(name="k", permissions=["stock.edit"], roles=["boss", "none"]))
    assert told(refusal) == [
        (("permissions", "0"), "NOT_YOURS"),
        (("roles", "0"), "NOT_YOURS"),
        (("roles", "1"), "UNKNOWN_ROLE"),
    ]
    kept = await upsert_role(session, clerk, UpsertRole(slug="boss", title="Renamed", permissions=BOSS.permissions))
    assert kept.title == "Renamed"


async def test_a_key_of_nothing_or_of_yesterday_is_refused(session: AsyncSession) -> None:
    with pytest.raises(Invalid) as refusal:
        await create_key(session, OPERATOR, CreateKey(name="", expires_at=utc_now() - timedelta(seconds=1)))
    assert told(refusal) == [
        (("name",), "MISSING"),
        (("permissions",), "MISSING"),
        (("expiresAt",), "IN_THE_PAST"),
    ]


async def test_a_revoked_key_is_nobodys_and_the_admins_is_not_revoked(session: AsyncSession) -> None:
    made = await create_key(session, OPERATOR, CreateKey(name="desk", permissions=["stock.edit"]))
    caller = await find_key(session, made.secret)
    assert caller is not None
    with pytest.raises(Invalid) as refusal:
        await revoke_key(session, caller, made.key.id)
    assert told(refusal) == [(("id",), "OWN_KEY")]
    ended = (await revoke_key(session, OPERATOR, made.key.id)).revoked_at
    assert (await revoke_key(session, OPERATOR, made.key.id)).revoked_at == ended
    assert await find_key(session, made.secret) is None
    await ensure_admin_key(session, "key")
    admin = (await session.scalars(select(ApiKey).where(ApiKey.name == "admin", ApiKey.revoked_at.is_(None)))).one()
    with pytest.raises(Invalid) as refusal:
        await revoke_key(session, OPERATOR, admin.id)
    assert told(refusal) == [(("id",), "ADMIN_KEY")]
    with pytest.raises(NotFound):
        await revoke_key(session, OPERATOR, new_id())
