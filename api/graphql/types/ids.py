"""Ids as the API writes them."""

from uuid import UUID

import strawberry


def gid(key: UUID) -> strawberry.ID:
    return strawberry.ID(str(key))


def gid_or_none(key: UUID | None) -> strawberry.ID | None:
    return None if key is None else gid(key)
