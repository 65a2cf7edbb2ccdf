"""The label as PDF."""

from base64 import b64decode
from typing import Any
from urllib.parse import quote as quoted

from omnisales_sdk import Label, NeedsHuman, Response, ShipmentRef, TryLater, hookimpl

from .client import call, demand_answer, parsed
from .refusals import must_not_refuse
from .settings import Ctx

FORMATS = {"100x150": "A6", "A4": "A4", "A6": "A6"}
"""Our format to Innoship's. It has no 100×150 mm: A6 (105×148 mm) is asked for, `Label.format` says so."""

_PDF = b"%PDF"


@hookimpl
def label(ctx: Ctx, shipment: ShipmentRef, format: str) -> Label | None:
    """None while there is no AWB, or Innoship does not have the label yet."""
    courier = shipment.refs.get("courier_id")
    if not (shipment.awb and courier):
        return None
    wanted = FORMATS.get(format)
    if wanted is None:
        raise NeedsHuman(
            "label_format:unknown",
            f"Innoship's labels do not come as {format!r}",
            remedy=f"Choose one of {', '.join(FORMATS)} in the settings of the courier account.",
        )
    answer = call(
        ctx,
        "api",
        "GET",
        f"/api/Label/by-courier/{courier}/awb/{quoted(shipment.awb, safe='')}",
        params={"type": "PDF", "format": wanted, "useFile": "true"},
    )
    demand_answer(answer)
    if answer.status == 404:
        return None
    must_not_refuse(answer, f"the label of AWB {shipment.awb}")
    content = _pdf(answer)
    if content is None:
        raise TryLater(f"the label of AWB {shipment.awb} is no PDF ({answer.headers.get('content-type', 'no type')})")
    return Label(content=content, media_type="application/pdf", format=wanted)


def _pdf(answer: Response) -> bytes | None:
    """The file itself, or what is packed as base64 into `contents` (or into a single entry of `labels`)."""
    if answer.content.startswith(_PDF):
        return answer.content
    body = parsed(answer)
    if not isinstance(body, dict):
        return None
    labels = body.get("labels")
    packed = [body.get("contents"), *(labels if isinstance(labels, list) and len(labels) == 1 else ())]
    return next((content for content in map(_unpacked, packed) if content), None)


def _unpacked(text: Any) -> bytes | None:
    if not isinstance(text, str):
        return None
    try:
        content = b64decode(text, validate=True)
    except ValueError:
        return None
    return content if content.startswith(_PDF) else None
