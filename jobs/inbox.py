"""Loading inbox items for the intake's handlers."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from domain.intake.models import InboxItem

from .reading import Item
from .runtime import Runtime

_COLUMNS = select(
    InboxItem.id,
    InboxItem.channel_id,
    InboxItem.courier_account_id,
    InboxItem.source,
    InboxItem.state,
    InboxItem.received_at,
    InboxItem.headers,
    InboxItem.body,
    InboxItem.verified,
    InboxItem.external_id,
    InboxItem.version,
    InboxItem.correlation_id,
)


async def load_items(runtime: Runtime, ids: Collection[UUID]) -> dict[UUID, Item]:
    """The items by id; those that are gone are left out."""
    async with runtime.database.read() as connection:
        rows = await connection.execute(_COLUMNS.where(InboxItem.id.in_(ids)))
        return {row.id: Item(**row._mapping) for row in rows}
