"""Following the sync diary."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import strawberry

from api.graphql.context import Info, selected
from api.graphql.fields import Rows, root
from api.graphql.parts.changes import in_view, make_diary_changes
from api.graphql.queries.changes import channels_named
from api.graphql.types.changes import DiaryChange
from api.live.follow import follow
from domain.changes.feed import Event
from domain.changes.models import DIARY
from domain.kernel.actor import Permission
from domain.kernel.refusals import invalid

MOST_NAMED = 50


async def _diary_changed(
    info: Info, channel: list[str] | None = None, after: str | None = None
) -> AsyncGenerator[DiaryChange, None]:
    context, inside = info.context, selected(info)
    if channel is not None and len(channel) > MOST_NAMED:
        raise invalid(("channel",), "TOO_MANY", f"Name at most {MOST_NAMED}; this names {len(channel)}.")
    database, tail = context.database, context.services.live.tail
    async with database.read() as connection:
        channels = await channels_named(connection, channel)

    def wanted(event: Event) -> bool:
        return event.kind in DIARY and (channels is None or event.channel_id in channels)

    async with aclosing(follow(tail, database, context.resume_after or after, wanted)) as parts:
        async for events in parts:
            async with database.read() as connection:
                events = await in_view(context, connection, events)
                changes = await make_diary_changes(context, connection, tail.epoch, events, inside)
            for change in changes:
                yield change


_diary_field = root(
    _diary_changed,
    rows=Rows.SCOPED,
    permission=Permission.SYNC_VIEW,
    subscription=True,
    description=(
        "Entries of the diary as they are opened, changed or settled, each change once, after a cursor (null: from "
        "now on). `channel`: slugs, at most 50."
    ),
)


@strawberry.type
class DiarySubscriptions:
    diary_changed: DiaryChange = _diary_field
