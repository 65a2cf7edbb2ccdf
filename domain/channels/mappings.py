"""Setting the meaning of a channel's words."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from .models import ChannelMapping
from .rules import MappingEntry


async def save_mappings(session: AsyncSession, channel_id: UUID, entries: Sequence[MappingEntry]) -> None:
    """Writes the entries over those that are there for the same words."""
    if not entries:
        return
    statement = insert(ChannelMapping)
    last = {(entry.kind, entry.source): entry for entry in entries}
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["channel_id", "kind", "source"], set_={"target": statement.excluded.target}
        ),
        [
            {"channel_id": channel_id, "kind": entry.kind, "source": entry.source, "target": entry.target}
            for entry in last.values()
        ],
    )
