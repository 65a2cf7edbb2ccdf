"""Fetching an AWB's label, kept so that a reprint needs no call."""

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from domain.kernel.clock import utc_now
from domain.shipping.models import Shipment, ShipmentLabel, ShipmentStatus
from jobs.accounts import FarSide, courier_account, far_side
from jobs.runtime import Runtime
from jobs.translate import shipment_ref
from jobs.work import Work, finishing
from omnisales_sdk import Label, TryLater

from .shipments import find_shipment

NOT_YET = timedelta(seconds=30)
"""How long a courier gets that has the AWB and not yet its label."""


def fetch(runtime: Runtime, work: Work) -> None:
    """Fetches the label in the format that the payload names, else in the courier's first."""
    shipment = runtime.run(find_shipment(runtime, work.id_of("shipment_id")))
    far = far_side(runtime, runtime.run(courier_account(runtime, shipment.courier_account_id)))
    formats = [term.key for term in far.manifest.vocabulary.label_formats]
    wanted = work.payload.get("format") or next(iter(formats), None)
    label: Label | None = None
    if (
        wanted is not None
        and far.supports("label")
        and shipment.status is not ShipmentStatus.VOIDED
        and not runtime.run(_is_there(runtime, shipment, wanted))
    ):
        _learn_refs(runtime, far, shipment)
        label = far.call("label", shipment=shipment_ref(shipment), format=wanted)
        if label is None:
            raise TryLater("the courier does not have the label yet", after=NOT_YET)
    runtime.run(_end(runtime, work, shipment, wanted, label))


def _learn_refs(runtime: Runtime, far: FarSide, shipment: Shipment) -> None:
    """The courier's own references of an AWB whose number a person gave: without them it has no label and no void."""
    if shipment.refs or shipment.typed_awb is not None or not far.supports("find_awb"):
        return
    found = far.call("find_awb", key=shipment.key)
    if found is not None and found.awb == shipment.awb and found.refs:
        shipment.refs = dict(found.refs)
        runtime.run(_keep_refs(runtime, shipment))


async def _keep_refs(runtime: Runtime, shipment: Shipment) -> None:
    async with runtime.database.begin() as session:
        await session.execute(update(Shipment).where(Shipment.id == shipment.id).values(refs=shipment.refs))


async def _is_there(runtime: Runtime, shipment: Shipment, wanted: str) -> bool:
    async with runtime.database.read() as connection:
        found = await connection.execute(
            select(ShipmentLabel.format).where(ShipmentLabel.shipment_id == shipment.id, ShipmentLabel.format == wanted)
        )
        return found.first() is not None


async def _end(runtime: Runtime, work: Work, shipment: Shipment, wanted: str | None, label: Label | None) -> None:
    """Kept under the format that was asked for: the courier may give the nearest that it has."""
    async with finishing(runtime, work) as session:
        if label is not None:
            await session.execute(
                insert(ShipmentLabel)
                .values(
                    shipment_id=shipment.id,
                    format=wanted,
                    media_type=label.media_type,
                    content=label.content,
                    fetched_at=utc_now(),
                )
                .on_conflict_do_nothing(index_elements=["shipment_id", "format"])
            )
