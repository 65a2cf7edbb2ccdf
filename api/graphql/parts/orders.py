"""Makes orders of rows, with every part that the selection asks for."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from api.graphql.blueprint import Plan
from api.graphql.context import Context
from api.graphql.lookahead import Selection
from api.graphql.types.order import ORDER, Order
from domain.reads.order_rows import orders_by_id
from domain.reads.rows import Rows

from . import approvals, back_orders, documents, lines, metafields, money, people, progress, shipments

Part: TypeAlias = Callable[[Context, AsyncConnection, Sequence[Order], Selection], Awaitable[None]]

PARTS: Mapping[str, Part] = {
    "customer": people.customers,
    "channel": people.channels,
    "charges": money.charges,
    "discounts": money.discounts,
    "payments": money.payments,
    "due": money.balances,
    "overpaid": money.balances,
    "history": progress.history,
    "notes": progress.notes,
    "approval": approvals.approval,
    "metafields": metafields.of_orders,
    "nextActions": progress.next_actions,
    "lacking": progress.lacking,
    "deliveryNotes": documents.delivery_notes,
    "packingLists": documents.packing_lists,
    "invoices": documents.invoices,
    "shipments": shipments.shipments,
    "shortages": back_orders.shortages,
    "backOrdered": back_orders.back_ordered,
}
"""Fields of Order and what fills them in; `lines` is apart, since it must be of the same version as its order."""

_ATTEMPTS = 20
"""More than a writer can get ahead of: each of his changes is a transaction, each of our attempts two reads."""


def order_plan(selection: Selection) -> Plan[Order]:
    """The columns of orders that a selection asks for."""
    return ORDER.select(selection)


async def make_orders(context: Context, connection: AsyncConnection, rows: Rows, selection: Selection) -> list[Order]:
    """The orders of these rows (read by `order_plan`'s columns), in their order, with all that is selected.

    An order that was changed between the reading of its row and of its lines is read again, so that its totals and
    its lines are those of one version.
    """
    plan = order_plan(selection)
    orders = [plan.make(row) for row in rows]
    if "lines" in selection and orders:
        for attempt in range(1, _ATTEMPTS + 1):
            changed = await lines.fill(connection, orders, selection["lines"])
            if not changed or attempt == _ATTEMPTS:
                break
            fresh = await orders_by_id(connection, plan.columns, changed)
            again = {row[0]: plan.make(row) for row in fresh}
            orders = [again.get(order.key, order) for order in orders]
    if orders:
        asked = {fill: selection[name] for name, fill in PARTS.items() if name in selection}
        for fill, below in asked.items():
            await fill(context, connection, orders, below)
    return orders


async def orders_by_key(
    context: Context, connection: AsyncConnection, ids: Sequence[UUID], selection: Selection
) -> dict[UUID, Order]:
    """Orders by their ids, each once."""
    wanted = list(dict.fromkeys(ids))
    rows = await orders_by_id(connection, order_plan(selection).columns, wanted) if wanted else []
    return {order.key: order for order in await make_orders(context, connection, rows, selection)}
