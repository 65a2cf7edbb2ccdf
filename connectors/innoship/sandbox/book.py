"""The shipments that were ordered, and what became of them."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ..statuses import CANCELLED, MEANINGS
from .rates import Price

NEW, NOT_HANDED_OVER, CANCELED, DELIVERED = 1, 4, 106, 100
_COD_NEW, _COD_COLLECTED = (1, "New"), (2, "Collected")
_ZONE = ZoneInfo("Europe/Bucharest")


@dataclass(slots=True)
class Scan:
    status: int
    text: str
    at: datetime
    locality: str | None = None

    def as_row(self) -> dict[str, Any]:
        """As recorded: local time without a zone."""
        meaning = MEANINGS.get(self.status)
        return {
            "clientStatusId": self.status,
            "clientStatusDescription": self.text,
            "eventDate": self.at.astimezone(_ZONE).replace(tzinfo=None).isoformat(),
            "isFinalStatus": meaning.final if meaning else self.status >= DELIVERED,
            "localityName": self.locality,
        }


@dataclass(slots=True)
class Shipment:
    order_id: int
    awb: str
    courier: int
    body: dict[str, Any]
    price: Price
    at: datetime
    scans: list[Scan] = field(default_factory=list)
    return_awb: str | None = None

    @property
    def external_order_id(self) -> str | None:
        return self.body.get("externalOrderId")

    @property
    def current(self) -> Scan:
        """The latest; of two at the same moment, the one that came later."""
        return sorted(self.scans, key=lambda scan: scan.at)[-1]

    @property
    def cancelled(self) -> bool:
        return any(scan.status in CANCELLED for scan in self.scans)

    @property
    def handed_over(self) -> bool:
        return any(scan.status not in (NEW, NOT_HANDED_OVER) for scan in self.scans)

    @property
    def pieces(self) -> int:
        content = self.body["content"]
        return max(1, sum(content.get(name) or 0 for name in ("envelopeCount", "parcelsCount", "palettesCount")))

    def cod_rows(self) -> list[dict[str, Any]]:
        extra = self.body.get("extra") or {}
        if not (extra.get("bankRepaymentAmount") or extra.get("cashOnDeliveryAmount")):
            return []
        delivered = [scan for scan in self.scans if scan.status == DELIVERED]
        steps = [(*_COD_NEW, self.at), *((*_COD_COLLECTED, scan.at) for scan in delivered)]
        return [Scan(status, text, at).as_row() for status, text, at in steps]


class Book:
    """All shipments, and how often each address was called. Touched by one event loop only, between its awaits."""

    def __init__(self, *, now: Callable[[], datetime], unique: bool = True, lag: timedelta = timedelta()) -> None:
        self.now = now
        self.unique = unique
        self.lag = lag
        self.calls: Counter[str] = Counter()
        self.shipments: list[Shipment] = []

    def taken(self, external_order_id: str | None) -> bool:
        return self.unique and external_order_id is not None and bool(self.under(external_order_id))

    def order(self, courier: int, body: dict[str, Any], price: Price) -> Shipment:
        number = len(self.shipments) + 1
        at = self.now()
        shipment = Shipment(662 + number, f"{courier:02}{877550000 + number}", courier, body, price, at)
        shipment.scans.append(Scan(NEW, MEANINGS[NEW].text, at))
        self.shipments.append(shipment)
        return shipment

    def under(self, external_order_id: str) -> list[Shipment]:
        return [shipment for shipment in self.shipments if shipment.external_order_id == external_order_id]

    def find(self, courier: int, awb: str) -> Shipment | None:
        found = (shipment for shipment in self.shipments if (shipment.courier, shipment.awb) == (courier, awb))
        return next(found, None)

    def visible(self, shipments: Iterable[Shipment]) -> list[Shipment]:
        """Those that the read host knows of by now."""
        return [shipment for shipment in shipments if self.now() - shipment.at >= self.lag]

    def dump(self) -> dict[str, Any]:
        """What tests ask for; `orders_by_external_id` shows at once whether any key has two AWBs."""
        by_key: dict[str, list[str]] = {}
        for shipment in self.shipments:
            by_key.setdefault(shipment.external_order_id or "", []).append(shipment.awb)
        return {
            "orders_by_external_id": by_key,
            "orders": [
                {
                    "order_id": shipment.order_id,
                    "awb": shipment.awb,
                    "courier_id": shipment.courier,
                    "external_order_id": shipment.external_order_id,
                    "status_id": shipment.current.status,
                    "cancelled": shipment.cancelled,
                    "body": shipment.body,
                }
                for shipment in self.shipments
            ],
            "calls": dict(self.calls),
        }
