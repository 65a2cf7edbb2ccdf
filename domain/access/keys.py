"""API keys: making the first one, and telling who calls by theirs."""

from collections.abc import Collection, Mapping
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.kernel.actor import Actor, ActorKind, Permission
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.secrets import digest

from .models import ApiKey, Role

AnyRow: TypeAlias = Row[*tuple[Any, ...]]

ADMIN = "admin"
EVERY_ROLE = "*"

_OF_ROLES = (
    select(func.jsonb_agg(Role.permissions)).where(ApiKey.roles.has_key(Role.slug)).correlate(ApiKey).scalar_subquery()
)
"""What the key's roles permit, a list per role."""

_KEY = select(ApiKey.id, ApiKey.key_hash, ApiKey.name, ApiKey.permissions, ApiKey.roles, ApiKey.expires_at).add_columns(
    _OF_ROLES.label("by_role")
)


async def ensure_admin_key(session: AsyncSession, plain: str) -> None:
    """Makes this the admin's key, with every permission and every role. An earlier one ends: so a leaked key goes.

    May run at every start, and by several processes at once.
    """
    now = utc_now()
    every = sorted(Permission)
    await session.execute(
        update(ApiKey)
        .where(ApiKey.name == ADMIN, ApiKey.key_hash != digest(plain), ApiKey.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    await session.execute(
        insert(ApiKey)
        .values(id=new_id(), name=ADMIN, key_hash=digest(plain), permissions=every, roles=[EVERY_ROLE], created_at=now)
        .on_conflict_do_update(
            index_elements=["key_hash"],
            set_={"permissions": every, "roles": [EVERY_ROLE], "revoked_at": None},
        )
    )


async def find_key(connection: AsyncConnection | AsyncSession, plain: str) -> Actor | None:
    """Who calls with this key; None if it is unknown, expired or revoked. Words that are no permission give none."""
    name = digest(plain)
    return (await find_keys(connection, [name])).get(name)


async def find_keys(connection: AsyncConnection | AsyncSession, hashes: Collection[str]) -> Mapping[str, Actor]:
    """The same for several keys, by their hashes."""
    return await _valid(connection, ApiKey.key_hash.in_(hashes))


async def actor_of_key(connection: AsyncConnection | AsyncSession, key_id: UUID) -> Actor | None:
    """The same for work that goes on after the call: who asked, with what he may do now; None if the key has ended."""
    return next(iter((await _valid(connection, ApiKey.id == key_id)).values()), None)


async def _valid(connection: AsyncConnection | AsyncSession, which: ColumnElement[bool]) -> Mapping[str, Actor]:
    found = await connection.execute(_KEY.where(which, ApiKey.revoked_at.is_(None)))
    now = utc_now()
    return {key.key_hash: _actor(key) for key in found if key.expires_at is None or key.expires_at > now}


def _actor(key: AnyRow) -> Actor:
    words = {*key.permissions, *(word for theirs in key.by_role or () for word in theirs)}
    return Actor(
        ActorKind.KEY,
        key.name,
        key.id,
        frozenset(permission for permission in Permission if permission in words),
        frozenset(key.roles) - {EVERY_ROLE},
        EVERY_ROLE in key.roles,
    )
