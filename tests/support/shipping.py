"""Orders on their way to the courier, for tests of what comes after confirmation."""

from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.flows.fulfil import (
    CreatePackingList,
    Pack,
    approve_packing_list,
    create_delivery_note,
    create_packing_list,
    pack,
)
from domain.flows.move import MoveOrder, move_order
from domain.flows.ship import RequestAwb, awb_succeeded, request_awb
from domain.fulfilment.models import DeliveryNote, PackingList
from domain.fulfilment.rules import ParcelSizes
from domain.kernel.money import Money
from domain.kernel.secrets import Vault
from domain.orders.models import Order
from domain.orders.queries import order_for_update
from domain.orders.status import Status
from domain.shipping.accounts import CreateCourierAccount, create_account
from domain.shipping.models import CourierAccount, Shipment, ShippingStarts
from tests.support.builders import OPERATOR, make_order

BOX = ParcelSizes(length_cm=Decimal(30), width_cm=Decimal(20), height_cm=Decimal(10), weight_kg=Decimal("1.5"))
VAULT = Vault("a secret key for tests")


async def make_account(
    session: AsyncSession, slug: str = "courier", starts: ShippingStarts = ShippingStarts.AWB
) -> CourierAccount:
    command = CreateCourierAccount(slug=slug, title="Courier", connector="innoship", shipping_starts=starts)
    return await create_account(session, OPERATOR, command, VAULT)


async def make_confirmed_order(session: AsyncSession, **fields: Any) -> Order:
    """A confirmed order: its stock is reserved."""
    order = await make_order(session, **fields)
    await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.CONFIRMED))
    return await order_for_update(session, order.id, lines=True)


async def make_packed(session: AsyncSession, order: Order, parcels: int = 1, **note: Any) -> PackingList:
    """An approved packing list of everything (or of `lines`)."""
    made = await create_delivery_note(session, OPERATOR, order, **note)
    created = await create_packing_list(session, OPERATOR, CreatePackingList(delivery_note_id=made.id))
    await pack(session, OPERATOR, Pack(packing_list_id=created.id, parcels=(BOX,) * parcels))
    return await approve_packing_list(session, OPERATOR, created.id)


async def make_shipment(
    session: AsyncSession, packing_list: PackingList, account: CourierAccount, awb: str | None = "AWB-1", **asked: Any
) -> Shipment:
    """A shipment that the courier has made as `awb`; None leaves it requested."""
    shipment = await request_awb(
        session, OPERATOR, RequestAwb(packing_list_id=packing_list.id, account=account.slug, **asked)
    )
    if awb is not None:
        await awb_succeeded(
            session, shipment.id, awb=awb, refs={"courier": "1"}, tracking_url=None, price=Money(Decimal(15), "RON")
        )
    return shipment


async def notes_of(session: AsyncSession, order: Order) -> list[DeliveryNote]:
    rows = await session.scalars(
        select(DeliveryNote).where(DeliveryNote.order_id == order.id).order_by(DeliveryNote.id)
    )
    return list(rows)
