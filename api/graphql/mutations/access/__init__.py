"""Mutations of roles, keys and teams, one file each."""

import strawberry

from api.graphql.types.access import ApiKeyCreateResult, ApiKeyResult, ApiKeyRotateResult, RoleResult
from api.graphql.types.team import TeamRemoveResult, TeamResult

from .api_key_create import field as _api_key_create
from .api_key_revoke import field as _api_key_revoke
from .api_key_rotate import field as _api_key_rotate
from .role_upsert import field as _role_upsert
from .team_remove import field as _team_remove
from .team_upsert import field as _team_upsert


@strawberry.type
class AccessMutations:
    role_upsert: RoleResult = _role_upsert
    api_key_create: ApiKeyCreateResult = _api_key_create
    api_key_revoke: ApiKeyResult = _api_key_revoke
    api_key_rotate: ApiKeyRotateResult = _api_key_rotate
    team_upsert: TeamResult = _team_upsert
    team_remove: TeamRemoveResult = _team_remove
