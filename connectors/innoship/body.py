"""The body of a shipment, one for a price and for an order: otherwise the price quoted is not the price booked."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from omnisales_sdk import Money, Parcel, Party, ShipmentRequest

from .services import PALLET_SERVICE, Choice, parse_choice
from .settings import Settings

_CONTENTS_LENGTH = 100
_COD_FIELDS = {
    "bank": ("bankRepaymentAmount", "bankRepaymentCurrency"),
    "cash": ("cashOnDeliveryAmount", "cashOnDeliveryAmountCurrency"),
}
_INSURED_FIELDS = {
    "insurance": ("insuranceAmount", "insuranceAmountCurrency"),
    "declared_value": ("declaredValueAmount", "declaredValueAmountCurrency"),
}


def choice_of(request: ShipmentRequest, settings: Settings) -> Choice:
    """The service asked for, or the account's default for this kind of delivery."""
    default = settings.point_service if request.delivery_point else settings.default_service
    return parse_choice(request.service or default)


def shipment_body(request: ShipmentRequest, settings: Settings, now: datetime) -> dict[str, Any]:
    """A request that `checks.problems` has passed, in Innoship's words: cm, kg, amounts as numbers.

    The sender is left out: the parcel is fetched where `externalClientLocation` is, whereas an `addressFrom` would
    order a pick-up at a third party. An offer's option has no field in the order that is documented; it is sent as the
    attribute `optionId`, on which rules of the account can act.
    """
    choice = choice_of(request, settings)
    body: dict[str, Any] = {
        "parameters": {"async": False, "getParcelsBarcodes": False, "includePriceBreakdown": False},
        "serviceId": choice.service,
        "courierId": choice.courier,
        "shipmentDate": _noon(now, settings.time_zone),
        "addressTo": _address(request.recipient, request.delivery_point),
        "payment": settings.payer,
        "content": _content(request.parcels, choice, settings, request.reference),
        "extra": _extra(request, settings),
        "externalClientLocation": settings.locations.get(request.warehouse or "", settings.external_client_location),
        "externalOrderId": request.key,
        "sourceChannel": "OmniSales",
        "clientSettings": _client_settings(settings),
    }
    if settings.metadata:
        body["metadata"] = settings.metadata
    if request.note:
        body["observation"] = request.note
    if choice.option:
        body["customAttributes"] = {"optionId": choice.option}
    return body


def _noon(now: datetime, zone: str) -> str:
    """The shipment's day at noon UTC: at midnight, a reader in another zone would take it for the day before."""
    return f"{now.astimezone(ZoneInfo(zone)):%Y-%m-%d}T12:00:00Z"


def _address(party: Party, point: str | None) -> dict[str, Any]:
    person = {"name": party.name, "contactPerson": party.contact or party.name, "phone": party.phone}
    if party.email:
        person["email"] = party.email
    if point:
        # `fixedLocationId` is Innoship's own id; the courier's goes into another field, which Innoship does not check.
        return {**person, "fixedLocationId": point}
    return {
        **person,
        "country": party.country.upper(),
        "countyName": party.county or None,
        "localityName": party.city,
        "addressText": party.street,
        "postalCode": party.postcode or None,
    }


def _content(parcels: tuple[Parcel, ...], choice: Choice, settings: Settings, reference: str) -> dict[str, Any]:
    pallets = choice.service == PALLET_SERVICE
    contents = ", ".join(dict.fromkeys(parcel.contents for parcel in parcels if parcel.contents))
    return {
        "envelopeCount": 0,
        "parcelsCount": 0 if pallets else len(parcels),
        "palettesCount": len(parcels) if pallets else 0,
        "totalWeight": _number(sum((parcel.weight_kg for parcel in parcels), Decimal(0))),
        "contents": (contents or settings.default_contents)[:_CONTENTS_LENGTH],
        "package": settings.package,
        "oversizedPackage": False,
        "parcels": [
            {
                "sequenceNo": place,
                "size": {
                    "width": _number(parcel.width_cm),
                    "height": _number(parcel.height_cm),
                    "length": _number(parcel.length_cm),
                },
                "weight": _number(parcel.weight_kg),
                "type": "Pallet" if pallets else "Parcel",
                "reference1": f"{reference}.{place}",
            }
            for place, parcel in enumerate(parcels, start=1)
        ],
    }


def _extra(request: ShipmentRequest, settings: Settings) -> dict[str, Any]:
    return {
        "openPackage": settings.open_package,
        "saturdayDelivery": settings.saturday_delivery,
        "returnOfDocuments": settings.return_of_documents,
        "reference1": request.reference,
        **_amount(request.cash_on_delivery, _COD_FIELDS[settings.cod_mode]),
        **_amount(request.insured_value, _INSURED_FIELDS[settings.insured_as]),
    }


def _amount(money: Money | None, fields: tuple[str, str]) -> dict[str, Any]:
    return {fields[0]: _number(money.amount), fields[1]: money.currency} if money and money.amount else {}


def _client_settings(settings: Settings) -> dict[str, Any]:
    wanted: dict[str, Any] = {"clientPreferences": {"preferredLabel": settings.preferred_label}}
    if settings.unique_order_reference is not None:
        wanted["uniqueOrderReferenceId"] = settings.unique_order_reference
    return wanted


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
