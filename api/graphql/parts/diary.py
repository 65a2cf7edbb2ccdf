"""Makes entries of the diary of rows, with every part that the selection asks for."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from api.graphql.context import Context
from api.graphql.lookahead import Selection
from api.graphql.types.channel import Channel
from api.graphql.types.diary import DiaryEntry
from api.graphql.types.ids import gid
from api.graphql.types.order import Order
from domain.reads import diary_page
from domain.reads.rows import AnyRow

from .orders import orders_by_key
from .people import channels_by_key


async def make_entries(
    context: Context, connection: AsyncConnection, rows: Sequence[AnyRow], inside: Selection
) -> list[DiaryEntry]:
    """The entries of these rows, in their order."""
    orders: dict[Any, Order] = {}
    if "order" in inside:
        ids = [row.order_id for row in rows if row.order_id is not None]
        orders = await orders_by_key(context, connection, ids, inside["order"])
    channels: dict[Any, Channel] = {}
    if "channel" in inside:
        channels = await channels_by_key(context, connection, [row.channel_id for row in rows], inside["channel"])
    waiting = {}
    if "waiting" in inside and rows:
        waiting = await diary_page.waiting_for(connection, list({row.cause for row in rows}))
    return [
        _entry(row, channels.get(row.channel_id), orders.get(row.order_id), waiting.get((row.cause, row.channel_id), 0))
        for row in rows
    ]


def _entry(row: AnyRow, channel: Channel | None, order: Order | None, waiting: int) -> DiaryEntry:
    return DiaryEntry(
        key=row.id,
        id=gid(row.id),
        at=row.at,
        channel=channel,  # type: ignore[arg-type]  # missing only where it is not selected
        direction=row.direction.value,
        cause=row.cause,
        message=row.message,
        remedy=row.remedy,
        state=row.state,
        external_id=row.external_id,
        order=order,
        waiting=waiting,
        resolved_at=row.resolved_at,
    )
