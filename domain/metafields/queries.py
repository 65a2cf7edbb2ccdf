"""Declared fields."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from .models import MetafieldDefinition, Owner
from .rules import Field

_D = MetafieldDefinition
_FIELDS = select(_D.key, _D.kind, _D.choices, _D.filterable, _D.permission).where(_D.retired_at.is_(None))


async def fields_of(connection: AsyncSession | AsyncConnection, owner: Owner) -> dict[str, Field]:
    """The fields of an owner that are in use, by key."""
    rows = await connection.execute(_FIELDS.where(_D.owner == owner))
    return {row.key: Field(row.key, row.kind, tuple(row.choices), row.filterable, row.permission) for row in rows}
