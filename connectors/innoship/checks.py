"""What Innoship would refuse anyway, said before it is asked, with our own field names.

Required fields and lengths: Innoship's support article 80000946202 (Order).
"""

from collections.abc import Iterator
from decimal import Decimal

from omnisales_sdk import Parcel, Problem, ShipmentRequest

from .services import POINT_SERVICES, parse_choice
from .settings import Settings

_REQUIRED = ("name", "phone")
_REQUIRED_AT_HOME = ("country", "city", "street")
_LENGTHS = {"name": 64, "contact": 100, "street": 100, "postcode": 50, "phone": 64, "email": 100}
_SIZES = ("length_cm", "width_cm", "height_cm", "weight_kg")
_NOTE_LENGTH = 500
_KEY_LENGTH = 100


def problems(request: ShipmentRequest, settings: Settings) -> tuple[Problem, ...]:
    """Everything that stands in the way of this shipment; empty if nothing does."""
    return (
        *_service(request),
        *_recipient(request),
        *_parcels(request.parcels),
        *_texts(request),
        *_warehouse(request, settings),
    )


def _service(request: ShipmentRequest) -> Iterator[Problem]:
    if request.service is None:
        return
    try:
        choice = parse_choice(request.service)
    except ValueError as error:
        yield Problem(path="service", code="invalid", message=str(error))
        return
    at_point = choice.service in POINT_SERVICES
    if at_point and not request.delivery_point:
        yield Problem(path="delivery_point", code="required", message="Choose the locker or pick-up point.")
    if request.delivery_point and not at_point:
        yield Problem(
            path="service",
            code="invalid",
            message=f"Service {choice.service} does not deliver to a locker or pick-up point; choose 3 or 4.",
        )


def _recipient(request: ShipmentRequest) -> Iterator[Problem]:
    party = request.recipient
    at_home = not request.delivery_point
    for name in _REQUIRED + (_REQUIRED_AT_HOME if at_home else ()):
        if not getattr(party, name).strip():
            yield Problem(path=f"recipient.{name}", code="required", message=f"The recipient's {name} is missing.")
    if at_home and party.country.strip() and len(party.country.strip()) != 2:
        yield Problem(path="recipient.country", code="invalid", message="The country is a code of two letters.")
    if at_home and not (party.county.strip() or party.postcode.strip()):
        yield Problem(
            path="recipient.county", code="required", message="Innoship needs the county or the postcode of the city."
        )
    for name, limit in _LENGTHS.items():
        yield from _too_long(f"recipient.{name}", getattr(party, name), limit)


def _parcels(parcels: tuple[Parcel, ...]) -> Iterator[Problem]:
    if not parcels:
        yield Problem(path="parcels", code="required", message="A shipment has at least one parcel.")
    for place, parcel in enumerate(parcels):
        for name in _SIZES:
            value: Decimal = getattr(parcel, name)
            if not (value.is_finite() and value > 0):
                yield Problem(
                    path=f"parcels.{place}.{name}",
                    code="required",
                    message=f"Parcel {parcel.number}: {name.replace('_', ' in ')} must be measured.",
                )


def _texts(request: ShipmentRequest) -> Iterator[Problem]:
    if not request.key.strip():
        yield Problem(path="key", code="required", message="The shipment has no key by which Innoship can be asked.")
    yield from _too_long("key", request.key, _KEY_LENGTH)
    yield from _too_long("note", request.note, _NOTE_LENGTH)


def _warehouse(request: ShipmentRequest, settings: Settings) -> Iterator[Problem]:
    if request.warehouse and settings.locations and request.warehouse not in settings.locations:
        yield Problem(
            path="warehouse",
            code="unmapped",
            message=f"Warehouse {request.warehouse} has no External Location Id in the courier account's settings.",
        )


def _too_long(path: str, value: str, limit: int) -> Iterator[Problem]:
    if len(value) > limit:
        yield Problem(
            path=path, code="too_long", message=f"{len(value)} characters; Innoship takes at most {limit}: shorten it."
        )
