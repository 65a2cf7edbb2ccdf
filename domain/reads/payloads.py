"""What arrived, raw, as an entry of the diary is about it."""

from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.diary.models import DiaryEntry
from domain.intake.models import InboxItem

from .rows import AnyRow

_PAYLOAD = (
    select(InboxItem.__table__)
    .join(DiaryEntry, DiaryEntry.item_id == InboxItem.id)
    .where(DiaryEntry.id == bindparam("entry"))
)


async def payload_of_entry(connection: AsyncConnection, entry_id: UUID) -> AnyRow | None:
    """The item with its body; None where there is no such entry, or it is about nothing that arrived."""
    return (await connection.execute(_PAYLOAD, {"entry": entry_id})).first()
