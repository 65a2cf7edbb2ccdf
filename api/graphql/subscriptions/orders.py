"""Following orders."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from uuid import UUID

import strawberry
from sqlalchemy.ext.asyncio import AsyncConnection

from api.graphql.context import Info, selected
from api.graphql.fields import Rows, root
from api.graphql.parts.changes import in_view, make_order_changes
from api.graphql.queries.changes import channels_named
from api.graphql.types.changes import OrderChange, OrderChangeFilter
from api.live.follow import follow
from domain.changes.feed import Event
from domain.kernel.actor import Permission
from domain.kernel.ids import parse_id
from domain.kernel.refusals import Invalid, Problem
from domain.orders.status import Status
from domain.reads.order_rows import statuses_by_id

MOST_IDS = 200
MOST_NAMED = 50


async def _order_changed(
    info: Info,
    ids: list[strawberry.ID] | None = None,
    filter: OrderChangeFilter | None = None,
    after: str | None = None,
) -> AsyncGenerator[OrderChange, None]:
    context, inside, asked_for = info.context, selected(info), filter or OrderChangeFilter()
    problems = _problems(ids, asked_for)
    if problems:
        raise Invalid(problems)
    database = context.database
    orders = None if ids is None else frozenset(key for one in ids if (key := parse_id(one)) is not None)
    kinds = frozenset(asked_for.kinds) if asked_for.kinds else None
    statuses = frozenset(one.value for one in asked_for.status) if asked_for.status else None
    async with database.read() as connection:
        channels = await channels_named(connection, asked_for.channel)

    def wanted(event: Event) -> bool:
        return (
            event.order_id is not None
            and event.seq is not None
            and (orders is None or event.order_id in orders)
            and (kinds is None or event.kind in kinds)
            and (channels is None or event.channel_id in channels)
        )

    tail = context.services.live.tail
    async with aclosing(follow(tail, database, context.resume_after or after, wanted)) as parts:
        async for events in parts:
            async with database.read() as connection:
                events = await in_view(context, connection, events)
                if statuses is not None:
                    events = await _of_status(connection, events, statuses)
                changes = await make_order_changes(context, connection, tail.epoch, events, inside)
            for change in changes:
                yield change


async def _of_status(
    connection: AsyncConnection, events: Sequence[Event], statuses: frozenset[Status]
) -> Sequence[Event]:
    """Changes of orders that are in one of these, or were until this change."""
    now: dict[UUID, Status] = await statuses_by_id(connection, [one.order_id for one in events if one.order_id])
    return [
        event
        for event in events
        if event.from_status in statuses or (event.order_id is not None and now.get(event.order_id) in statuses)
    ]


def _problems(ids: list[strawberry.ID] | None, asked_for: OrderChangeFilter) -> list[Problem]:
    given = {
        ("ids",): (ids, MOST_IDS),
        ("filter", "channel"): (asked_for.channel, MOST_NAMED),
        ("filter", "kinds"): (asked_for.kinds, MOST_NAMED),
    }
    return [
        Problem(path, "TOO_MANY", f"Name at most {most}; this names {len(named)}.")
        for path, (named, most) in given.items()
        if named is not None and len(named) > most
    ]


_order_changed_field = root(
    _order_changed,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_VIEW,
    subscription=True,
    description=(
        "Orders as they change: every event of their histories, each once, after a cursor (null: from now on). `ids`: "
        "these orders, at most 200. The order is told as it is when the answer is made, which may be newer than the "
        "change."
    ),
)


@strawberry.type
class OrdersSubscriptions:
    order_changed: OrderChange = _order_changed_field
