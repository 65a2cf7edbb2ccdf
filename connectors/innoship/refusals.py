"""Innoship's errors, `{errors: [{message, details}], correlationId}`, as problems per field of our shipment."""

import re
from collections.abc import Iterator
from typing import Any

from omnisales_sdk import NeedsHuman, Problem, Refused, Response

from .client import error_form, parsed

CODE = "courier_refused"

_PATHS = {
    "addressto.name": "recipient.name",
    "addressto.contactperson": "recipient.contact",
    "addressto.phone": "recipient.phone",
    "addressto.email": "recipient.email",
    "addressto.country": "recipient.country",
    "addressto.countyname": "recipient.county",
    "addressto.localityname": "recipient.city",
    "addressto.addresstext": "recipient.street",
    "addressto.postalcode": "recipient.postcode",
    "addressto.fixedlocationid": "delivery_point",
    "addressto": "recipient",
    "content.parcels": "parcels",
    "content.totalweight": "parcels",
    "externalclientlocation": "settings.external_client_location",
    "externalorderid": "key",
    "serviceid": "service",
    "courierid": "service",
    "observation": "note",
    "extra.bankrepaymentamount": "cash_on_delivery",
    "extra.cashondeliveryamount": "cash_on_delivery",
    "extra.insuranceamount": "insured_value",
    "extra.declaredvalueamount": "insured_value",
}
_PARCEL_FIELDS = {
    "size.length": "length_cm",
    "size.width": "width_cm",
    "size.height": "height_cm",
    "weight": "weight_kg",
}
_FIELD = re.compile(r"[A-Za-z]\w*(?:\[\d+\])?(?:\.[A-Za-z]\w*(?:\[\d+\])?)*")
_PARCEL = re.compile(r"content\.parcels\[(\d+)\](?:\.([\w.]+))?")


def refusal(answer: Response) -> Refused:
    """A problem per sentence of Innoship's, each with its correlation id, for which its support asks."""
    return Refused(problems=tuple(_problems(answer)) or (_unexplained(answer),))


def explained(answer: Response) -> str:
    """The refusal as one text."""
    return " ".join(problem.message for problem in refusal(answer).problems)


def must_not_refuse(answer: Response, doing: str) -> None:
    """For calls whose refusal no field of ours can mend: raises `NeedsHuman` with Innoship's own words."""
    if answer.status >= 400:
        raise NeedsHuman(
            "courier:refused",
            f"Innoship refused {doing}: {explained(answer)}",
            remedy="Look at the shipment in Innoship's portal; its support can be asked with the reference.",
        )


def _problems(answer: Response) -> Iterator[Problem]:
    body = error_form(answer) or {}
    reference, errors = body.get("correlationId"), body.get("errors")
    suffix = f" (Innoship reference {reference})" if reference else ""
    for item in errors if isinstance(errors, list) else ():
        for text in _sentences(item):
            yield Problem(path=field_path(text), code=CODE, message=text + suffix)


def _sentences(item: Any) -> Iterator[str]:
    """`details` is a list of texts in Innoship's description, of errors in its newer one, and was met as one text."""
    if isinstance(item, str) and item.strip():
        yield item.strip()
    if not isinstance(item, dict):
        return
    message, details = str(item.get("message") or "").strip(), item.get("details")
    inner = [text for detail in (details if isinstance(details, list) else [details]) for text in _sentences(detail)]
    if inner:
        yield from (f"{message}: {text}" if message else text for text in inner)
    elif message:
        yield message


def field_path(text: str) -> str:
    """Our path of the first field of Innoship's that a sentence names; "" if it names none."""
    for match in _FIELD.finditer(text):
        word = match.group().lower()
        parcel = _PARCEL.fullmatch(word)
        if parcel:
            field = _PARCEL_FIELDS.get(parcel[2] or "")
            return f"parcels.{parcel[1]}" + (f".{field}" if field else "")
        if word in _PATHS:
            return _PATHS[word]
    return ""


def _unexplained(answer: Response) -> Problem:
    body = parsed(answer)
    said = body.get("message") or body.get("title") if isinstance(body, dict) else None
    words = f"Innoship refused: {said}" if said else f"Innoship refused without a reason (HTTP {answer.status})"
    return Problem(path="", code=CODE, message=words)
