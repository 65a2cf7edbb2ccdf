"""Following the feed from a place on: what was missed comes first, from the database; then what happens."""

from collections.abc import AsyncGenerator, Callable, Sequence

from domain.changes import feed
from domain.changes.feed import Event
from domain.kernel.database import Database

from .tail import PART, Tail


async def follow(
    tail: Tail, database: Database, after: str | None, wanted: Callable[[Event], bool]
) -> AsyncGenerator[Sequence[Event], None]:
    """The changes that are wanted after a cursor (None: from now on), some at a time, without end.

    To be closed with `aclose()`. Raises `Invalid` for what is no cursor, `CursorExpired` for one that is too old, also
    when a follower who is very slow has become that.
    """
    async with tail.following():
        place = tail.head
        epoch = tail.epoch
        if after is not None:
            async with database.read() as connection:
                epoch, place = await feed.place_of(connection, after)
        while True:
            events = tail.since(place)
            if events is None:
                async with database.read() as connection:
                    events = await feed.read_page(connection, epoch, place, PART)
            if not events:
                await tail.moved(place)
                continue
            place = events[-1].place
            chosen = [event for event in events if wanted(event)]
            if chosen:
                yield chosen
