"""Orders and what belongs to them, as rows for an answer: each function is one statement, for any number of orders.

The statements are built once. `columns` come from the caller, so that only what was asked for is read.
"""

from collections.abc import Sequence
from enum import Enum
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

from domain.channels.models import Channel
from domain.customers.models import Customer
from domain.orders.models import HistoryEntry, Order, OrderCharge, OrderDiscount, OrderLine, OrderNote
from domain.orders.status import Status
from domain.payments.models import MoneyFlow, Payment

from .rows import AnySelect, Rows

_C = Order.__table__.c
_IDS = any_(bindparam("ids", type_=ARRAY(Uuid())))


class _By(Enum):
    """How orders are found."""

    ID = "id"
    NUMBER = "number"
    EXTERNAL = "external"


@lru_cache(maxsize=256)
def _orders(columns: tuple[str, ...], by: _By) -> AnySelect:
    orders = select(*(_C[name] for name in columns))
    if by is _By.ID:
        return orders.where(_C.id == _IDS)
    if by is _By.NUMBER:
        return orders.where(_C.number == bindparam("number"))
    return (
        orders.join(Channel, Channel.id == _C.channel_id)
        .where(Channel.slug == bindparam("slug"), _C.external_id == bindparam("external"))
        .order_by(_C.created_at)
        .limit(1)
    )


async def orders_by_id(connection: AsyncConnection, columns: tuple[str, ...], ids: Sequence[UUID]) -> Rows:
    """Orders in no particular order; those that do not exist are left out."""
    return (await connection.execute(_orders(columns, _By.ID), {"ids": ids})).all()


_STATUSES = select(_C.id, _C.status).where(_C.id == _IDS)


async def statuses_by_id(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, Status]:
    """The status that orders have now."""
    rows = await connection.execute(_STATUSES, {"ids": list(set(ids))})
    return {row.id: row.status for row in rows}


async def order_by_number(connection: AsyncConnection, columns: tuple[str, ...], number: int) -> Rows:
    """The order of this number, or nothing."""
    return (await connection.execute(_orders(columns, _By.NUMBER), {"number": number})).all()


async def order_by_external(connection: AsyncConnection, columns: tuple[str, ...], channel: str, external: str) -> Rows:
    """The order that a channel (by its slug) knows under this id, or nothing."""
    values = {"slug": channel, "external": external}
    return (await connection.execute(_orders(columns, _By.EXTERNAL), values)).all()


@lru_cache(maxsize=256)
def _lines(columns: tuple[str, ...]) -> AnySelect:
    special = {"order_version": _C.version.label("order_version"), "currency": _C.currency}
    line = OrderLine.__table__.c
    return (
        select(*(special[name] if name in special else line[name] for name in columns))
        .join(Order, _C.id == line.order_id)
        .where(line.order_id == _IDS)
        .order_by(line.order_id, line.position)
    )


async def lines_of(connection: AsyncConnection, columns: tuple[str, ...], orders: Sequence[UUID]) -> Rows:
    """The lines, by position. The column `order_version` is the version of the order whose lines these are: both are
    seen at one moment, so that a reader who has another version knows that the order was changed in between.
    """
    return (await connection.execute(_lines(columns), {"ids": orders})).all()


@lru_cache(maxsize=64)
def _customers(columns: tuple[str, ...]) -> AnySelect:
    customer = Customer.__table__.c
    return select(*(customer[name] for name in columns)).where(customer.id == _IDS)


async def customers_by_id(connection: AsyncConnection, columns: tuple[str, ...], ids: Sequence[UUID]) -> Rows:
    return (await connection.execute(_customers(columns), {"ids": ids})).all()


async def customers_by_email(connection: AsyncConnection, columns: tuple[str, ...], email: str) -> Rows:
    """Oldest first, at most 50; `email` in lower case."""
    customer = Customer.__table__.c
    statement = (
        select(*(customer[name] for name in columns))
        .where(customer.email == bindparam("email"))
        .order_by(customer.created_at, customer.id)
        .limit(50)
    )
    return (await connection.execute(statement, {"email": email})).all()


_CHARGES = (
    select(OrderCharge.order_id, OrderCharge.id, OrderCharge.kind, OrderCharge.title, OrderCharge.amount)
    .add_columns(OrderCharge.tax, Order.currency)
    .join(Order, Order.id == OrderCharge.order_id)
    .where(OrderCharge.order_id == _IDS)
    .order_by(OrderCharge.order_id, OrderCharge.position)
)
_DISCOUNTS = (
    select(OrderDiscount.order_id, OrderDiscount.id, OrderDiscount.code, OrderDiscount.amount, Order.currency)
    .add_columns(OrderDiscount.rule_id, OrderDiscount.voucher)
    .join(Order, Order.id == OrderDiscount.order_id)
    .where(OrderDiscount.order_id == _IDS)
    .order_by(OrderDiscount.order_id, OrderDiscount.id)
)
_PAYMENTS = (
    select(Payment.order_id, Payment.id, Payment.flow, Payment.amount, Payment.currency)
    .add_columns(Payment.method, Payment.reference, Payment.note, Payment.at, Payment.actor)
    .add_columns(Payment.reverses, Payment.voided)
    .where(Payment.order_id == _IDS)
    .order_by(Payment.order_id, Payment.at, Payment.id)
)
_HISTORY = (
    select(HistoryEntry.order_id, HistoryEntry.seq, HistoryEntry.at, HistoryEntry.kind, HistoryEntry.actor)
    .add_columns(HistoryEntry.reason, HistoryEntry.data, HistoryEntry.version)
    .where(HistoryEntry.order_id == _IDS)
    .order_by(HistoryEntry.order_id, HistoryEntry.seq)
)
CHANGES_SHOWN = 50
_CHANGES = (
    select(HistoryEntry.order_id, HistoryEntry.seq, HistoryEntry.at, HistoryEntry.kind, HistoryEntry.actor)
    .add_columns(HistoryEntry.reason, HistoryEntry.data, HistoryEntry.version)
    .where(HistoryEntry.order_id == bindparam("order_id"), HistoryEntry.version > bindparam("version"))
    .order_by(HistoryEntry.seq.desc())
    .limit(CHANGES_SHOWN)
)


async def charges_of(connection: AsyncConnection, orders: Sequence[UUID]) -> Rows:
    """Shipping, fees and rounding, by position."""
    return (await connection.execute(_CHARGES, {"ids": orders})).all()


async def discounts_of(connection: AsyncConnection, orders: Sequence[UUID]) -> Rows:
    return (await connection.execute(_DISCOUNTS, {"ids": orders})).all()


async def payments_of(connection: AsyncConnection, orders: Sequence[UUID]) -> Rows:
    """Payments and refunds, oldest first."""
    return (await connection.execute(_PAYMENTS, {"ids": orders})).all()


_NOTES = (
    select(OrderNote.order_id, OrderNote.id, OrderNote.audience, OrderNote.text, OrderNote.author)
    .add_columns(OrderNote.at, OrderNote.edited_at, OrderNote.version)
    .where(OrderNote.order_id == _IDS)
    .order_by(OrderNote.order_id, OrderNote.at, OrderNote.id)
)


async def notes_of(connection: AsyncConnection, orders: Sequence[UUID]) -> Rows:
    """What people noted, oldest first."""
    return (await connection.execute(_NOTES, {"ids": orders})).all()


def _sum(flow: MoneyFlow) -> ColumnElement[Any]:
    return func.coalesce(func.sum(Payment.amount).filter(Payment.flow == flow), 0)


_BALANCES = (
    select(Order.id, Order.total, Order.currency)
    .add_columns(_sum(MoneyFlow.PAYMENT).label("paid"), _sum(MoneyFlow.REFUND).label("refunded"))
    .outerjoin(Payment, Payment.order_id == Order.id)
    .where(_C.id == _IDS)
    .group_by(Order.id, Order.total, Order.currency)
)


async def balances_of(connection: AsyncConnection, orders: Sequence[UUID]) -> Rows:
    """Total, currency, and the sums of what came in and went back."""
    return (await connection.execute(_BALANCES, {"ids": orders})).all()


async def history_of(connection: AsyncConnection, orders: Sequence[UUID]) -> Rows:
    """Everything that happened, by `seq`."""
    return (await connection.execute(_HISTORY, {"ids": orders})).all()


async def changes_since(connection: AsyncConnection, order: UUID, version: int) -> Rows:
    """What happened since the order had that version: the newest entries, at most `CHANGES_SHOWN`, by `seq`."""
    rows = (await connection.execute(_CHANGES, {"order_id": order, "version": version})).all()
    return rows[::-1]
