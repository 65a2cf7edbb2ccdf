"""Which orders Innoship refuses. Field names in its messages are those of the order, in PascalCase."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from .rates import OFFERS, courier_number

_LENGTHS = {
    "name": 64,
    "contactPerson": 100,
    "addressText": 100,
    "postalCode": 50,
    "phone": 64,
    "email": 100,
}
_TOP_LENGTHS = {"externalOrderId": 100, "observation": 500, "sourceChannel": 50, "metadata": 100}
_AT_POINT = ("name", "contactPerson", "phone", "fixedLocationId")
_AT_HOME = ("name", "contactPerson", "phone", "country", "localityName", "addressText")
_POINT_SERVICES = frozenset({3, 4, 53, 54})
_PAYMENTS = frozenset({"Sender", "Recipient", "ThirdParty", 1, 2, 3})
_SIDES = ("length", "width", "height")
_LARGEST = 500


def camel(value: Any) -> Any:
    """The body with its field names in camelCase: Innoship reads PascalCase as well."""
    if isinstance(value, dict):
        return {name[:1].lower() + name[1:]: camel(inner) for name, inner in value.items()}
    return [camel(inner) for inner in value] if isinstance(value, list) else value


def mistakes(body: dict[str, Any], locations: Collection[str]) -> list[str]:
    """One sentence per field that is missing or wrong; empty for an order that can be made."""
    return [f"Value of field {field} is not valid" for field in _wrong_fields(body, locations)]


def _wrong_fields(body: dict[str, Any], locations: Collection[str]) -> Iterator[str]:
    if body.get("serviceId") not in {offer.service for offer in OFFERS}:
        yield "ServiceId"
    if body.get("courierId") is not None and courier_number(body["courierId"]) is None:
        yield "CourierId"
    if not _is_date(body.get("shipmentDate")):
        yield "ShipmentDate"
    if body.get("payment") not in _PAYMENTS:
        yield "Payment"
    if body.get("externalClientLocation") not in locations:
        yield "ExternalClientLocation"
    for name, limit in _TOP_LENGTHS.items():
        if len(body.get(name) or "") > limit:
            yield name[:1].upper() + name[1:]
    address, content = body.get("addressTo"), body.get("content")
    if isinstance(address, dict):
        yield from _address(address, body.get("serviceId"))
    else:
        yield "AddressTo"
    if isinstance(content, dict):
        yield from _content(content)
    else:
        yield "Content"


def _address(address: dict[str, Any], service: Any) -> Iterator[str]:
    for name in _AT_POINT if service in _POINT_SERVICES else _AT_HOME:
        if not str(address.get(name) or "").strip():
            yield f"AddressTo.{name[:1].upper()}{name[1:]}"
    if service not in _POINT_SERVICES and not (address.get("countyName") or address.get("postalCode")):
        yield "AddressTo.CountyName"
    for name, limit in _LENGTHS.items():
        if len(str(address.get(name) or "")) > limit:
            yield f"AddressTo.{name[:1].upper()}{name[1:]}"


def _content(content: dict[str, Any]) -> Iterator[str]:
    pieces = sum(content.get(name) or 0 for name in ("envelopeCount", "parcelsCount", "palettesCount"))
    parcels = content.get("parcels") or []
    if pieces < 1:
        yield "Content.ParcelsCount"
    if not _positive(content.get("totalWeight")):
        yield "Content.TotalWeight"
    if not content.get("contents") or len(content["contents"]) > 100:
        yield "Content.Contents"
    if parcels and len(parcels) != pieces:
        yield "Content.Parcels"
    sized = any(parcel.get("size") for parcel in parcels)
    for place, parcel in enumerate(parcels):
        if not _positive(parcel.get("weight")):
            yield f"Content.Parcels[{place}].Weight"
        for side in _SIDES if sized else ():
            value = (parcel.get("size") or {}).get(side)
            if not (isinstance(value, int | float) and 1 <= value <= _LARGEST):
                yield f"Content.Parcels[{place}].Size.{side.capitalize()}"


def _positive(value: Any) -> bool:
    return isinstance(value, int | float) and value > 0


def _is_date(value: Any) -> bool:
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True
