"""Goods leave the house and arrive: what the start of shipping and the delivery of a parcel mean for the order.

With the start of shipping (spec FUL-4: with the AWB, the dispatch step or the first scan, as the courier account says)
the delivery note counts as handed over, its stock is taken, the order goes to Shipping, and an invoice due "at
dispatch" is issued. The order goes to Delivered by itself when nothing of it remains to hand over and every parcel has
arrived (spec FUL-5).
"""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel, InvoiceAt
from domain.fulfilment.models import DeliveryNote, DeliveryNoteState, PackingList
from domain.fulfilment.queries import delivery_note, noted_quantities
from domain.fulfilment.rules import remaining
from domain.invoicing.issue import issue_invoice
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.orders.history import record
from domain.orders.models import FulfilmentState, Order, OrderLine
from domain.orders.status import Status
from domain.shipping.models import Shipment, ShipmentStatus
from domain.shipping.queries import live_shipments
from domain.stock.dispatch import give_back, take_reserved

from .enter_status import enter_status

BEFORE_SHIPPING = (Status.CONFIRMED, Status.READY)


async def start_shipping(session: AsyncSession, actor: Actor, order: Order, shipment: Shipment) -> None:
    """The parcel counts as handed over. The order's row is locked. Repeating changes nothing."""
    if shipment.started_at is not None:
        return
    if order.status is Status.CANCELLED:
        shipment.attention = f"Order {order.number} is cancelled, and the courier has its parcel. Call it back."
        await session.flush()
        return
    shipment.started_at = utc_now()
    note = await _note_of(session, shipment)
    note.state = DeliveryNoteState.HANDED_OVER
    if not order.test:
        quantities = {line.order_line_id: line.quantity for line in note.lines}
        await take_reserved(session, actor, order.id, quantities, note.id)
    await session.flush()
    await derive_fulfilment(session, order)
    await record(session, order, "shipment_started", actor, {"awb": shipment.awb, "note": note.number})
    if order.status in BEFORE_SHIPPING:
        await enter_status(session, order, Status.SHIPPING, actor, reason=f"handed over with AWB {shipment.awb or '-'}")
    elif order.status is Status.ON_HOLD:
        # The goods are gone; the hold stays until a person lifts it, and leads on from there.
        order.held_from = Status.SHIPPING
    channel = await session.get_one(Channel, order.channel_id)
    if channel.invoice_at is InvoiceAt.DISPATCH and not order.test:
        await issue_invoice(session, actor, order)


async def undo_shipping(session: AsyncSession, actor: Actor, order: Order, shipment: Shipment) -> None:
    """The AWB was voided after its start: the goods are here again, and reserved. The order's row is locked."""
    if shipment.started_at is None:
        return
    shipment.started_at = None
    note = await _note_of(session, shipment)
    note.state = DeliveryNoteState.OPEN
    if not order.test:
        variants = await _variants(session, order.id)
        quantities = {
            line.order_line_id: (variants[line.order_line_id], line.quantity)
            for line in note.lines
            if line.order_line_id in variants
        }
        await give_back(session, actor, order.id, note.warehouse_id, quantities, note.id)
    await session.flush()
    await derive_fulfilment(session, order)
    others = [s for s in await live_shipments(session, order.id) if s.started_at is not None and s.id != shipment.id]
    if others:
        return
    if order.status is Status.SHIPPING:
        await enter_status(session, order, Status.CONFIRMED, actor, reason=f"AWB {shipment.awb} voided")
    elif order.status is Status.ON_HOLD and order.held_from is Status.SHIPPING:
        order.held_from = Status.CONFIRMED


async def deliver_if_complete(session: AsyncSession, actor: Actor, order: Order) -> bool:
    """Moves the order to Delivered when nothing of it remains; says whether it did. The order's row is locked."""
    if order.status is not Status.SHIPPING or order.fulfilment_state is not FulfilmentState.FULL:
        return False
    if any(shipment.status is not ShipmentStatus.DELIVERED for shipment in await live_shipments(session, order.id)):
        return False
    await enter_status(session, order, Status.DELIVERED, actor, reason="every parcel was delivered")
    return True


async def derive_fulfilment(session: AsyncSession, order: Order) -> None:
    """Fulfilment follows from what was handed over; nobody sets it (spec ORD-5)."""
    ordered = await _ordered(session, order.id)
    handed = await noted_quantities(session, order.id, handed_over=True)
    if not handed:
        order.fulfilment_state = FulfilmentState.NONE
    elif remaining(ordered, handed):
        order.fulfilment_state = FulfilmentState.PARTIAL
    else:
        order.fulfilment_state = FulfilmentState.FULL
    await session.flush()


async def _ordered(session: AsyncSession, order_id: UUID) -> dict[UUID, Decimal]:
    rows = await session.execute(select(OrderLine.id, OrderLine.quantity).where(OrderLine.order_id == order_id))
    return {row[0]: row[1] for row in rows}


async def _variants(session: AsyncSession, order_id: UUID) -> dict[UUID, UUID]:
    rows = await session.execute(select(OrderLine.id, OrderLine.variant_id).where(OrderLine.order_id == order_id))
    return {line_id: variant_id for line_id, variant_id in rows if variant_id is not None}


async def _note_of(session: AsyncSession, shipment: Shipment) -> DeliveryNote:
    note_id = await session.scalar(
        select(PackingList.delivery_note_id).where(PackingList.id == shipment.packing_list_id)
    )
    if note_id is None:
        raise LookupError(f"shipment {shipment.id} has no delivery note")
    return await delivery_note(session, note_id, lines=True)
