"""Values that pass between the host and a courier connector. Sizes in cm, weights in kg, times aware and UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any


class ShipmentStatus(StrEnum):
    """The common states of a shipment on which each courier's codes are mapped (spec FUL-5)."""

    REQUESTED = "REQUESTED"
    UNKNOWN = "UNKNOWN"
    CREATED = "CREATED"
    PICKED_UP = "PICKED_UP"
    IN_TRANSIT = "IN_TRANSIT"
    OUT_FOR_DELIVERY = "OUT_FOR_DELIVERY"
    DELIVERED = "DELIVERED"
    DELIVERY_FAILED = "DELIVERY_FAILED"
    RETURNING = "RETURNING"
    RETURNED = "RETURNED"
    VOIDED = "VOIDED"
    LOST_DAMAGED = "LOST_DAMAGED"


@dataclass(frozen=True, kw_only=True, slots=True)
class Money:
    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Why something was refused: the path of the field (`parcels.0.weight`), a code, and a sentence for people."""

    path: str
    code: str
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    name: str
    contact: str
    phone: str
    street: str
    city: str
    county: str
    postcode: str
    country: str
    email: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Parcel:
    number: int
    length_cm: Decimal
    width_cm: Decimal
    height_cm: Decimal
    weight_kg: Decimal
    contents: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShipmentRequest:
    """An AWB to be made. `key` is our idempotency key: the courier is given it and can later be asked by it.

    `service` is one of the manifest's service terms (None: the account's default). `cash_on_delivery` is for the
    whole shipment. `delivery_point` is the courier's own id of a locker or pick-up point. `awb` is a number typed in
    by hand, for couriers without an interface.
    """

    key: str
    reference: str
    recipient: Party
    parcels: tuple[Parcel, ...]
    service: str | None = None
    sender: Party | None = None
    warehouse: str | None = None
    cash_on_delivery: Money | None = None
    insured_value: Money | None = None
    note: str = ""
    delivery_point: str | None = None
    awb: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """An offer: `service` is what `ShipmentRequest.service` takes; `price` includes VAT."""

    service: str
    title: str
    price: Money
    delivery_on: date | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Created:
    """The shipment exists. `awb` may come later (None now); `refs` are stored and handed back with each later call."""

    awb: str | None
    refs: Mapping[str, str] = field(default_factory=dict)
    tracking_url: str | None = None
    price: Money | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """The courier said no, and nothing was made or changed there."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ShipmentRef:
    """A shipment that exists at the courier: its AWB, our key and the courier's own references."""

    key: str
    awb: str | None
    refs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    content: bytes
    media_type: str
    format: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Voided:
    """The AWB is void at the courier, now or before."""

    already: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Dispatched:
    """The hand-over step was done (a bordereau validated, a pickup order closed); `reference` is the courier's."""

    reference: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackingEvent:
    """One scan. `status` is None where the code changes nothing or is unknown (`known=False`, kept and shown)."""

    at: datetime
    code: str
    text: str
    status: ShipmentStatus | None
    location: str = ""
    final: bool = False
    attention: bool = False
    known: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackingUpdate:
    """What is known of one shipment, found by `awb` (and `key`, where the courier echoes it)."""

    awb: str
    events: tuple[TrackingEvent, ...]
    key: str | None = None
    return_awb: str | None = None
