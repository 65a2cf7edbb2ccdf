"""Makes changes of the feed's events, with the orders and entries that the selection asks for."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from api.graphql.context import Context
from api.graphql.lookahead import Selection
from api.graphql.types.changes import Change, DiaryChange, OrderChange
from api.graphql.types.diary import DiaryEntry
from api.graphql.types.ids import gid, gid_or_none
from api.graphql.types.order import Order, order_status
from domain.changes.cursor import encode
from domain.changes.feed import Event, shown_positions
from domain.changes.models import DIARY
from domain.reads.diary_page import entries_by_id

from .diary import make_entries
from .orders import orders_by_key


async def in_view(context: Context, connection: AsyncConnection, events: Sequence[Event]) -> Sequence[Event]:
    """Those that the caller may see. The end of the feed is read for everybody at once, so they are looked up again."""
    if context.actor.scope.everything or not events:
        return events
    shown = await shown_positions(connection, [event.place.position for event in events])
    return [event for event in events if event.place.position in shown]


async def make_changes(
    context: Context, connection: AsyncConnection, epoch: UUID, events: Sequence[Event], inside: Selection
) -> list[Change]:
    """The changes, in the feed's order. Their orders are read once for all of them."""
    orders = await _orders(context, connection, events, inside)
    entries = await _entries(context, connection, events, inside)
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


async def make_order_changes(
    context: Context, connection: AsyncConnection, epoch: UUID, events: Sequence[Event], inside: Selection
) -> list[OrderChange]:
    """Changes of orders, in the feed's order."""
    orders = await _orders(context, connection, events, inside)
    return [
        OrderChange(
            cursor=encode(epoch, event.place),
            at=event.at,
            kind=event.kind,
            order_id=gid(event.order_id),
            seq=event.seq,
            from_status=None if event.from_status is None else order_status(event.from_status),
            to_status=None if event.to_status is None else order_status(event.to_status),
            order=orders.get(event.order_id),  # type: ignore[arg-type]  # missing only where it is not selected
        )
        for event in events
        if event.order_id is not None and event.seq is not None
    ]


async def make_diary_changes(
    context: Context, connection: AsyncConnection, epoch: UUID, events: Sequence[Event], inside: Selection
) -> list[DiaryChange]:
    """Changes of the diary, in the feed's order."""
    entries = await _entries(context, connection, events, inside)
    return [
        DiaryChange(
            cursor=encode(epoch, event.place),
            at=event.at,
            kind=event.kind,
            entry=entries.get(event.subject_id),  # type: ignore[arg-type]  # missing only where it is not selected
        )
        for event in events
        if event.subject_id is not None
    ]


async def _orders(
    context: Context, connection: AsyncConnection, events: Sequence[Event], inside: Selection
) -> dict[UUID, Order]:
    if "order" not in inside:
        return {}
    ids = [event.order_id for event in events if event.order_id is not None]
    return await orders_by_key(context, connection, ids, inside["order"])


async def _entries(
    context: Context, connection: AsyncConnection, events: Sequence[Event], inside: Selection
) -> dict[UUID, DiaryEntry]:
    if "entry" not in inside:
        return {}
    wanted = {event.subject_id for event in events if event.kind in DIARY and event.subject_id is not None}
    rows = await entries_by_id(connection, sorted(wanted)) if wanted else []
    return {entry.key: entry for entry in await make_entries(context, connection, rows, inside["entry"])}
