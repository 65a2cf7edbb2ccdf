"""Roles, keys and teams, as rows: each function is one statement. The lists are short by their limits."""

from sqlalchemy import func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.access.models import ApiKey, ApiKeyUse, Role
from domain.channels.models import Channel
from domain.teams.models import Team, TeamChannel

from .rows import Rows

_ROLES = select(Role.id, Role.slug, Role.title, Role.permissions, Role.version)
_KEYS = (
    select(ApiKey.id, ApiKey.name, ApiKey.permissions, ApiKey.roles, ApiKey.created_by)
    .add_columns(ApiKey.created_at, ApiKey.expires_at, ApiKey.revoked_at, ApiKey.hint, ApiKey.old_until)
    .add_columns(ApiKey.seller, ApiKey.own_orders_only, Team.slug.label("team"), ApiKeyUse.at.label("used_at"))
    .outerjoin(Team, Team.id == ApiKey.team_id)
    .outerjoin(ApiKeyUse, ApiKeyUse.key_id == ApiKey.id)
)
_CHANNELS = aggregate_order_by(Channel.slug, Channel.slug)
_THEIRS = (
    select(func.coalesce(func.array_agg(_CHANNELS), literal_column("'{}'")))
    .join(TeamChannel, TeamChannel.channel_id == Channel.id)
    .where(TeamChannel.team_id == Team.id)
    .correlate(Team)
    .scalar_subquery()
)
_TEAMS = select(Team.id, Team.slug, Team.title, Team.version, _THEIRS.label("channels"))


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


async def all_teams(connection: AsyncConnection) -> Rows:
    """Every team with the slugs of its channels, by its title."""
    return (await connection.execute(_TEAMS.order_by(Team.title, Team.slug))).all()


async def team_by_id(connection: AsyncConnection, team_id: object) -> Rows:
    return (await connection.execute(_TEAMS.where(Team.id == team_id))).all()
