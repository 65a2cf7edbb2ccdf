"""Taking back what confirming did; the order's row is locked by the caller."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.fulfilment.models import DeliveryNote, DeliveryNoteState
from domain.kernel.actor import Actor
from domain.orders.history import record
from domain.orders.models import Order
from domain.stock.back_orders import drop_back_orders
from domain.stock.reserve import release


async def release_stock(session: AsyncSession, actor: Actor, order: Order) -> None:
    """Lets go what is reserved and what was back-ordered; what was handed over is reserved no more and stays gone."""
    if order.confirmed_at is None:
        return
    await drop_back_orders(session, order.id)
    released = await release(session, order.id)
    if released:
        lines = {sku: str(quantity) for sku, quantity in released.items()}
        await record(session, order, "stock_released", actor, {"lines": lines})


async def void_open_notes(session: AsyncSession, actor: Actor, order: Order) -> None:
    """Voids the delivery notes that nothing left on; packing lists stay with them as drafts of what was planned."""
    if order.confirmed_at is None:
        return
    rows = await session.execute(
        update(DeliveryNote)
        .where(DeliveryNote.order_id == order.id, DeliveryNote.state == DeliveryNoteState.OPEN)
        .values(state=DeliveryNoteState.VOIDED)
        .returning(DeliveryNote.number)
    )
    for number in sorted(row[0] for row in rows):
        await record(session, order, "delivery_note_voided", actor, {"number": number})
