"""Cancelling an AWB; what Innoship refuses is compared with what its tracking says, never judged by its wording."""

from urllib.parse import quote

from omnisales_sdk import Problem, Refused, ShipmentRef, Voided, hookimpl

from .client import call, demand_answer, refused
from .reading import text
from .refusals import refusal
from .settings import Ctx
from .tracking import cancelled, track_rows


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
    known = [row for row in track_rows(ctx, courier, [shipment.awb]) if text(row, "shipmentAwb") == shipment.awb]
    if any(map(cancelled, known)):
        return Voided(already=True)
    if not known and answer.status == 404:
        return Voided(already=True)
    return refusal(answer)
