"""Who calls with a key."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.keys import ensure_admin_key, find_key
from domain.access.models import ApiKey
from domain.kernel.actor import ActorKind, Permission
from domain.kernel.clock import utc_now
from domain.kernel.database import Database


@pytest.mark.spec("SEC-2")
async def test_the_admins_key_may_everything_and_is_kept_as_a_hash(session: AsyncSession) -> None:
    await ensure_admin_key(session, "first key")
    actor = await find_key(session, "first key")
    assert actor is not None
    assert (actor.kind, actor.label, actor.permissions) == (ActorKind.KEY, "admin", frozenset(Permission))
    stored = (await session.scalars(select(ApiKey))).one()
    assert (len(stored.key_hash), "first key" in stored.key_hash) == (64, False)
    assert await find_key(session, "other key") is None


@pytest.mark.spec("SEC-2")
async def test_a_new_admin_key_ends_the_old_one(session: AsyncSession) -> None:
    for key in ("first", "second", "second"):
        await ensure_admin_key(session, key)
    assert await find_key(session, "first") is None
    assert await find_key(session, "second") is not None
    await ensure_admin_key(session, "first")
    assert await find_key(session, "first") is not None
    assert await session.scalar(select(func.count()).select_from(ApiKey)) == 2


@pytest.mark.spec("SEC-2")
@pytest.mark.parametrize(
    ("field", "known"),
    [("expires_at", False), ("revoked_at", False), (None, True)],
)
async def test_an_expired_or_revoked_key_is_nobodys(session: AsyncSession, field: str | None, known: bool) -> None:
    await ensure_admin_key(session, "key")
    if field:
        await session.execute(update(ApiKey).values({field: utc_now() - timedelta(seconds=1)}))
    assert (await find_key(session, "key") is not None) is known


@pytest.mark.spec("SEC-2")
async def test_a_key_may_only_what_it_got(session: AsyncSession) -> None:
    await ensure_admin_key(session, "key")
    await session.execute(update(ApiKey).values(permissions=["orders.view", "no.such"]))
    actor = await find_key(session, "key")
    assert actor is not None and actor.permissions == {Permission.ORDERS_VIEW}
    assert not actor.may(Permission.ORDERS_EDIT)


async def test_several_processes_start_at_once(database: Database) -> None:
    async def start() -> None:
        async with database.begin() as session:
            await ensure_admin_key(session, "key")

    await asyncio.gather(*(start() for _ in range(6)))
    async with database.read() as connection:
        assert await find_key(connection, "key") is not None
        assert await connection.scalar(select(func.count()).select_from(ApiKey)) == 1
