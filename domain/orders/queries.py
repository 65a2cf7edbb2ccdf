"""Orders and their lines."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import inspect, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from domain.kernel.refusals import NotFound, Path, StaleVersion

from .models import Order, OrderCharge, OrderLine


async def order_for_update(
    session: AsyncSession, order_id: UUID, *, lines: bool = False, path: Path = ("id",)
) -> Order:
    """The order as it is now, locked until the transaction ends, with its channel, which nearly every flow asks for
    next; `lines=True` also loads lines and charges.

    The lock is the first of all locks. It lets others insert rows that point to the order (FOR NO KEY UPDATE).
    Raises NotFound at `path`.
    """
    await session.flush()  # a second lock in one transaction must not undo what is not written yet
    query = (
        select(Order)
        .where(Order.id == order_id)
        .with_for_update(key_share=True, of=Order)
        .options(joinedload(Order.channel, innerjoin=True))
        .execution_options(populate_existing=True)
    )
    if lines:
        query = query.options(selectinload(Order.lines), selectinload(Order.charges))
    order = await session.scalar(query)
    if order is None:
        raise NotFound("order", order_id, path=path)
    return order


def check_version(order: Order, expected: int | None) -> None:
    """Raises StaleVersion if the writer read another version than the current one; None asks for no check."""
    if expected is not None and expected != order.version:
        raise StaleVersion("order", expected=expected, current=order.version, key=order.id)


async def lines_of(session: AsyncSession, order: Order) -> Sequence[OrderLine]:
    """The order's lines, in their order; read once per transaction, since every effect of a move asks for them."""
    if "lines" in inspect(order).unloaded:
        found = await session.scalars(
            select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.position)
        )
        set_committed_value(order, "lines", list(found))
    return order.lines


async def charges_of(session: AsyncSession, order: Order) -> Sequence[OrderCharge]:
    """The order's charges, in their order; read once per transaction."""
    if "charges" in inspect(order).unloaded:
        found = await session.scalars(
            select(OrderCharge).where(OrderCharge.order_id == order.id).order_by(OrderCharge.position)
        )
        set_committed_value(order, "charges", list(found))
    return order.charges
