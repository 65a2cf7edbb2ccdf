"""API keys: making the first one, and telling who calls by theirs."""

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.kernel.actor import Actor, ActorKind, Permission
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.secrets import digest

from .models import ApiKey

ADMIN = "admin"


async def ensure_admin_key(session: AsyncSession, plain: str) -> None:
    """Makes this the admin's key, with every permission. An earlier one ends, so that a leaked key can be changed.

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
        .values(id=new_id(), name=ADMIN, key_hash=digest(plain), permissions=every, created_at=now)
        .on_conflict_do_update(index_elements=["key_hash"], set_={"permissions": every, "revoked_at": None})
    )


async def find_key(connection: AsyncConnection | AsyncSession, plain: str) -> Actor | None:
    """Who calls with this key; None if it is unknown, expired or revoked. Words that are no permission give none."""
    found = await connection.execute(
        select(ApiKey.id, ApiKey.name, ApiKey.permissions, ApiKey.expires_at).where(
            ApiKey.key_hash == digest(plain), ApiKey.revoked_at.is_(None)
        )
    )
    key = found.one_or_none()
    if key is None or (key.expires_at is not None and key.expires_at <= utc_now()):
        return None
    permissions = frozenset(permission for permission in Permission if permission in key.permissions)
    return Actor(ActorKind.KEY, key.name, key.id, permissions)
