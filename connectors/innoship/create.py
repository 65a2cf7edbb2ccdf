"""Making an AWB, once: our key is Innoship's `externalOrderId`, by which it can be asked after an unknown outcome."""

import re
from collections.abc import Sequence
from typing import Any

from omnisales_sdk import Created, Money, OutcomeUnknown, Problem, Refused, Response, ShipmentRequest, hookimpl

from .body import shipment_body
from .checks import problems
from .client import call, demand_answer, parsed, refused, rows
from .reading import Row, amount, text, whole
from .refusals import refusal
from .settings import Ctx
from .tracking import cancelled

_REQUEST_TIMEOUT = 408
_DUPLICATE = re.compile(r"(?i)(?=.*(external\W?order|order\W?reference))(?=.*(exist|already|duplicat|unique))")
"""Innoship's wording of "this externalOrderId was used" is not documented. The pattern is wide on purpose: whatever it
catches is looked up by key, and only what is found there counts."""


@hookimpl
def create_awb(ctx: Ctx, request: ShipmentRequest) -> Created | Refused:
    """Orders the AWB. A second order with our key that Innoship refuses is answered with the first one's AWB."""
    wrong = problems(request, ctx.settings)
    if wrong:
        return Refused(problems=wrong)
    answer = call(
        ctx, "api", "POST", "/api/Order", json=shipment_body(request, ctx.settings, ctx.now()), key=request.key
    )
    if answer.status == _REQUEST_TIMEOUT:
        raise OutcomeUnknown(request.key, "Innoship answered HTTP 408 to the order")
    demand_answer(answer)
    if not refused(answer):
        return _made(answer, request.key)
    said = refusal(answer)
    if answer.status == 409 or any(_DUPLICATE.search(problem.message) for problem in said.problems):
        return _made_before(ctx, request.key)
    return said


@hookimpl
def find_awb(ctx: Ctx, key: str) -> Created | None:
    """What was made under our key, also when it was cancelled since (tracking then says so)."""
    found = _shipments(ctx, key)
    return _created_from_track(found[0]) if found else None


def _made(answer: Response, key: str) -> Created:
    body = parsed(answer)
    row: Row = body if isinstance(body, dict) else {}
    awb, order_id = text(row, "courierShipmentId"), text(row, "clientOrderId")
    if not (awb or order_id):
        raise OutcomeUnknown(key, f"an answer to the order that cannot be read (HTTP {answer.status})")
    return Created(
        awb=awb,
        refs=_refs(whole(row, "courier"), order_id),
        tracking_url=text(row, "trackPageUrl") or text(row, "courierTrackPageUrl"),
        price=_price(row.get("price")),
    )


def _made_before(ctx: Ctx, key: str) -> Created | Refused:
    found = _shipments(ctx, key)
    if not found:
        raise OutcomeUnknown(key, "Innoship says that this order exists already, and does not find it yet")
    if cancelled(found[0]):
        message = "The AWB under this key was cancelled, and Innoship does not take the key again: make a new shipment."
        return Refused(problems=(Problem(path="key", code="key_used", message=message),))
    return _created_from_track(found[0])


def _shipments(ctx: Ctx, key: str) -> Sequence[Row]:
    """Innoship's shipments under our key, those that are not cancelled first.

    Only a readable answer without the shipment means "not found"; everything else raises.
    """
    answer = call(ctx, "query", "POST", "/api/Track/by-external-order-id", json={"externalOrderId": [key]})
    demand_answer(answer)
    if answer.status == 404:
        return []
    if refused(answer):
        raise OutcomeUnknown(key, f"Innoship would not look up the order: {refusal(answer).problems[0].message}")
    found = [row for row in rows(answer) if text(row, "externalOrderId") in (key, None)]
    live = [row for row in found if not cancelled(row)]
    if len(live) > 1:
        awbs = [text(row, "shipmentAwb") for row in live]
        ctx.log.warning("several shipments under one key", order_key=key, awbs=awbs)
    return sorted(found, key=cancelled)


def _created_from_track(row: Row) -> Created:
    return Created(
        awb=text(row, "shipmentAwb"),
        refs=_refs(whole(row, "courier"), text(row, "orderId")),
        tracking_url=text(row, "trackUrl"),
    )


def _refs(courier: int | None, order_id: str | None) -> dict[str, str]:
    """Label, cancellation and tracking want the courier's number beside the AWB."""
    pairs = (("courier_id", courier), ("order_id", order_id))
    return {name: str(value) for name, value in pairs if value is not None}


def _price(price: Any) -> Money | None:
    total = amount(price, "totalAmount") if isinstance(price, dict) else None
    return None if total is None else Money(amount=total, currency=text(price, "currency") or "RON")
