"""A new order like one that is there (spec ORD-7), for a buyer who wants the same again."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.models import Variant
from domain.channels.models import Channel
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.orders.dates import promise_problem
from domain.orders.delivery_point import DeliveryPoint
from domain.orders.models import ChargeKind, Order, OrderLine
from domain.orders.queries import check_version, order_for_update

from .bootstrap import STAFF_CHANNEL
from .buyers import OrderCustomer
from .create_order import create_order
from .order_input import CreateOrder, OrderedLine, Origin
from .place import NewCharge, NewLine

_PRICE_STEP = Decimal("0.000001")


class Prices(StrEnum):
    """SAME: what was paid for a piece after all discounts, now agreed: no rule of ours discounts it again.
    CURRENT: today's prices and discounts."""

    SAME = "same"
    CURRENT = "current"


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateOrder:
    """`channel` None is the order's if it is one of the house, else the staff's; `customer` None is the order's.

    `promised_on` None is the order's day, if it has not passed.
    """

    order_id: UUID
    expected_version: int | None = None
    prices: Prices = Prices.SAME
    channel: str | None = None
    customer: OrderCustomer | None = None
    promised_on: date | None = None


async def duplicate_order(session: AsyncSession, actor: Actor, command: DuplicateOrder) -> Order:
    """Enters the copy as a Draft, also on a channel that confirms by itself: addresses, method, note, agent and test
    flag are the order's; a line that was cancelled whole, ids of a store, ticket and payments are not.

    Raises NotFound, StaleVersion, and what `create_order` raises, with the order's own lines counted from 0.
    """
    order = await order_for_update(session, command.order_id, lines=True)
    check_version(order, command.expected_version)
    channel = await session.get_one(Channel, order.channel_id)
    slug = command.channel or (channel.slug if channel.is_own else STAFF_CHANNEL)
    skus = await _skus(session, order)
    return await create_order(
        session,
        actor,
        CreateOrder(
            channel=slug,
            customer=command.customer or OrderCustomer(id=order.customer_id),
            lines=[
                OrderedLine(
                    skus[line.variant_id], line.quantity, _paid(line) if command.prices is Prices.SAME else None
                )
                for line in order.lines
                if line.variant_id is not None and line.quantity > 0
            ],
            shipping=order.shipping,
            billing=order.billing,
            payment_method=order.payment_method,
            currency=order.currency,
            note=order.note,
            seller=order.seller,
            buyer_tax_id=None if command.customer is not None else order.buyer_tax_id,
            delivery_point=_point(order),
            promised_on=command.promised_on or _promise(order, channel.connector),
            test=order.test,
            origin=Origin(
                lines=[_as_it_is(line) for line in order.lines if line.variant_id is None and line.quantity > 0],
                charges=[
                    NewCharge(kind=charge.kind, title=charge.title, amount=charge.amount, tax=charge.tax)
                    for charge in order.charges
                    if charge.kind is not ChargeKind.ROUNDING
                ],
                payment_kind=order.payment_kind,
                agreed=command.prices is Prices.SAME,
                data={"duplicated_from": {"id": str(order.id), "number": str(order.number)}},
            ),
        ),
    )


async def _skus(session: AsyncSession, order: Order) -> dict[UUID, str]:
    """What the variants are called today."""
    wanted = {line.variant_id for line in order.lines if line.variant_id is not None}
    rows = await session.execute(select(Variant.id, Variant.sku).where(Variant.id.in_(wanted)))
    return {row[0]: row[1] for row in rows}


def _paid(line: OrderLine) -> Decimal:
    """The price of a piece, net of the line's discount."""
    if not line.discount:
        return line.unit_price
    return ((line.subtotal - line.discount) / line.quantity).quantize(_PRICE_STEP, rounding=ROUND_HALF_UP)


def _as_it_is(line: OrderLine) -> NewLine:
    """A line of no product of ours, which has no other price than its own."""
    return NewLine(
        name=line.name,
        sku=line.sku,
        quantity=line.quantity,
        unit_price=line.unit_price,
        subtotal=line.subtotal,
        discount=line.discount,
        tax_rate=line.tax_rate,
        tax=line.tax,
        total=line.total,
    )


def _point(order: Order) -> DeliveryPoint | None:
    if order.delivery_point is None:
        return None
    return DeliveryPoint(
        id=order.delivery_point, provider=order.delivery_point_provider, name=order.delivery_point_name
    )


def _promise(order: Order, connector: str) -> date | None:
    return order.promised_on if promise_problem(order.promised_on, connector, utc_now()) is None else None
