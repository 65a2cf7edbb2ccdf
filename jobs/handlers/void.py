"""Asking the courier to void an AWB; it may be asked twice."""

from sqlalchemy.ext.asyncio import AsyncSession

from domain.flows.void import awb_voided, void_refused
from domain.kernel.refusals import Problem
from domain.shipping.models import ShipmentStatus
from jobs.accounts import courier_account, far_side
from jobs.runtime import Runtime
from jobs.translate import problems, shipment_ref
from jobs.work import Work, finishing
from omnisales_sdk import NeedsHuman, Refused
from plugins.host import Unsupported

from .shipments import find_shipment


def void(runtime: Runtime, work: Work) -> None:
    """Voids the AWB there, then here; a courier that keeps it leaves a task for a person."""
    shipment = runtime.run(find_shipment(runtime, work.id_of("shipment_id")))
    refused: list[Problem] = []
    if shipment.status is not ShipmentStatus.VOIDED:
        far = far_side(runtime, runtime.run(courier_account(runtime, shipment.courier_account_id)))
        try:
            answer = far.call("void_awb", shipment=shipment_ref(shipment))
        except Unsupported:
            refused = [Problem(("awb",), "UNSUPPORTED", "this courier cannot be asked to void by program")]
        else:
            refused = problems(answer.problems) if isinstance(answer, Refused) else []
    runtime.run(_end(runtime, work, refused))


async def _end(runtime: Runtime, work: Work, refused: list[Problem]) -> None:
    shipment_id = work.id_of("shipment_id")
    async with finishing(runtime, work) as session:
        if refused:
            await void_refused(session, shipment_id, refused)
        else:
            await awb_voided(session, shipment_id, work.payload.get("by"))


async def gave_up(runtime: Runtime, session: AsyncSession, work: Work, error: Exception) -> None:
    """The courier could not be asked: the parcel counts as going on."""
    words = f"{error.message}. {error.remedy}" if isinstance(error, NeedsHuman) else str(error)
    await void_refused(session, work.id_of("shipment_id"), [Problem(("awb",), "NOT_ASKED", words)])
