"""API keys: making the first one, and telling who calls by theirs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Row, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.kernel.actor import Actor, ActorKind, Permission
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.secrets import digest

from .limits import scope_of, team_channels
from .models import ApiKey, ApiKeyUse, Role

AnyRow: TypeAlias = Row[*tuple[Any, ...]]

ADMIN = "admin"
EVERY_ROLE = "*"

_OF_ROLES = (
    select(func.jsonb_agg(Role.permissions)).where(ApiKey.roles.has_key(Role.slug)).correlate(ApiKey).scalar_subquery()
)
"""What the key's roles permit, a list per role."""

_KEY = select(
    *(ApiKey.id, ApiKey.key_hash, ApiKey.name, ApiKey.permissions, ApiKey.roles, ApiKey.expires_at),
    *(ApiKey.old_key_hash, ApiKey.old_until, ApiKey.seller, ApiKey.own_orders_only, ApiKey.team_id),
    _OF_ROLES.label("by_role"),
    team_channels(ApiKey.team_id).label("channels"),
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


@dataclass(frozen=True, slots=True)
class KeyCaller:
    """Who calls with a key, and until when this secret of it is taken; None: until the key is revoked."""

    actor: Actor
    until: datetime | None


async def find_key(connection: AsyncConnection | AsyncSession, plain: str) -> Actor | None:
    """Who calls with this key; None if it is unknown, expired or revoked. Words that are no permission give none."""
    name = digest(plain)
    found = (await find_keys(connection, [name])).get(name)
    return found.actor if found else None


async def find_keys(connection: AsyncConnection | AsyncSession, hashes: Collection[str]) -> Mapping[str, KeyCaller]:
    """The same for several keys, by their hashes. A secret that was rotated away is taken for its grace period."""
    rows = await _in_force(connection, or_(ApiKey.key_hash.in_(hashes), ApiKey.old_key_hash.in_(hashes)))
    now = utc_now()
    found = {}
    for key in rows:
        actor = _actor(key)
        if key.key_hash in hashes:
            found[key.key_hash] = KeyCaller(actor, key.expires_at)
        if key.old_key_hash in hashes and key.old_until > now:
            found[key.old_key_hash] = KeyCaller(actor, min(key.old_until, key.expires_at or key.old_until))
    return found


async def actor_of_key(connection: AsyncConnection | AsyncSession, key_id: UUID) -> Actor | None:
    """The same for work that goes on after the call: who asked, with what he may do now; None if the key has ended."""
    return next((_actor(key) for key in await _in_force(connection, ApiKey.id == key_id)), None)


async def note_key_use(session: AsyncSession, used: Collection[UUID]) -> None:
    """These keys were used just now; one that is gone is left aside."""
    now = utc_now()
    there = select(ApiKey.id, literal(now, DateTime(timezone=True))).where(ApiKey.id.in_(used))
    noted = insert(ApiKeyUse).from_select(["key_id", "at"], there.order_by(ApiKey.id))
    await session.execute(noted.on_conflict_do_update(index_elements=["key_id"], set_={"at": now}))


async def _in_force(connection: AsyncConnection | AsyncSession, which: ColumnElement[bool]) -> list[AnyRow]:
    found = await connection.execute(_KEY.where(which, ApiKey.revoked_at.is_(None)))
    now = utc_now()
    return [key for key in found if key.expires_at is None or key.expires_at > now]


def _actor(key: AnyRow) -> Actor:
    words = {*key.permissions, *(word for theirs in key.by_role or () for word in theirs)}
    return Actor(
        ActorKind.KEY,
        key.name,
        key.id,
        frozenset(permission for permission in Permission if permission in words),
        frozenset(key.roles) - {EVERY_ROLE},
        EVERY_ROLE in key.roles,
        scope_of(seller=key.seller, own_orders_only=key.own_orders_only, team_id=key.team_id, channels=key.channels),
    )
