"""What happened to an order, and what may happen next."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from api.graphql.context import Context
from api.graphql.lookahead import Selection
from api.graphql.types.history import history_entry
from api.graphql.types.ids import gid
from api.graphql.types.money import plain
from api.graphql.types.note import NoteAudience, OrderNote
from api.graphql.types.order import NextAction, Order, order_status
from api.graphql.types.refusals import MissingStock
from domain.flows.facts import load_many_facts
from domain.orders.status import verdicts
from domain.reads.order_rows import history_of, notes_of

from .grouping import grouped


async def history(context: Context, connection: AsyncConnection, orders: Sequence[Order], below: Selection) -> None:
    rows = await history_of(connection, [order.key for order in orders])
    found = grouped(rows, history_entry)
    for order in orders:
        order.history = found[order.key]


async def notes(context: Context, connection: AsyncConnection, orders: Sequence[Order], below: Selection) -> None:
    rows = await notes_of(connection, [order.key for order in orders])
    found = grouped(
        rows,
        lambda row: OrderNote(
            id=gid(row.id),
            audience=NoteAudience(row.audience),
            text=row.text,
            author=row.author,
            at=row.at,
            edited_at=row.edited_at,
        ),
    )
    for order in orders:
        order.notes = found[order.key]


async def next_actions(
    context: Context, connection: AsyncConnection, orders: Sequence[Order], below: Selection
) -> None:
    """Every move from where the order is, as the status table decides it for this caller."""
    facts = await load_many_facts(connection, [order.key for order in orders], context.actor)
    for order in orders:
        order.next_actions = [
            NextAction(to=order_status(one.to), allowed=one.allowed, reason=one.reason, unlocked_by=one.unlocked_by)
            for one in verdicts(facts[order.key])
        ]


async def lacking(context: Context, connection: AsyncConnection, orders: Sequence[Order], below: Selection) -> None:
    """What is missing now of orders that reserved nothing yet."""
    facts = await load_many_facts(connection, [order.key for order in orders], context.actor)
    for order in orders:
        order.lacking = [
            MissingStock(sku=one.sku, ordered=plain(one.ordered), available=plain(one.available))
            for one in facts[order.key].missing
        ]
