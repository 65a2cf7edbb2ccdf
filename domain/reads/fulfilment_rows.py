"""Delivery notes, packing lists, shipments and invoices, as rows for an answer: each function is one statement.

By order or by their own ids: `Of` says which.
"""

from collections.abc import Sequence
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

from domain.fulfilment.models import DeliveryNote, DeliveryNoteLine, PackingList, Parcel
from domain.invoicing.models import Invoice
from domain.orders.models import OrderLine
from domain.shipping.models import CourierAccount, Shipment, TrackingEvent

from .rows import AnySelect, Rows


class Of(Enum):
    """What the ids are of."""

    ORDERS = "order_id"
    THEMSELVES = "id"


_IDS: ColumnElement[Any] = any_(bindparam("ids", type_=ARRAY(Uuid())))


def _both(rows: AnySelect, table: Any) -> dict[Of, AnySelect]:
    return {
        of: rows.where(getattr(table, of.value) == _IDS).order_by(table.order_id, table.created_at, table.id)
        for of in Of
    }


_NOTES = _both(
    select(DeliveryNote.order_id, DeliveryNote.id, DeliveryNote.number, DeliveryNote.state, DeliveryNote.created_at),
    DeliveryNote,
)
_NOTE_LINES = (
    select(DeliveryNoteLine.delivery_note_id, OrderLine.id, OrderLine.sku, OrderLine.name, DeliveryNoteLine.quantity)
    .join(OrderLine, OrderLine.id == DeliveryNoteLine.order_line_id)
    .where(DeliveryNoteLine.delivery_note_id == _IDS)
    .order_by(DeliveryNoteLine.delivery_note_id, OrderLine.position)
)
_LISTS = _both(
    select(PackingList.order_id, PackingList.id, PackingList.number, PackingList.state).add_columns(
        PackingList.version, PackingList.delivery_note_id, PackingList.created_at
    ),
    PackingList,
)
_PARCELS = (
    select(Parcel.packing_list_id, Parcel.number, Parcel.length_cm, Parcel.width_cm, Parcel.height_cm, Parcel.weight_kg)
    .where(Parcel.packing_list_id == _IDS)
    .order_by(Parcel.packing_list_id, Parcel.number)
)
_SHIPMENTS = _both(
    select(Shipment, CourierAccount.slug.label("courier"), CourierAccount.connector).join(
        CourierAccount, CourierAccount.id == Shipment.courier_account_id
    ),
    Shipment,
)
_EVENTS = (
    select(TrackingEvent.shipment_id, TrackingEvent.at, TrackingEvent.code, TrackingEvent.text)
    .add_columns(TrackingEvent.status, TrackingEvent.location)
    .where(TrackingEvent.shipment_id == _IDS)
    .order_by(TrackingEvent.shipment_id, TrackingEvent.at, TrackingEvent.id)
)
_INVOICES = (
    select(Invoice.order_id, Invoice.id, Invoice.display_number, Invoice.kind, Invoice.issued_at, Invoice.currency)
    .add_columns(Invoice.net, Invoice.tax, Invoice.total, Invoice.credited, Invoice.credits_id, Invoice.seller)
    .where(Invoice.order_id == _IDS)
    .order_by(Invoice.order_id, Invoice.issued_at, Invoice.id)
)


async def delivery_notes(connection: AsyncConnection, of: Of, ids: Sequence[UUID]) -> Rows:
    """Oldest first."""
    return (await connection.execute(_NOTES[of], {"ids": ids})).all()


async def delivery_note_lines(connection: AsyncConnection, notes: Sequence[UUID]) -> Rows:
    return (await connection.execute(_NOTE_LINES, {"ids": notes})).all()


async def packing_lists(connection: AsyncConnection, of: Of, ids: Sequence[UUID]) -> Rows:
    """Oldest first."""
    return (await connection.execute(_LISTS[of], {"ids": ids})).all()


async def parcels(connection: AsyncConnection, packing_lists: Sequence[UUID]) -> Rows:
    return (await connection.execute(_PARCELS, {"ids": packing_lists})).all()


async def shipments(connection: AsyncConnection, of: Of, ids: Sequence[UUID]) -> Rows:
    """All columns, and the courier account's slug as `courier`; oldest first, void ones too."""
    return (await connection.execute(_SHIPMENTS[of], {"ids": ids})).all()


async def tracking_events(connection: AsyncConnection, shipments: Sequence[UUID]) -> Rows:
    """Oldest first, by the courier's clock."""
    return (await connection.execute(_EVENTS, {"ids": shipments})).all()


async def invoices_of(connection: AsyncConnection, orders: Sequence[UUID]) -> Rows:
    """Invoices and credit notes, oldest first."""
    return (await connection.execute(_INVOICES, {"ids": orders})).all()
