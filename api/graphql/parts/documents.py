"""Delivery notes, packing lists, invoices."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from api.graphql.context import Context
from api.graphql.lookahead import Selection
from api.graphql.types.fulfilment import DeliveryNote, DeliveryNoteLine, PackingList, Parcel
from api.graphql.types.ids import gid, gid_or_none
from api.graphql.types.invoice import Invoice, InvoiceKind
from api.graphql.types.money import money, plain, plain_or_none
from api.graphql.types.order import Order
from api.graphql.types.seller import seller
from domain.reads import fulfilment_rows
from domain.reads.fulfilment_rows import Of
from domain.reads.rows import AnyRow

from .grouping import grouped


async def delivery_notes(
    context: Context, connection: AsyncConnection, orders: Sequence[Order], below: Selection
) -> None:
    found = await find_delivery_notes(connection, Of.ORDERS, [order.key for order in orders], below)
    for order in orders:
        order.delivery_notes = found.get(order.key, [])


async def find_delivery_notes(
    connection: AsyncConnection, of: Of, ids: Sequence[UUID], below: Selection
) -> dict[UUID, list[DeliveryNote]]:
    """Delivery notes by their order."""
    found = grouped(await fulfilment_rows.delivery_notes(connection, of, ids), _note)
    if "lines" in below:
        notes = [note for group in found.values() for note in group]
        lines = grouped(
            await fulfilment_rows.delivery_note_lines(connection, [note.key for note in notes]),
            lambda row: DeliveryNoteLine(line=gid(row.id), sku=row.sku, name=row.name, quantity=plain(row.quantity)),
        )
        for note in notes:
            note.lines = lines[note.key]
    return found


def _note(row: AnyRow) -> DeliveryNote:
    return DeliveryNote(
        key=row.id, id=gid(row.id), number=row.number, state=row.state, created_at=row.created_at, lines=[]
    )


async def packing_lists(
    context: Context, connection: AsyncConnection, orders: Sequence[Order], below: Selection
) -> None:
    found = await find_packing_lists(connection, Of.ORDERS, [order.key for order in orders], below)
    for order in orders:
        order.packing_lists = found.get(order.key, [])


async def find_packing_lists(
    connection: AsyncConnection, of: Of, ids: Sequence[UUID], below: Selection
) -> dict[UUID, list[PackingList]]:
    """Packing lists by their order."""
    found = grouped(await fulfilment_rows.packing_lists(connection, of, ids), _list)
    if "parcels" in below:
        lists = [one for group in found.values() for one in group]
        parcels = grouped(await fulfilment_rows.parcels(connection, [one.key for one in lists]), _parcel)
        for one in lists:
            one.parcels = parcels[one.key]
    return found


def _list(row: AnyRow) -> PackingList:
    return PackingList(
        key=row.id,
        id=gid(row.id),
        number=row.number,
        state=row.state,
        version=row.version,
        delivery_note_id=gid(row.delivery_note_id),
        created_at=row.created_at,
        parcels=[],
    )


def _parcel(row: AnyRow) -> Parcel:
    return Parcel(
        number=row.number,
        length_cm=plain_or_none(row.length_cm),
        width_cm=plain_or_none(row.width_cm),
        height_cm=plain_or_none(row.height_cm),
        weight_kg=plain_or_none(row.weight_kg),
    )


async def invoices(context: Context, connection: AsyncConnection, orders: Sequence[Order], below: Selection) -> None:
    rows = await fulfilment_rows.invoices_of(connection, [order.key for order in orders])
    found = grouped(rows, _invoice)
    for order in orders:
        order.invoices = found[order.key]


def _invoice(row: AnyRow) -> Invoice:
    return Invoice(
        id=gid(row.id),
        number=row.display_number,
        kind=InvoiceKind(row.kind),
        issued_at=row.issued_at,
        net=money(row.net, row.currency),
        tax=money(row.tax, row.currency),
        total=money(row.total, row.currency),
        seller=seller(row.seller),
        credited=row.credited,
        credits=gid_or_none(row.credits_id),
    )
