"""Pure rules of shipments and tracking."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from domain.channels.models import PaymentKind
from domain.kernel.money import ZERO, total_of

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
MAY_BE_VOIDED = VOIDABLE | {ShipmentStatus.REQUESTED, ShipmentStatus.UNKNOWN}
"""What can be voided now, or may be once the courier answered."""

_COLLECTS_NO_MORE = frozenset(
    {ShipmentStatus.VOIDED, ShipmentStatus.DELIVERED, ShipmentStatus.RETURNED, ShipmentStatus.LOST_DAMAGED}
)


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


class Collected(Protocol):
    """What is known of a shipment's cash."""

    @property
    def status(self) -> ShipmentStatus: ...
    @property
    def cod_amount(self) -> Decimal | None: ...


def still_collects(status: ShipmentStatus) -> bool:
    """Whether the cash of such a shipment is still to come."""
    return status not in _COLLECTS_NO_MORE


def collectable(total: Decimal, paid: Decimal, shipments: Iterable[Collected]) -> Decimal:
    """What is still to be collected of the order. Cash of a delivered parcel was collected, also if nobody has recorded
    the payment yet; recorded, it does not count twice."""
    delivered = total_of(one.cod_amount or ZERO for one in shipments if one.status is ShipmentStatus.DELIVERED)
    return total - max(paid, delivered)


def cash_to_collect(
    kind: PaymentKind | None, total: Decimal, paid: Decimal, on_other_shipments: Decimal
) -> Decimal | None:
    """COD on the AWB = total − paid, on one shipment of the order (spec FUL-4); None where nothing is collected."""
    if kind is not PaymentKind.ON_DELIVERY:
        return None
    due = total - paid - on_other_shipments
    return due if due > 0 else None
