"""What waits for goods, and what has to be bought for it. Both follow from the orders, so that nothing has to be kept
in step when one is edited, cancelled or confirmed.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import CompoundSelect, and_, any_, bindparam, func, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.types import Uuid

from domain.catalog.models import Variant
from domain.channels.models import Channel
from domain.kernel.money import ZERO
from domain.orders.models import Order, OrderLine
from domain.orders.status import Status
from domain.stock.models import FREE, BackOrder, StockLevel

from .models import ProcurementRequest, RequestState


def waiting() -> CompoundSelect[tuple[UUID, UUID, UUID, UUID, Decimal]]:
    """Lines that wait: all of an order in Stock Unavailable, which reserves nothing, and what was back-ordered of
    others. Columns: order_id, order_line_id, warehouse_id, variant_id, quantity. On hold, an order does not wait."""
    whole = (
        select(
            Order.id.label("order_id"),
            OrderLine.id.label("order_line_id"),
            Channel.warehouse_id.label("warehouse_id"),
            OrderLine.variant_id.label("variant_id"),
            OrderLine.quantity.label("quantity"),
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Channel, Channel.id == Order.channel_id)
        .where(
            Order.status == Status.STOCK_UNAVAILABLE,
            Order.test.is_(False),
            OrderLine.variant_id.is_not(None),
            OrderLine.quantity > 0,
        )
    )
    rest = (
        select(
            BackOrder.order_id,
            BackOrder.order_line_id,
            BackOrder.warehouse_id,
            BackOrder.variant_id,
            BackOrder.quantity,
        )
        .join(Order, Order.id == BackOrder.order_id)
        .where(Order.status != Status.ON_HOLD)
    )
    return union_all(whole, rest)


class Need(NamedTuple):
    """A variant in a warehouse: what is wanted of it, what is free, and what is ordered of suppliers."""

    variant_id: UUID
    wanted: Decimal
    free: Decimal
    on_order: Decimal

    @property
    def to_order(self) -> Decimal:
        """What somebody must still buy; never negative."""
        return max(self.wanted - self.free - self.on_order, ZERO)

    def short_of(self, more: Decimal) -> bool:
        """Whether what is there and on its way is too little for `more` besides what is wanted already."""
        return self.wanted + more > self.free + self.on_order


_LINES = waiting().subquery()
_WANTED = (
    select(func.sum(_LINES.c.quantity))
    .where(_LINES.c.warehouse_id == bindparam("warehouse"), _LINES.c.variant_id == Variant.id)
    .scalar_subquery()
)
_ON_ORDER = (
    select(func.sum(func.greatest(ProcurementRequest.ordered_quantity - ProcurementRequest.received_quantity, 0)))
    .where(
        ProcurementRequest.state == RequestState.ORDERED,
        ProcurementRequest.warehouse_id == bindparam("warehouse"),
        ProcurementRequest.variant_id == Variant.id,
    )
    .scalar_subquery()
)
_NEEDS = (
    select(Variant.id, func.coalesce(_WANTED, 0), func.coalesce(FREE, 0), func.coalesce(_ON_ORDER, 0))
    .select_from(Variant)
    .outerjoin(StockLevel, and_(StockLevel.warehouse_id == bindparam("warehouse"), StockLevel.variant_id == Variant.id))
    .where(Variant.id == any_(bindparam("variants", type_=ARRAY(Uuid()))))
    .order_by(Variant.id)
)


async def needs_of(
    connection: AsyncSession | AsyncConnection, warehouse_id: UUID, variants: Iterable[UUID]
) -> dict[UUID, Need]:
    """The needs of these variants in a warehouse."""
    parameters = {"warehouse": warehouse_id, "variants": list(variants)}
    rows = await connection.execute(_NEEDS, parameters)
    return {row[0]: Need(*row) for row in rows}
