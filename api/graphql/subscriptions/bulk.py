"""Following a run of an action on many orders."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import strawberry

from api.graphql.change import id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.parts.bulk import find_run
from api.graphql.types.bulk import BulkRun
from api.live.follow import follow
from domain.bulk.models import RunState
from domain.changes.cursor import encode
from domain.changes.feed import Event
from domain.changes.models import BULK_RUN
from domain.kernel.actor import Permission

AT_MOST_EVERY = 0.25


async def _run_changed(info: Info, id: strawberry.ID) -> AsyncGenerator[BulkRun, None]:
    context, run_id = info.context, id_of(id, "bulk run")
    database, tail = context.database, context.services.live.tail

    def wanted(event: Event) -> bool:
        return event.kind == BULK_RUN and event.subject_id == run_id

    async with tail.following():
        # From before the run is first read: what happens in between is told once more.
        here = encode(tail.epoch, tail.head)
        async with aclosing(follow(tail, context.services.database, here, wanted)) as parts:
            while True:
                async with database.read() as connection:
                    run = await find_run(context, connection, run_id)
                yield run
                if run.state is not RunState.RUNNING:
                    return
                await asyncio.sleep(AT_MOST_EVERY)
                await anext(parts)


_field = root(
    _run_changed,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_VIEW,
    subscription=True,
    description=(
        "A run of ordersBulk: at once, then as it gets on, at most four times a second; complete when it has ended. An "
        "id that is none is an error NOT_FOUND."
    ),
)


@strawberry.type
class BulkSubscriptions:
    bulk_run_changed: BulkRun = _field
