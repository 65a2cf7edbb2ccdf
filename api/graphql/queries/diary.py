"""Reading the sync diary."""

import strawberry

from api.graphql.context import Info, selected
from api.graphql.fields import Rows, root
from api.graphql.lookahead import below
from api.graphql.parts.diary import make_entries
from api.graphql.parts.order_filter import NOBODY
from api.graphql.queries.orders import DEFAULT_PAGE, page_info
from api.graphql.types.diary import DiaryConnection, DiaryEdge, DiaryFilter
from domain.kernel.actor import Permission
from domain.reads import diary_page, keyset
from domain.reads.channel_rows import channel_ids


async def _diary(
    info: Info, first: int | None = DEFAULT_PAGE, after: str | None = None, filter: DiaryFilter | None = None
) -> DiaryConnection:
    context, asked = info.context, selected(info)
    window = keyset.window(diary_page.NEWEST, first=first, after=after, last=None, before=None)
    inside = below(asked, "edges", "node")
    asked_for = filter or DiaryFilter()
    async with context.read() as connection:
        channels = None
        if asked_for.channel:
            channels = tuple(await channel_ids(connection, asked_for.channel)) or (NOBODY,)
        where = diary_page.DiaryFilter(
            state=tuple(one.value for one in asked_for.state) if asked_for.state else None,
            channel_id=channels,
            cause=asked_for.cause,
        )
        page = await diary_page.diary_page(connection, window, where)
        nodes = await make_entries(context, connection, page.rows, inside)
    cursors = [keyset.encode(diary_page.NEWEST, row.at, row.id) for row in page.rows]
    return DiaryConnection(
        edges=[DiaryEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        page_info=page_info(page, window, cursors, near=window.place is not None),
    )


_diary_field = root(
    _diary,
    rows=Rows.SCOPED,
    permission=Permission.SYNC_VIEW,
    paged=True,
    description="The sync diary, newest first; 1 to 200 entries at a time.",
)


@strawberry.type
class DiaryQueries:
    diary: DiaryConnection = _diary_field
