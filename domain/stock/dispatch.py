"""Goods that leave, and goods whose leaving is undone (a voided AWB)."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id

from .models import MoveKind, Reservation, StockLevel, StockMove


async def take_reserved(
    session: AsyncSession, actor: Actor, order_id: UUID, quantities: Mapping[UUID, Decimal], cause_id: UUID
) -> None:
    """Takes what was reserved for these order lines out of the warehouse: on hand and reserved fall together.

    Lines without a reservation (services, goods of no variant) take nothing. The order's row is locked by the caller;
    levels are locked in their fixed order.
    """
    rows = await session.scalars(
        select(Reservation)
        .where(Reservation.order_id == order_id, Reservation.order_line_id.in_(quantities))
        .order_by(Reservation.warehouse_id, Reservation.variant_id)
        .with_for_update()
    )
    reservations = list(rows)
    await _lock_levels(session, {(r.warehouse_id, r.variant_id) for r in reservations})
    for reservation in reservations:
        taken = min(quantities[reservation.order_line_id], reservation.quantity)
        await _move(session, actor, reservation.warehouse_id, reservation.variant_id, -taken, cause_id, "handed over")
        reservation.quantity -= taken
        if reservation.quantity == 0:
            await session.delete(reservation)
    await session.flush()


async def give_back(
    session: AsyncSession,
    actor: Actor,
    order_id: UUID,
    warehouse_id: UUID,
    quantities: Mapping[UUID, tuple[UUID, Decimal]],
    cause_id: UUID,
) -> None:
    """Undoes `take_reserved` for order lines (line: variant, quantity): the goods are here again, and reserved."""
    await _lock_levels(session, {(warehouse_id, variant_id) for variant_id, _ in quantities.values()})
    for line_id, (variant_id, quantity) in sorted(quantities.items(), key=lambda item: item[1][0]):
        await _move(session, actor, warehouse_id, variant_id, quantity, cause_id, "AWB voided")
        statement = insert(Reservation).values(
            order_line_id=line_id,
            order_id=order_id,
            warehouse_id=warehouse_id,
            variant_id=variant_id,
            quantity=quantity,
        )
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=["order_line_id"],
                set_={"quantity": Reservation.quantity + statement.excluded.quantity},
            )
        )


async def _lock_levels(session: AsyncSession, keys: set[tuple[UUID, UUID]]) -> None:
    for warehouse_id in sorted({warehouse for warehouse, _ in keys}):
        variants = sorted(variant for warehouse, variant in keys if warehouse == warehouse_id)
        await session.execute(
            select(StockLevel.variant_id)
            .where(StockLevel.warehouse_id == warehouse_id, StockLevel.variant_id.in_(variants))
            .order_by(StockLevel.variant_id)
            .with_for_update()
        )


async def _move(
    session: AsyncSession,
    actor: Actor,
    warehouse_id: UUID,
    variant_id: UUID,
    quantity: Decimal,
    cause_id: UUID,
    reason: str,
) -> None:
    """Changes on hand and reserved by the same quantity, with the move that explains it."""
    await session.execute(
        update(StockLevel)
        .where(StockLevel.warehouse_id == warehouse_id, StockLevel.variant_id == variant_id)
        .values(on_hand=StockLevel.on_hand + quantity, reserved=StockLevel.reserved + quantity)
        .execution_options(synchronize_session=False)
    )
    session.add(
        StockMove(
            id=new_id(),
            at=utc_now(),
            warehouse_id=warehouse_id,
            variant_id=variant_id,
            kind=MoveKind.DISPATCH,
            quantity=quantity,
            cause_id=cause_id,
            reason=reason,
            actor=actor.label,
        )
    )
