"""What the status table looks at, read for one order under its lock, or for many to show their next actions."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    ScalarSelect,
    and_,
    bindparam,
    case,
    exists,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.types import Uuid

from domain.approvals.models import ApprovalState, OrderApproval
from domain.channels.models import COUNTER, Channel, PaymentKind
from domain.fulfilment.models import DeliveryNote, DeliveryNoteLine, DeliveryNoteState
from domain.kernel.actor import Actor
from domain.kernel.money import Money
from domain.orders.models import Order, OrderLine
from domain.orders.status import MoveFacts, Short, Status, Through
from domain.payments.models import MoneyFlow, Payment
from domain.payments.rules import due
from domain.shipping.models import Shipment, ShipmentStatus
from domain.stock.models import FREE, StockLevel
from domain.stock.rules import Demand, shortages, total_demand

PAID_LATER = frozenset({PaymentKind.ON_DELIVERY, PaymentKind.ON_ACCOUNT})
"""The kinds of payment that an order does not wait for."""

WANTS_STOCK = frozenset({Status.DRAFT, Status.PROCESSING, Status.PAID, Status.STOCK_UNAVAILABLE})
"""Where a next move depends on what the warehouse holds, unless it was reserved already."""

_GONE = (ShipmentStatus.VOIDED, ShipmentStatus.RETURNED, ShipmentStatus.LOST_DAMAGED)
_ASKED = (ShipmentStatus.REQUESTED, ShipmentStatus.UNKNOWN)


def _paid(flow: MoneyFlow) -> ScalarSelect[Any]:
    amount = func.sum(Payment.amount).filter(Payment.flow == flow)
    return select(func.coalesce(amount, 0)).where(Payment.order_id == Order.id).scalar_subquery()


def _shipments(what: ColumnElement[Any], *conditions: ColumnElement[bool]) -> ScalarSelect[Any]:
    return select(what).where(Shipment.order_id == Order.id, *conditions).scalar_subquery()


# Looked for only where approval is awaited, so that the other orders do not pay for it.
_approver = case(
    (
        Order.approve_status == 0,
        select(OrderApproval.role)
        .where(OrderApproval.order_id == Order.id, OrderApproval.state == ApprovalState.PENDING)
        .scalar_subquery(),
    )
)

_handed_over = (
    select(func.coalesce(func.sum(DeliveryNoteLine.quantity), 0))
    .join(DeliveryNote, DeliveryNote.id == DeliveryNoteLine.delivery_note_id)
    .where(DeliveryNoteLine.order_line_id == OrderLine.id, DeliveryNote.state == DeliveryNoteState.HANDED_OVER)
    .scalar_subquery()
)

_FACTS = (
    select(
        Order.id,
        Order.status,
        Order.held_from,
        Order.approve_status,
        _approver.label("approver"),
        Order.confirmed_at.is_not(None).label("confirmed"),
        Order.total,
        Order.currency,
        Order.test,
        Order.short_on_entry,
        Order.payment_kind,
        Channel.connector,
        _paid(MoneyFlow.PAYMENT).label("paid"),
        _paid(MoneyFlow.REFUND).label("refunded"),
        _shipments(
            func.array_agg(aggregate_order_by(Shipment.awb, Shipment.id)),
            Shipment.awb.is_not(None),
            Shipment.status.not_in(_GONE),
        ).label("awbs"),
        _shipments(func.count(), Shipment.status.in_(_ASKED)).label("awbs_asked"),
        _shipments(func.count(), Shipment.started_at.is_not(None), Shipment.status.not_in(_GONE)).label("started"),
        exists(select(1).where(OrderLine.order_id == Order.id, OrderLine.quantity > _handed_over)).label(
            "to_hand_over"
        ),
    )
    .join(Channel, Channel.id == Order.channel_id)
    .where(Order.id == func.any(bindparam("ids", type_=ARRAY(Uuid()))))
)

_LACKS = (
    select(
        OrderLine.order_id,
        OrderLine.variant_id,
        func.coalesce(OrderLine.sku, OrderLine.name).label("sku"),
        OrderLine.quantity,
        func.coalesce(FREE, 0).label("free"),
    )
    .join(Order, Order.id == OrderLine.order_id)
    .join(Channel, Channel.id == Order.channel_id)
    .outerjoin(
        StockLevel,
        and_(StockLevel.variant_id == OrderLine.variant_id, StockLevel.warehouse_id == Channel.warehouse_id),
    )
    .where(OrderLine.order_id == func.any(bindparam("ids", type_=ARRAY(Uuid()))), OrderLine.variant_id.is_not(None))
)


async def load_facts(
    session: AsyncSession,
    order: Order,
    actor: Actor,
    *,
    through: Through | None = None,
    stock: bool = True,
) -> MoveFacts:
    """The facts of one order, whose row is locked.

    `stock=False` leaves out what the warehouse lacks, for callers that will reserve under lock anyway.
    """
    await session.flush()
    return (await load_many_facts(session, [order.id], actor, through=through, stock=stock))[order.id]


async def load_many_facts(
    connection: AsyncSession | AsyncConnection,
    order_ids: Sequence[UUID],
    actor: Actor,
    *,
    through: Through | None = None,
    stock: bool = True,
) -> dict[UUID, MoveFacts]:
    """The facts of many orders, in two statements whatever their number."""
    rows: Sequence[Any] = (await connection.execute(_FACTS, {"ids": list(order_ids)})).all()
    wanting = [row.id for row in rows if stock and not row.test and _wants_stock(row.status, row.confirmed)]
    lacks = await _lacks(connection, wanting) if wanting else {}
    return {row.id: _facts(row, actor, through, lacks.get(row.id, ())) for row in rows}


def _wants_stock(status: Status, confirmed: bool) -> bool:
    return status in WANTS_STOCK and (not confirmed or status is Status.STOCK_UNAVAILABLE)


async def _lacks(
    connection: AsyncSession | AsyncConnection, order_ids: Iterable[UUID]
) -> dict[UUID, tuple[Short, ...]]:
    demands: dict[UUID, list[Demand]] = {}
    free: dict[tuple[UUID, UUID], Decimal] = {}
    for row in (await connection.execute(_LACKS, {"ids": list(order_ids)})).all():
        demands.setdefault(row.order_id, []).append(Demand(row.variant_id, row.sku, row.quantity))
        free[(row.order_id, row.variant_id)] = row.free
    return {
        order_id: tuple(
            Short(one.sku, one.ordered, one.available)
            for one in shortages(
                total_demand(wanted), {demand.variant_id: free[order_id, demand.variant_id] for demand in wanted}
            )
        )
        for order_id, wanted in demands.items()
    }


def _facts(row: Row[Any], actor: Actor, through: Through | None, missing: Sequence[Short]) -> MoveFacts:
    return MoveFacts(
        status=row.status,
        actor=actor,
        due=Money(due(row.total, row.paid, row.refunded), row.currency),
        held_from=row.held_from,
        approve_status=row.approve_status,
        approver=row.approver,
        confirmed=row.confirmed,
        missing=tuple(missing),
        awbs=tuple(row.awbs or ()),
        awbs_asked=row.awbs_asked,
        handed_over=row.started > 0,
        to_hand_over=row.to_hand_over,
        short_on_entry=row.short_on_entry,
        counter_sale=row.connector == COUNTER,
        paid_later=row.payment_kind in PAID_LATER,
        through=through,
    )
