"""Roles and keys, as rows: each function is one statement. Both lists are short by their limits."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.access.models import ApiKey, Role

from .rows import Rows

_ROLES = select(Role.id, Role.slug, Role.title, Role.permissions, Role.version)
_KEYS = select(ApiKey.id, ApiKey.name, ApiKey.permissions, ApiKey.roles, ApiKey.created_by).add_columns(
    ApiKey.created_at, ApiKey.expires_at, ApiKey.revoked_at
)


async def all_roles(connection: AsyncConnection) -> Rows:
    """Every role, by its title."""
    return (await connection.execute(_ROLES.order_by(Role.title, Role.slug))).all()


async def role_by_id(connection: AsyncConnection, role_id: object) -> Rows:
    return (await connection.execute(_ROLES.where(Role.id == role_id))).all()


async def keys_in_force(connection: AsyncConnection) -> Rows:
    """Keys that are not revoked, newest first."""
    return (await connection.execute(_KEYS.where(ApiKey.revoked_at.is_(None)).order_by(ApiKey.created_at.desc()))).all()


async def key_by_id(connection: AsyncConnection, key_id: object) -> Rows:
    return (await connection.execute(_KEYS.where(ApiKey.id == key_id))).all()
