"""Cancelling an AWB; what Innoship refuses is compared with what its tracking says, never judged by its wording."""

from urllib.parse import quote

from omnisales_sdk import Problem, Refused, ShipmentRef, Voided, hookimpl

from .client import call, demand_answer, refused
from .refusals import refusal
from .settings import Ctx
from .statuses import CANCELLED
from .tracking import track_rows


@hookimpl
def void_awb(ctx: Ctx, shipment: ShipmentRef) -> Voided | Refused:
    """Cancels it; once more is harmless. An AWB that neither the order book nor tracking knows counts as void."""
    courier = shipment.refs.get("courier_id")
    if not (shipment.awb and courier):
        message = "The AWB is not known yet: wait until Innoship has answered, then void it."
        return Refused(problems=(Problem(path="awb", code="required", message=message),))
    answer = call(ctx, "api", "DELETE", f"/api/Order/{courier}/awb/{quote(shipment.awb, safe='')}")
    demand_answer(answer)
    if not refused(answer):
        return Voided()
    known = [row for row in track_rows(ctx, courier, [shipment.awb]) if str(row.get("shipmentAwb")) == shipment.awb]
    if any(row.get("currentStatusId") in CANCELLED for row in known):
        return Voided(already=True)
    if not known and answer.status == 404:
        return Voided(already=True)
    return refusal(answer)
