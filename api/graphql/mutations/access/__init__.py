"""Mutations of roles and keys, one file each."""

import strawberry

from api.graphql.types.access import ApiKeyCreateResult, ApiKeyResult, RoleResult

from .api_key_create import field as _api_key_create
from .api_key_revoke import field as _api_key_revoke
from .role_upsert import field as _role_upsert


@strawberry.type
class AccessMutations:
    role_upsert: RoleResult = _role_upsert
    api_key_create: ApiKeyCreateResult = _api_key_create
    api_key_revoke: ApiKeyResult = _api_key_revoke
