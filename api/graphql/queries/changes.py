"""Reading the change feed."""

from uuid import UUID

import strawberry
from sqlalchemy.ext.asyncio import AsyncConnection

from api.graphql.change import refused
from api.graphql.context import Info, selected
from api.graphql.fields import Rows, root
from api.graphql.lookahead import below
from api.graphql.parts.changes import make_changes
from api.graphql.types.changes import ChangePage, ChangesResult
from domain.changes import feed
from domain.changes.cursor import encode
from domain.changes.models import BULK_RUN, DIARY
from domain.kernel.actor import Actor, Permission
from domain.kernel.refusals import Refusal, invalid
from domain.reads.channel_rows import channel_ids
from domain.reads.keyset import MAX_PAGE

DEFAULT_PART = 50
MOST_KINDS = 50
_LOOKED_AT = 1_000
"""How many changes one request looks at, where a filter passes most of them over."""


async def _changes(
    info: Info,
    after: str | None = None,
    first: int = DEFAULT_PART,
    kinds: list[str] | None = None,
    channel: list[str] | None = None,
) -> ChangesResult:
    context, inside = info.context, below(selected(info), "changes")
    try:
        if not 1 <= first <= MAX_PAGE:
            raise invalid(("first",), "OUT_OF_RANGE", f"first is {first}: ask for 1 to {MAX_PAGE} at a time.")
        if kinds is not None and len(kinds) > MOST_KINDS:
            raise invalid(("kinds",), "TOO_MANY", f"Name at most {MOST_KINDS} kinds.")
        async with context.read() as connection:
            epoch, place = await feed.place_of(connection, after)
            look_at = first if not kinds and not channel else max(first, _LOOKED_AT)
            events = await feed.read_page(connection, epoch, place, look_at)
            chosen = feed.wanted(events, frozenset(kinds) if kinds else None, await channels_named(connection, channel))
            chosen = [event for event in chosen if visible(context.actor, event)][:first]
            made = await make_changes(context, connection, epoch, chosen, inside)
    except Refusal as refusal:
        answer: ChangesResult = refused(info, refusal)
        return answer
    cut = len(chosen) == first
    end = chosen[-1].place if cut else events[-1].place if events else place
    return ChangePage(changes=made, end_cursor=encode(epoch, end), has_more=cut or len(events) == look_at)


def visible(actor: Actor, event: feed.Event) -> bool:
    """Whether a caller sees this in the feed: what is said of the diary is for those who may see the diary."""
    if event.kind in DIARY:
        return actor.may(Permission.SYNC_VIEW)
    return event.kind != BULK_RUN


async def channels_named(connection: AsyncConnection, slugs: list[str] | None) -> frozenset[UUID] | None:
    """The ids of the channels of these slugs; None where none is named. A slug that no channel has finds nothing."""
    return frozenset(await channel_ids(connection, slugs)) if slugs else None


async def _cursor(info: Info) -> str:
    async with info.context.read() as connection:
        start = await feed.start_of(connection)
        return encode(start.epoch, await feed.now(connection))


_changes_field = root(
    _changes,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_VIEW,
    paged=True,
    description=(
        "What happened, oldest first, after a cursor (null: from the oldest that is kept): each change once, none "
        "left out, none late. `first` is 1 to 200, `kinds` at most 50, `channel` slugs. Changes are kept for 7 days "
        "unless set otherwise; after that CursorExpired. What happens in the diary shows to those with sync.view."
    ),
)
_cursor_field = root(
    _cursor,
    rows=Rows.NONE,
    permission=Permission.ORDERS_VIEW,
    description="The feed's end now. Take it first, then read what you show, then follow from it: you miss nothing.",
)


@strawberry.type
class ChangesQueries:
    changes: ChangesResult = _changes_field
    changes_cursor: str = _cursor_field
