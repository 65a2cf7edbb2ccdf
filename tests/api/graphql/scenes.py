"""Situations that several tests begin with."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel
from domain.fulfilment.models import DeliveryNote, DeliveryNoteState, PackingList, PackingState, Parcel
from domain.kernel.clock import utc_now
from domain.kernel.database import Database
from domain.orders.models import Order
from domain.shipping.models import CourierAccount, Shipment, ShipmentStatus, ShippingStarts, TrackingEvent


async def make_account(session: AsyncSession, slug: str = "hand", connector: str = "manual") -> CourierAccount:
    now = utc_now()
    account = CourierAccount(
        slug=slug,
        title=slug.title(),
        connector=connector,
        shipping_starts=ShippingStarts.AWB,
        created_at=now,
        updated_at=now,
    )
    session.add(account)
    await session.flush()
    return account


async def make_packing_list(
    session: AsyncSession, order: Order, state: PackingState = PackingState.APPROVED
) -> PackingList:
    """A packing list with one measured parcel, of a delivery note without lines."""
    now = utc_now()
    channel = await session.get_one(Channel, order.channel_id)
    note = DeliveryNote(
        number=f"DN-{order.number}",
        order_id=order.id,
        warehouse_id=channel.warehouse_id,
        state=DeliveryNoteState.OPEN,
        created_at=now,
    )
    session.add(note)
    await session.flush()
    packing = PackingList(
        number=f"PL-{order.number}", order_id=order.id, delivery_note_id=note.id, state=state, created_at=now
    )
    session.add(packing)
    await session.flush()
    size = Decimal(10)
    session.add(
        Parcel(
            packing_list_id=packing.id,
            number=1,
            length_cm=size,
            width_cm=size,
            height_cm=size,
            weight_kg=Decimal("1.5"),
        )
    )
    await session.flush()
    return packing


async def make_shipment(session: AsyncSession, order: Order, account: CourierAccount, **fields: Any) -> Shipment:
    """A shipment with one scan."""
    packing = await make_packing_list(session, order)
    shipment = Shipment(
        **{
            "key": f"k-{order.number}",
            "order_id": order.id,
            "packing_list_id": packing.id,
            "courier_account_id": account.id,
            "awb": f"AWB-{order.number}",
            "status": ShipmentStatus.CREATED,
            "cod_amount": Decimal("12.00"),
            "cod_currency": "RON",
            "created_at": utc_now(),
            **fields,
        }
    )
    session.add(shipment)
    await session.flush()
    session.add(
        TrackingEvent(
            shipment_id=shipment.id,
            at=utc_now(),
            code="1",
            text="Registered",
            status=ShipmentStatus.CREATED,
            location="Brașov",
        )
    )
    await session.flush()
    return shipment


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that this database is sent meanwhile."""
    statements: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    engines = (database.engine.sync_engine, database.read_engine.sync_engine)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
