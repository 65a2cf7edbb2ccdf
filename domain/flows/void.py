"""An AWB is taken back (spec FUL-6)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.diary.entries import Note, open_standing, resolve_standing
from domain.diary.models import Direction
from domain.kernel.actor import Actor, connector_actor
from domain.kernel.clock import utc_now
from domain.kernel.outbox import enqueue
from domain.kernel.refusals import Problem, invalid
from domain.orders.history import record
from domain.orders.models import Order
from domain.orders.queries import order_for_update
from domain.orders.status import Status
from domain.shipping.models import CourierAccount, Shipment, ShipmentStatus
from domain.shipping.queries import shipment_for_update
from domain.shipping.rules import ON_THE_WAY, VOIDABLE

from .deliver import undo_shipping


async def request_void(session: AsyncSession, actor: Actor, shipment_id: UUID) -> Shipment:
    """Asks the courier to void an AWB; repeating changes nothing. Raises `Invalid` when too early or too late."""
    shipment = await shipment_for_update(session, shipment_id)
    if shipment.status is ShipmentStatus.VOIDED or shipment.void_requested_at is not None:
        return shipment
    if shipment.status in (ShipmentStatus.REQUESTED, ShipmentStatus.UNKNOWN):
        raise invalid(("id",), "IN_PROGRESS", "The courier has not answered for this AWB yet. Wait for its outcome.")
    if shipment.status not in VOIDABLE:
        raise invalid(
            ("id",), "ON_ITS_WAY", f"The parcel is {shipment.status.value}; an AWB can be voided only before pick-up."
        )
    shipment.void_requested_at = utc_now()
    await session.flush()
    await enqueue(session, "awb_void", f"shipment:{shipment_id}", {"shipment_id": str(shipment_id), "by": actor.label})
    return shipment


async def awb_voided(session: AsyncSession, shipment_id: UUID, by: str | None = None) -> Shipment:
    """The courier voided it: what its start had done is undone. Told twice it changes nothing.

    If it was scanned on its way meanwhile, the goods are not here: nothing is undone, and a person is told.
    """
    shipment = await session.get_one(Shipment, shipment_id)
    order = await order_for_update(session, shipment.order_id)
    shipment = await shipment_for_update(session, shipment_id)
    if shipment.status is ShipmentStatus.VOIDED:
        return shipment
    account = await session.get_one(CourierAccount, shipment.courier_account_id)
    actor = connector_actor(account.connector, account.slug)
    if shipment.status in ON_THE_WAY:
        text = f"the parcel is {shipment.status.value}, though {account.title} says that it is void"
        await _keep(session, order, shipment, account, text)
        return shipment
    shipment.status, shipment.final, shipment.void_requested_at = ShipmentStatus.VOIDED, True, None
    if shipment.attention is not None and _not_void(shipment) in shipment.attention:
        shipment.attention = None
    await session.flush()
    await record(session, order, "awb_voided", actor, {"awb": shipment.awb, "asked_by": by})
    await resolve_standing(session, order.channel_id, [_refused(shipment)], order.external_id)
    if order.status is not Status.CANCELLED:
        await undo_shipping(session, actor, order, shipment)
    return shipment


async def void_refused(session: AsyncSession, shipment_id: UUID, problems: Sequence[Problem]) -> Shipment:
    """The courier keeps the AWB. The parcel goes on; a person is told (a failed void is a task, spec ORD-4)."""
    shipment = await session.get_one(Shipment, shipment_id)
    order = await order_for_update(session, shipment.order_id)
    shipment = await shipment_for_update(session, shipment_id)
    account = await session.get_one(CourierAccount, shipment.courier_account_id)
    await _keep(session, order, shipment, account, "; ".join(problem.message for problem in problems))
    return shipment


async def _keep(session: AsyncSession, order: Order, shipment: Shipment, account: CourierAccount, text: str) -> None:
    shipment.void_requested_at = None
    shipment.attention = f"{account.title} {_not_void(shipment)} {text}"
    await session.flush()
    await open_standing(
        session,
        Note(
            channel_id=order.channel_id,
            direction=Direction.OUT,
            cause=_refused(shipment),
            message=shipment.attention,
            remedy=f"Call {account.title}, or void the AWB in their portal.",
            external_id=order.external_id,
            order_id=order.id,
        ),
    )
    actor = connector_actor(account.connector, account.slug)
    await record(session, order, "void_refused", actor, {"awb": shipment.awb, "problems": text})


def _not_void(shipment: Shipment) -> str:
    """The words by which a later void knows what it settles."""
    return f"did not void AWB {shipment.awb}:"


def _refused(shipment: Shipment) -> str:
    return f"awb_void:{shipment.awb}"
