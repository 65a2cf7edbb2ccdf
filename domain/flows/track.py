"""What couriers tell of their parcels (spec FUL-5). Events may come twice, late and in any order."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import connector_actor
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.orders.history import record
from domain.orders.queries import order_for_update
from domain.shipping.models import CourierAccount, Shipment, ShipmentStatus, ShippingStarts, TrackingEvent
from domain.shipping.queries import shipment_for_update
from domain.shipping.rules import ON_THE_WAY, Scan, latest_state

from .deliver import deliver_if_complete, start_shipping
from .number import keep_awb
from .void import awb_voided

UNSETTLED = (ShipmentStatus.REQUESTED, ShipmentStatus.UNKNOWN)

NOT_APPLIED = "What the courier told of this parcel could not be applied. It is tried again; the log says why."


async def apply_tracking(
    session: AsyncSession, shipment_id: UUID, scans: Sequence[Scan], awb: str | None = None
) -> int:
    """Keeps the new scans of a shipment and draws their consequences; returns how many were new.

    `awb` is the number that the courier tells with them: a shipment that has none yet gets it.

    Nothing here bumps the order's version: an operator's edit is not made stale by a scan. A shipment whose making is
    not settled keeps nothing: its attempt finds out the AWB first, and the next poll tells the scans again. One that
    was voided stays so; that its parcel moves all the same is told to a person. A courier that tells that it is void
    undoes what its start had done, as if we had asked for it.
    """
    shipment = await session.get_one(Shipment, shipment_id)
    order = await order_for_update(session, shipment.order_id)
    shipment = await shipment_for_update(session, shipment_id)
    if shipment.status in UNSETTLED:
        return 0
    shipment.tracked_at = utc_now()
    if shipment.attention == NOT_APPLIED:
        shipment.attention = None
    account = await session.get_one(CourierAccount, shipment.courier_account_id)
    actor = connector_actor(account.connector, account.slug)
    if awb and shipment.awb is None and shipment.status is not ShipmentStatus.VOIDED:
        await keep_awb(session, actor, order, shipment, account, awb)
    fresh = await _keep(session, shipment, scans)
    state = latest_state(await _all_scans(session, shipment, scans))
    if not fresh or state is None or state.status is None:
        await session.flush()
        return fresh
    if shipment.status is ShipmentStatus.VOIDED:
        if state.status in ON_THE_WAY:
            shipment.attention = f"AWB {shipment.awb} was voided, and the courier scans it. Call it back."
        await session.flush()
        return fresh
    if state.status is ShipmentStatus.VOIDED:
        await awb_voided(session, shipment.id, account.title)
        return fresh
    before = shipment.status
    shipment.status = state.status
    shipment.final = state.final
    unknown = sorted({scan.code for scan in scans if not scan.known})
    if state.attention:
        shipment.attention = f"{account.title}: {state.text}"
    elif unknown:
        shipment.attention = f"{account.title} sent codes that are not known here: {', '.join(unknown)}"
    if state.status is ShipmentStatus.DELIVERED:
        shipment.delivered_at = state.at
    await session.flush()
    if before is not state.status:
        await record(
            session,
            order,
            "tracking_received",
            actor,
            {"awb": shipment.awb, "status": state.status.value, "code": state.code, "text": state.text},
        )
    if account.shipping_starts is not ShippingStarts.AWB and state.status in ON_THE_WAY:
        await start_shipping(session, actor, order, shipment)
    if state.status is ShipmentStatus.DELIVERED:
        await deliver_if_complete(session, actor, order)
    return fresh


async def tracking_failed(session: AsyncSession, shipment_id: UUID) -> None:
    """Says on the shipment that what was told of it met a fault, until telling it goes well again."""
    shipment = await shipment_for_update(session, shipment_id)
    shipment.attention = NOT_APPLIED
    await session.flush()


async def _keep(session: AsyncSession, shipment: Shipment, scans: Sequence[Scan]) -> int:
    if not scans:
        return 0
    rows = await session.execute(
        insert(TrackingEvent)
        .values(
            [
                {
                    "id": new_id(),
                    "shipment_id": shipment.id,
                    "at": scan.at,
                    "code": scan.code,
                    "text": scan.text,
                    "status": scan.status,
                    "location": scan.location,
                    "known": scan.known,
                }
                for scan in scans
            ]
        )
        .on_conflict_do_nothing(index_elements=["shipment_id", "at", "code", "location"])
        .returning(TrackingEvent.id)
    )
    return len(rows.all())


async def _all_scans(session: AsyncSession, shipment: Shipment, told: Sequence[Scan]) -> list[Scan]:
    """What was stored before counts too: a late old event must not undo a newer one."""
    marks = {(scan.at, scan.code): scan for scan in told}
    rows = await session.scalars(
        select(TrackingEvent)
        .where(TrackingEvent.shipment_id == shipment.id)
        .order_by(TrackingEvent.at, TrackingEvent.id)
    )
    return [
        marks.get(
            (row.at, row.code),
            Scan(at=row.at, code=row.code, text=row.text, status=row.status, location=row.location, known=row.known),
        )
        for row in rows
    ]
