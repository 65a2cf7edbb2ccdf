"""Tracking: what couriers tell of our parcels when they are asked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.flows.track import UNSETTLED, apply_tracking, tracking_failed
from domain.shipping.models import Shipment
from jobs.accounts import courier_account, far_side
from jobs.frame import lost_the_database
from jobs.runs import went_well
from jobs.runtime import Runtime
from jobs.signals import LeaveAlone, Taken
from jobs.translate import scans
from jobs.work import Work, finishing
from omnisales_sdk import ShipmentRef, TrackingUpdate

log = structlog.get_logger(__name__)

CHUNK = 100


@dataclass(slots=True)
class Applied:
    """How many parcels were ours, and what those raised that could not be brought up to date."""

    ours: int = 0
    faults: list[Exception] = field(default_factory=list)


def track(runtime: Runtime, work: Work) -> None:
    """Asks for the events of all parcels of an account that are on their way; one run per account at a time.

    Events of a parcel that met a fault are told again by the next run.
    """
    account = runtime.run(courier_account(runtime, work.id_of("account_id")))
    try:
        with runtime.hold(f"track:{account.id}"):
            far = far_side(runtime, account)
            if account.enabled and far.supports("track"):
                refs = runtime.run(_on_their_way(runtime, account.id))
                for start in range(0, len(refs), CHUNK):
                    updates = far.call("track", shipments=refs[start : start + CHUNK])
                    runtime.run(apply_updates(runtime, account.id, updates))
            runtime.run(_end(runtime, work, account.id))
    except Taken as taken:
        raise LeaveAlone from taken


async def _on_their_way(runtime: Runtime, account_id: UUID) -> Sequence[ShipmentRef]:
    """Those that were not looked at for the longest time first; also those whose AWB is still to come."""
    open_ones = (
        select(Shipment.key, Shipment.awb, Shipment.refs)
        .where(Shipment.courier_account_id == account_id, ~Shipment.final, Shipment.status.not_in(UNSETTLED))
        .order_by(Shipment.tracked_at.nulls_first(), Shipment.id)
    )
    async with runtime.database.read() as connection:
        return [ShipmentRef(key=row.key, awb=row.awb, refs=row.refs) for row in await connection.execute(open_ones)]


async def apply_updates(runtime: Runtime, account_id: UUID, updates: Iterable[TrackingUpdate]) -> Applied:
    """Applies what a courier told of an account's parcels, each in a transaction of its own, since each locks its
    order. A parcel that meets a fault is logged and marked for a person, and the others go on; a database that is
    away is raised.
    """
    applied = Applied()
    for update in updates:
        async with runtime.database.read() as connection:
            shipment_id = await _find(connection, account_id, update)
        if shipment_id is None:
            continue
        applied.ours += 1
        try:
            async with runtime.database.begin() as session:
                await apply_tracking(session, shipment_id, scans(update.events), update.awb or None)
        except Exception as fault:  # whatever one parcel meets, it must not stop the account's others
            if lost_the_database(fault):
                raise
            log.exception("tracking_not_applied", shipment=str(shipment_id), awb=update.awb)
            applied.faults.append(fault)
            async with runtime.database.begin() as session:
                await tracking_failed(session, shipment_id)
    return applied


async def _find(connection: AsyncConnection, account_id: UUID, update: TrackingUpdate) -> UUID | None:
    """By our key where the courier echoes it, else by the AWB; the newest, should a courier use a number again."""
    known_by = [Shipment.awb == update.awb]
    if update.key is not None:
        known_by.append(Shipment.key == update.key)
    return await connection.scalar(
        select(Shipment.id)
        .where(Shipment.courier_account_id == account_id, or_(*known_by))
        .order_by((Shipment.key == update.key).desc(), Shipment.id.desc())
        .limit(1)
    )


async def _end(runtime: Runtime, work: Work, account_id: UUID) -> None:
    async with finishing(runtime, work) as session:
        await went_well(session, "track", account_id)
