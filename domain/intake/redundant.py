"""Of several items that wait for the same order only the newest needs to: the others say nothing that it does not.

A store tells each order twice, by two webhooks and again by poll; an order that waits for a SKU is one thing to mend.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

# The import holds the lock of the external order, so that of two that come at once the second sees the first.
_REDUNDANT = text("""
    SELECT old.id, old.channel_id, old.external_id, bool_or(old.version < new.version) AS older
    FROM inbox AS fresh
    JOIN inbox AS old ON old.channel_id = fresh.channel_id AND old.external_id = fresh.external_id
    JOIN inbox AS new ON new.channel_id = fresh.channel_id AND new.external_id = fresh.external_id
    WHERE fresh.id = ANY(:items) AND old.state = 'waiting' AND new.state = 'waiting' AND old.id <> new.id
        AND (old.version < new.version
            OR old.version IS NOT DISTINCT FROM new.version AND old.body = new.body AND new.id < old.id)
    GROUP BY old.id, old.channel_id, old.external_id
""").bindparams(bindparam("items", type_=ARRAY(Uuid())))


async def redundant_items(session: AsyncSession, waiting: Collection[UUID]) -> list[Row[Any]]:
    """The items beside (or among) these waiting ones that need not wait: `older`, or the same state told again."""
    return list((await session.execute(_REDUNDANT, {"items": list(waiting)})).all())
