"""What was back-ordered of a confirmed order (spec STK-5). The order's row is locked by the caller."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Numeric, bindparam, delete, insert, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from domain.kernel.clock import utc_now

from .models import BackOrder
from .reserve import Wish

_WAITS = text("""
    UPDATE back_orders SET quantity = waits.quantity FROM unnest(:lines, :quantities) AS waits (line_id, quantity)
    WHERE back_orders.order_line_id = waits.line_id
""").bindparams(bindparam("lines", type_=ARRAY(Uuid())), bindparam("quantities", type_=ARRAY(Numeric())))


async def back_orders_of(session: AsyncSession, order_id: UUID) -> Sequence[BackOrder]:
    """The rests that wait, by line."""
    rows = await session.scalars(
        select(BackOrder)
        .where(BackOrder.order_id == order_id)
        .order_by(BackOrder.order_line_id)
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def back_ordered(session: AsyncSession, order_id: UUID) -> dict[UUID, Decimal]:
    """Quantities that wait, by line."""
    return {one.order_line_id: one.quantity for one in await back_orders_of(session, order_id)}


async def back_order(session: AsyncSession, order_id: UUID, warehouse_id: UUID, rests: Sequence[Wish]) -> None:
    """Writes what waits of the order's lines from now on."""
    if not rests:
        return
    now = utc_now()
    await session.execute(
        insert(BackOrder),
        [
            {
                "order_line_id": rest.line_id,
                "order_id": order_id,
                "warehouse_id": warehouse_id,
                "variant_id": rest.variant_id,
                "quantity": rest.quantity,
                "since": now,
            }
            for rest in rests
        ],
    )


async def take_off(session: AsyncSession, rests: Sequence[BackOrder], taken: Mapping[UUID, Decimal]) -> None:
    """What was `taken` (by line) waits no more; a line of which nothing waits is gone from the list."""
    left = {rest.order_line_id: rest.quantity - taken.get(rest.order_line_id, Decimal(0)) for rest in rests}
    gone = [line_id for line_id, quantity in left.items() if quantity <= 0]
    waits = {line_id: quantity for line_id, quantity in left.items() if quantity > 0}
    statement = delete(BackOrder).where(BackOrder.order_line_id.in_(gone))
    await session.execute(statement.execution_options(synchronize_session=False))
    await session.execute(_WAITS, {"lines": list(waits), "quantities": list(waits.values())})


async def drop_back_orders(session: AsyncSession, order_id: UUID) -> None:
    """Nothing of the order waits any more."""
    statement = delete(BackOrder).where(BackOrder.order_id == order_id)
    await session.execute(statement.execution_options(synchronize_session=False))
