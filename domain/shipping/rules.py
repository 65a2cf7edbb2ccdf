"""Pure rules of shipments and tracking."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from domain.channels.models import PaymentKind

from .models import ShipmentStatus

ON_THE_WAY = frozenset(
    {
        ShipmentStatus.PICKED_UP,
        ShipmentStatus.IN_TRANSIT,
        ShipmentStatus.OUT_FOR_DELIVERY,
        ShipmentStatus.DELIVERED,
        ShipmentStatus.DELIVERY_FAILED,
        ShipmentStatus.RETURNING,
        ShipmentStatus.RETURNED,
        ShipmentStatus.LOST_DAMAGED,
    }
)
"""The states in which the goods have left the house."""

VOIDABLE = frozenset({ShipmentStatus.CREATED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A tracking event, translated: `status` None changes nothing; `final` ends the polling."""

    at: datetime
    code: str
    text: str
    status: ShipmentStatus | None
    location: str = ""
    final: bool = False
    attention: bool = False
    known: bool = True


def latest_state(scans: Iterable[Scan]) -> Scan | None:
    """The scan that decides: the latest by its own time that has a status; couriers do not keep the order.

    Of scans at one moment a delivery decides, since nothing follows it; else the last one told.
    """
    deciding = [scan for scan in scans if scan.status is not None]
    if not deciding:
        return None
    return max(enumerate(deciding), key=lambda pair: (pair[1].at, pair[1].status == ShipmentStatus.DELIVERED, pair[0]))[
        1
    ]


def cash_to_collect(
    kind: PaymentKind | None, total: Decimal, paid: Decimal, on_other_shipments: Decimal
) -> Decimal | None:
    """COD on the AWB = total − paid, on one shipment of the order (spec FUL-4); None where nothing is collected."""
    if kind is not PaymentKind.ON_DELIVERY:
        return None
    due = total - paid - on_other_shipments
    return due if due > 0 else None
