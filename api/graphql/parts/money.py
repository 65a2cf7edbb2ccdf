"""What an order costs beside its lines, and what was paid."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from api.graphql.context import Context
from api.graphql.lookahead import Selection
from api.graphql.types.ids import gid, gid_or_none
from api.graphql.types.money import money
from api.graphql.types.order import ChargeKind, Order, OrderCharge, OrderDiscount
from api.graphql.types.payment import Payment, PaymentFlow
from domain.kernel.money import ZERO
from domain.payments.rules import due
from domain.reads import order_rows

from .grouping import grouped


async def charges(context: Context, connection: AsyncConnection, orders: Sequence[Order], below: Selection) -> None:
    rows = await order_rows.charges_of(connection, [order.key for order in orders])
    found = grouped(
        rows,
        lambda row: OrderCharge(
            id=gid(row.id),
            kind=ChargeKind(row.kind),
            title=row.title,
            amount=money(row.amount, row.currency),
            tax=money(row.tax, row.currency),
        ),
    )
    for order in orders:
        order.charges = found[order.key]


async def discounts(context: Context, connection: AsyncConnection, orders: Sequence[Order], below: Selection) -> None:
    rows = await order_rows.discounts_of(connection, [order.key for order in orders])
    found = grouped(
        rows,
        lambda row: OrderDiscount(
            id=gid(row.id),
            code=row.code,
            amount=money(row.amount, row.currency),
            rule_id=gid_or_none(row.rule_id),
            voucher=row.voucher,
        ),
    )
    for order in orders:
        order.discounts = found[order.key]


async def payments(context: Context, connection: AsyncConnection, orders: Sequence[Order], below: Selection) -> None:
    rows = await order_rows.payments_of(connection, [order.key for order in orders])
    found = grouped(
        rows,
        lambda row: Payment(
            id=gid(row.id),
            flow=PaymentFlow(row.flow),
            amount=money(row.amount, row.currency),
            method=row.method,
            reference=row.reference,
            note=row.note,
            at=row.at,
            actor=row.actor,
            voided=row.voided,
            reverses=gid_or_none(row.reverses),
        ),
    )
    for order in orders:
        order.payments = found[order.key]


async def balances(context: Context, connection: AsyncConnection, orders: Sequence[Order], below: Selection) -> None:
    """What is still due, and what came in beyond the total."""
    rows = {row.id: row for row in await order_rows.balances_of(connection, [order.key for order in orders])}
    for order in orders:
        row = rows[order.key]
        order.due = money(due(row.total, row.paid, row.refunded), row.currency)
        order.overpaid = money(max(row.paid - row.refunded - row.total, ZERO), row.currency)
