"""Reading roles, keys and teams."""

import strawberry

from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.access import ApiKey, Role, make_key, make_role
from api.graphql.types.team import Team, make_team
from domain.kernel.actor import Permission
from domain.reads import access_rows


async def _roles(info: Info) -> list[Role]:
    async with info.context.read() as connection:
        return [make_role(row) for row in await access_rows.all_roles(connection)]


async def _api_keys(info: Info) -> list[ApiKey]:
    async with info.context.read() as connection:
        return [make_key(row) for row in await access_rows.keys_in_force(connection)]


async def _teams(info: Info) -> list[Team]:
    async with info.context.read() as connection:
        return [make_team(row) for row in await access_rows.all_teams(connection)]


_teams_field = root(_teams, permission=Permission.ACCESS_VIEW, size=20, description="All teams, by title; at most 200.")
_roles_field = root(
    _roles, rows=Rows.NONE, permission=Permission.ACCESS_VIEW, size=20, description="All roles, by title; at most 200."
)
_api_keys_field = root(
    _api_keys,
    permission=Permission.ACCESS_VIEW,
    size=20,
    description="The keys that are not revoked, newest first; about 200 at most. Their secrets are kept nowhere.",
)


@strawberry.type
class AccessQueries:
    roles: list[Role] = _roles_field
    api_keys: list[ApiKey] = _api_keys_field
    teams: list[Team] = _teams_field
