"""Makes changes of the feed's events, with the orders and entries that the selection asks for."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from api.graphql.context import Context
from api.graphql.lookahead import Selection
from api.graphql.types.changes import Change
from api.graphql.types.diary import DiaryEntry
from api.graphql.types.ids import gid_or_none
from api.graphql.types.order import Order, order_status
from domain.changes.cursor import encode
from domain.changes.feed import Event
from domain.changes.models import DIARY
from domain.reads.diary_page import entries_by_id

from .diary import make_entries
from .orders import orders_by_key


async def make_changes(
    context: Context, connection: AsyncConnection, epoch: UUID, events: Sequence[Event], inside: Selection
) -> list[Change]:
    """The changes, in the feed's order. Their orders are read once for all of them."""
    orders: dict[UUID, Order] = {}
    if "order" in inside:
        ids = [event.order_id for event in events if event.order_id is not None]
        orders = await orders_by_key(context, connection, ids, inside["order"])
    entries: dict[UUID, DiaryEntry] = {}
    if "entry" in inside:
        wanted = {event.subject_id for event in events if event.kind in DIARY and event.subject_id is not None}
        rows = await entries_by_id(connection, sorted(wanted)) if wanted else []
        entries = {entry.key: entry for entry in await make_entries(context, connection, rows, inside["entry"])}
    return [_change(epoch, event, orders, entries) for event in events]


def _change(epoch: UUID, event: Event, orders: dict[UUID, Order], entries: dict[UUID, DiaryEntry]) -> Change:
    entry_id = event.subject_id if event.kind in DIARY else None
    return Change(
        cursor=encode(epoch, event.place),
        at=event.at,
        kind=event.kind,
        order_id=gid_or_none(event.order_id),
        seq=event.seq,
        from_status=None if event.from_status is None else order_status(event.from_status),
        to_status=None if event.to_status is None else order_status(event.to_status),
        order=None if event.order_id is None else orders.get(event.order_id),
        entry_id=gid_or_none(entry_id),
        entry=None if entry_id is None else entries.get(entry_id),
    )
