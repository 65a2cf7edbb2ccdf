"""Writes new orders, whoever brings them: an order with its parts, history, counts and event in one statement.

One statement for everything, since entering and importing orders is what the house does most: it costs a fifth of the
client's time of one statement per table. PostgreSQL checks foreign keys at its end, so that the order of tables in it
does not matter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Table, TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import make_transient_to_detached
from structlog.contextvars import get_contextvars

from domain.approvals.models import ApprovalRule
from domain.changes.models import Change
from domain.channels.models import PaymentKind
from domain.customers.models import Customer
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.database import Base, Json
from domain.kernel.ids import new_id
from domain.kernel.money import ZERO, total_of
from domain.kernel.outbox import OutboxRow
from domain.orders.history import REACT, change_of, contents_data, event_payload
from domain.orders.models import (
    ChargeKind,
    FulfilmentState,
    HistoryEntry,
    Order,
    OrderCharge,
    OrderDiscount,
    OrderLine,
    StatusCountDelta,
)
from domain.orders.status import Status
from domain.orders.totals import order_totals
from domain.payments.models import MoneyFlow, Payment
from domain.payments.rules import payment_state

from .approval.ask import ask_for_new


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """A line with its amounts; all but `total` are without tax (`domain.orders.totals`)."""

    name: str
    quantity: Decimal
    unit_price: Decimal
    subtotal: Decimal
    total: Decimal
    discount: Decimal = ZERO
    tax: Decimal = ZERO
    tax_rate: Decimal | None = None
    sku: str | None = None
    variant_id: UUID | None = None
    external_id: str | None = None
    price_source: Json | None = None
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCharge:
    kind: ChargeKind
    title: str
    amount: Decimal
    tax: Decimal = ZERO
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDiscount:
    """Explains a discount that the lines already contain; one of ours names its rule, and its voucher if it has one."""

    code: str
    amount: Decimal
    rule_id: UUID | None = None
    voucher: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPayment:
    """Money that came in before the order did; `amount` includes tax."""

    amount: Decimal
    flow: MoneyFlow = MoneyFlow.PAYMENT
    method: str | None = None
    external_id: str | None = None
    note: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """An order to write. Its totals and payment state follow from its parts. `reason` and `data` go into history.

    `vouchers` None: its discounts are its store's. `more` are rows of other tables that belong to it. `number` None
    takes the next one.
    """

    channel_id: UUID
    currency: str
    lines: Sequence[NewLine]
    status: Status = Status.DRAFT
    charges: Sequence[NewCharge] = ()
    discounts: Sequence[NewDiscount] = ()
    vouchers: Sequence[Json] | None = None
    payments: Sequence[NewPayment] = ()
    external_id: str | None = None
    external_number: str | None = None
    approve_status: int | None = None
    customer_id: UUID | None = None
    seller: str | None = None
    buyer_tax_id: str | None = None
    ticket: str | None = None
    billing: Json | None = None
    shipping: Json | None = None
    delivery_point: str | None = None
    delivery_point_provider: str | None = None
    delivery_point_name: str | None = None
    payment_method: str | None = None
    payment_title: str | None = None
    payment_kind: PaymentKind | None = None
    note: str | None = None
    metafields: Json | None = None
    promised_on: date | None = None
    test: bool = False
    placed_at: datetime | None = None
    reason: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    more: Mapping[type[Base], Sequence[dict[str, Any]]] = field(default_factory=dict)
    id: UUID = field(default_factory=new_id)
    number: int | None = None


_COPIED = (
    *("id", "channel_id", "external_id", "external_number", "status", "approve_status", "customer_id", "seller"),
    *("buyer_tax_id", "ticket", "billing", "shipping", "delivery_point", "delivery_point_provider"),
    *("delivery_point_name", "payment_method", "payment_title", "payment_kind", "currency", "note", "promised_on"),
    *("test", "vouchers", "metafields"),
)

Rows = dict[type[Base], list[dict[str, Any]]]


async def place_orders(
    session: AsyncSession, actor: Actor, orders: Sequence[NewOrder], customers: Sequence[Mapping[str, Any]] = ()
) -> list[Order]:
    """Writes orders, and customers that are new with them (rows of `Customer`); returns the orders with their numbers.

    Values are written as they are: the caller checked them. The returned orders belong to the session, parts not
    loaded. Where a rule holds an order, approval is asked for; without rules that costs nothing.
    """
    if not orders:
        return []
    now = utc_now()
    rows: Rows = {Order: []}
    if customers:
        rows[Customer] = [dict(customer) for customer in customers]
    for new in orders:
        _add_order(rows, new, actor, now)
    rows[OutboxRow] = [_event(new, now) for new in orders]
    result = await session.execute(
        _insert(tuple((table.__tablename__, tuple(parts[0])) for table, parts in rows.items())),
        {table.__tablename__: orjson.dumps(parts, default=str).decode() for table, parts in rows.items()},
    )
    found = result.all()
    numbers: dict[UUID, int] = {row[0]: row[1] for row in found}
    session.info["outbox"] = True
    placed = [_attached(session, row, numbers[row["id"]]) for row in rows[Order]]
    if found[0][2]:
        await ask_for_new(session, placed)
    return placed


def _add_order(rows: Rows, new: NewOrder, actor: Actor, now: datetime) -> None:
    totals = order_totals(new.lines, new.charges)
    paid = total_of(payment.amount for payment in new.payments if payment.flow is MoneyFlow.PAYMENT)
    refunded = total_of(payment.amount for payment in new.payments if payment.flow is MoneyFlow.REFUND)
    state = payment_state(totals.total, paid, refunded)
    rows[Order].append(
        {
            **{name: getattr(new, name) for name in _COPIED},
            **({} if new.number is None else {"number": new.number}),
            "subtotal": totals.subtotal,
            "discount_total": totals.discount_total,
            "fee_total": totals.fee_total,
            "shipping_total": totals.shipping_total,
            "tax_total": totals.tax_total,
            "total": totals.total,
            "payment_state": state,
            "fulfilment_state": FulfilmentState.NONE,
            "version": 1,
            "history_seq": 1,
            "status_since": now,
            "placed_at": new.placed_at or now,
            "created_at": now,
            "updated_at": now,
        }
    )
    parts: dict[type[Base], list[dict[str, Any]]] = {
        OrderLine: [
            {**_values(line), "order_id": new.id, "position": position} for position, line in enumerate(new.lines)
        ],
        OrderCharge: [
            {**_values(charge), "id": new_id(), "order_id": new.id, "position": position}
            for position, charge in enumerate(new.charges)
        ],
        OrderDiscount: [{**_values(discount), "id": new_id(), "order_id": new.id} for discount in new.discounts],
        Payment: [
            {
                **_values(payment),
                "id": new_id(),
                "order_id": new.id,
                "currency": new.currency,
                "at": payment.at or now,
                "actor": actor.label,
            }
            for payment in new.payments
        ],
        HistoryEntry: [
            {
                "order_id": new.id,
                "seq": 1,
                "at": now,
                "kind": "order_created",
                "actor": actor.label,
                "reason": new.reason,
                "data": {
                    "status": int(new.status),
                    "currency": new.currency,
                    "payment_state": state,
                    **contents_data(new.lines, new.charges),
                    **new.data,
                },
                "version": 1,
            }
        ],
        Change: [change_of(new.id, new.channel_id, "order_created", 1, {"status": int(new.status)}, now)],
        StatusCountDelta: [{"channel_id": new.channel_id, "status": new.status, "delta": 1}],
    }
    for table, found in (*parts.items(), *new.more.items()):
        if found:
            rows.setdefault(table, []).extend(found)


def _event(new: NewOrder, now: datetime) -> dict[str, Any]:
    return {
        "consumer": REACT,
        "aggregate": f"order:{new.id}",
        "payload": event_payload(new.id, "order_created", 1),
        "correlation_id": get_contextvars().get("correlation_id"),
        "coalesce": False,
        "created_at": now,
        "not_before": now,
        "attempts": 0,
    }


def _values(part: NewLine | NewCharge | NewDiscount | NewPayment) -> dict[str, Any]:
    return {name: getattr(part, name) for name in part.__dataclass_fields__}


@lru_cache(maxsize=256)
def _insert(tables: tuple[tuple[str, tuple[str, ...]], ...]) -> TextClause:
    """The statement for these tables and columns; each table's rows come as one JSON parameter of its name."""
    inserts = []
    for name, columns in tables:
        if not {name, *columns} <= _known_names():
            raise LookupError(f"{name} has no such columns: {columns}")
        listed = ", ".join(columns)
        inserts.append(
            f"{name}_in AS (INSERT INTO {name} ({listed}) SELECT {listed} "  # noqa: S608 - names of our own tables
            f"FROM jsonb_populate_recordset(NULL::{name}, CAST(:{name} AS jsonb))"
            + (" RETURNING id, number)" if name == Order.__tablename__ else ")")
        )
    rules = f"EXISTS (SELECT 1 FROM {ApprovalRule.__tablename__} WHERE active)"  # noqa: S608
    return text(f"WITH {', '.join(inserts)} SELECT id, number, {rules} FROM {Order.__tablename__}_in")  # noqa: S608


@lru_cache(maxsize=1)
def _known_names() -> frozenset[str]:
    tables: list[Table] = list(Base.metadata.tables.values())
    return frozenset(name for table in tables for name in (table.name, *(column.name for column in table.columns)))


def _attached(session: AsyncSession, row: dict[str, Any], number: int) -> Order:
    order = Order(
        **{**row, "number": number},
        held_from=None,
        shortages=None,
        short_on_entry=False,
        short_since=None,
        confirmed_at=None,
        erased_at=None,
    )
    make_transient_to_detached(order)
    session.add(order)
    return order
