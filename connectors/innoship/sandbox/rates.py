"""The couriers of the sandbox's account, what they offer, and at which price: all invented but numbers and names."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

COURIERS = {1: ("Cargus", "Cargus"), 3: ("FanCourier", "FAN Courier"), 6: ("Sameday", "Sameday"), 27: ("Pallex",) * 2}
"""Courier number to its name in Innoship's list and its name for people."""

_VAT = Decimal("0.21")
_VOLUMETRIC = Decimal(6000)
_COD_FEE = Decimal("2.50")
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Offer:
    courier: int
    service: int
    name: str
    base: str
    per_kg: str
    days: int
    option: str | None = None
    option_name: str | None = None


OFFERS = (
    Offer(1, 1, "Standard", "13.36", "1.10", 2),
    Offer(3, 1, "Standard", "14.20", "0.90", 1),
    Offer(3, 1, "Standard", "21.00", "1.20", 1, "FAN-EXPRESS", "Express"),
    Offer(6, 1, "Standard", "13.90", "1.00", 2),
    Offer(6, 6, "Same-Day", "29.90", "1.50", 0),
    Offer(6, 3, "Locker", "9.90", "0.50", 2),
    Offer(1, 4, "PUDO", "10.90", "0.60", 2),
    Offer(1, 11, "Cargo", "45.00", "0.80", 2),
    Offer(27, 12, "Palet", "180.00", "0.25", 3),
    Offer(1, 5, "International Road", "60.00", "3.00", 5),
)


@dataclass(frozen=True, slots=True)
class Price:
    net: Decimal

    @property
    def vat(self) -> Decimal:
        return (self.net * _VAT).quantize(_CENT)

    @property
    def gross(self) -> Decimal:
        return self.net + self.vat


def courier_number(value: object) -> int | None:
    """A courier as number or as name; None when it is neither, or not the account's."""
    if isinstance(value, str) and not value.isdigit():
        return next((number for number, (name, _) in COURIERS.items() if name.lower() == value.lower()), None)
    return int(value) if isinstance(value, int | str) and int(value) in COURIERS else None


def offers_for(body: dict[str, Any]) -> Iterator[tuple[Offer, Price]]:
    """Every offer for an order's body; one courier's if the body names it."""
    courier = courier_number(body["courierId"]) if body.get("courierId") is not None else None
    for offer in OFFERS:
        if offer.service == body["serviceId"] and courier in (None, offer.courier):
            yield offer, _price(offer, body)


def _price(offer: Offer, body: dict[str, Any]) -> Price:
    extra = body.get("extra") or {}
    cod = extra.get("bankRepaymentAmount") or extra.get("cashOnDeliveryAmount")
    net = Decimal(offer.base) + Decimal(offer.per_kg) * _chargeable(body["content"]) + (_COD_FEE if cod else 0)
    return Price(net.quantize(_CENT))


def _chargeable(content: dict[str, Any]) -> Decimal:
    """The greater of the weight and the volumetric weight, in kg."""
    volume = Decimal(0)
    for parcel in content.get("parcels") or ():
        size = parcel.get("size") or {}
        length, width, height = (Decimal(str(size.get(side) or 0)) for side in ("length", "width", "height"))
        volume += length * width * height
    return max(Decimal(str(content["totalWeight"])), volume / _VOLUMETRIC)


def rate_row(offer: Offer, price: Price, now: datetime) -> dict[str, Any]:
    """A rate as `POST /api/Price` lists it."""
    return {
        "carrierId": offer.courier,
        "carrier": COURIERS[offer.courier][1],
        "rateAmount": float(price.net),
        "rateVatAmount": float(price.vat),
        "rateTotalAmount": float(price.gross),
        "rateCurrency": "RON",
        "score": 0.0,
        "performance": 0.0,
        "calculatedDeliveryDate": f"{now + timedelta(days=offer.days):%Y-%m-%d}T00:00:00Z",
        "deliveryDays": offer.days,
        "serviceId": offer.service,
        "service": offer.name,
        "optionId": offer.option,
        "optionName": offer.option_name,
        "priority": 0,
        "priceComponents": None,
    }
