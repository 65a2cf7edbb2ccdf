"""Throwing away what arrived, but for what proves what became of it (spec SEC-4)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.clock import utc_now

from .models import InboxItem, InboxState

PURGED: Mapping[str, Any] = {"body": b"", "headers": {}}
SETTLED = tuple(state for state in InboxState if state not in (InboxState.RECEIVED, InboxState.WAITING))


async def purge_items(session: AsyncSession, item_ids: Sequence[UUID]) -> None:
    """Throws the bodies of these items away, if they are settled."""
    if item_ids:
        await session.execute(
            update(InboxItem)
            .where(InboxItem.id.in_(item_ids), InboxItem.state.in_(SETTLED))
            .values(**PURGED, purged_at=utc_now()),
            execution_options={"synchronize_session": False},
        )
