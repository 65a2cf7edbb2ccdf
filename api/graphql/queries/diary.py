"""Reading the sync diary."""

from typing import Any

import strawberry

from api.graphql.context import Info, selected
from api.graphql.fields import root
from api.graphql.lookahead import below
from api.graphql.parts.order_filter import NOBODY
from api.graphql.parts.orders import orders_by_key
from api.graphql.parts.people import channels_by_key
from api.graphql.queries.orders import DEFAULT_PAGE, page_info
from api.graphql.types.channel import Channel
from api.graphql.types.diary import DiaryConnection, DiaryEdge, DiaryEntry, DiaryFilter
from api.graphql.types.ids import gid
from api.graphql.types.order import Order
from domain.kernel.actor import Permission
from domain.reads import diary_page, keyset
from domain.reads.channel_rows import channel_ids
from domain.reads.rows import AnyRow


async def _diary(
    info: Info, first: int | None = DEFAULT_PAGE, after: str | None = None, filter: DiaryFilter | None = None
) -> DiaryConnection:
    context, asked = info.context, selected(info)
    window = keyset.window(diary_page.NEWEST, first=first, after=after, last=None, before=None)
    inside = below(asked, "edges", "node")
    asked_for = filter or DiaryFilter()
    async with context.services.database.read() as connection:
        channels = None
        if asked_for.channel:
            channels = tuple(await channel_ids(connection, asked_for.channel)) or (NOBODY,)
        where = diary_page.DiaryFilter(
            state=tuple(one.value for one in asked_for.state) if asked_for.state else None,
            channel_id=channels,
            cause=asked_for.cause,
        )
        page = await diary_page.diary_page(connection, window, where)
        rows = page.rows
        orders: dict[Any, Order] = {}
        if "order" in inside:
            ids = [row.order_id for row in rows if row.order_id is not None]
            orders = await orders_by_key(context, connection, ids, inside["order"])
        found: dict[Any, Channel] = {}
        if "channel" in inside:
            found = await channels_by_key(context, connection, [row.channel_id for row in rows], inside["channel"])
        waiting = {}
        if "waiting" in inside and rows:
            waiting = await diary_page.waiting_for(connection, list({row.cause for row in rows}))
    cursors = [keyset.encode(diary_page.NEWEST, row.at, row.id) for row in rows]
    return DiaryConnection(
        edges=[
            DiaryEdge(
                cursor=cursor,
                node=_entry(
                    row,
                    found.get(row.channel_id),
                    orders.get(row.order_id),
                    waiting.get((row.cause, row.channel_id), 0),
                ),
            )
            for cursor, row in zip(cursors, rows, strict=True)
        ],
        page_info=page_info(page, window, cursors, near=window.place is not None),
    )


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


_diary_field = root(
    _diary,
    permission=Permission.SYNC_VIEW,
    paged=True,
    description="The sync diary, newest first; 1 to 200 entries at a time.",
)


@strawberry.type
class DiaryQueries:
    diary: DiaryConnection = _diary_field
