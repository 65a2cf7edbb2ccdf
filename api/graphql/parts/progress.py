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
from domain.orders.status import Code, MoveFacts, Verdict, moves_from, verdicts
from domain.reads.access_rows import all_roles
from domain.reads.order_rows import history_of, notes_of
from domain.reads.rows import Rows

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
            version=row.version,
        ),
    )
    for order in orders:
        order.notes = found[order.key]


async def next_actions(
    context: Context, connection: AsyncConnection, orders: Sequence[Order], below: Selection
) -> None:
    """Every move from where the order is, as the status table decides it for this caller."""
    facts = await load_many_facts(connection, [order.key for order in orders], context.actor)
    decided = {key: verdicts(known) for key, known in facts.items()}
    forbidden = any(one.code is Code.FORBIDDEN for found in decided.values() for one in found)
    roles = await all_roles(connection) if forbidden else []
    for order in orders:
        order.next_actions = [_action(facts[order.key], one, roles) for one in decided[order.key]]


def _action(facts: MoveFacts, verdict: Verdict, roles: Rows) -> NextAction:
    """A move; one that needs a permission names the roles that have it."""
    unlocked_by = verdict.unlocked_by
    if verdict.code is Code.FORBIDDEN:
        needed = moves_from(facts)[verdict.to].permission
        titles = ", ".join(role.title for role in roles if needed in role.permissions)
        unlocked_by = f"{unlocked_by} ({titles})" if titles else unlocked_by
    return NextAction(
        to=order_status(verdict.to), allowed=verdict.allowed, reason=verdict.reason, unlocked_by=unlocked_by
    )


async def lacking(context: Context, connection: AsyncConnection, orders: Sequence[Order], below: Selection) -> None:
    """What is missing now of orders that reserved nothing yet."""
    facts = await load_many_facts(connection, [order.key for order in orders], context.actor)
    for order in orders:
        order.lacking = [
            MissingStock(sku=one.sku, ordered=plain(one.ordered), available=plain(one.available))
            for one in facts[order.key].missing
        ]
