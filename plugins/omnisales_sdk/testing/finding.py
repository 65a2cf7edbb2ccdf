"""What the conformance checks take and give."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from omnisales_sdk.sales import Delivery, RawItem
from omnisales_sdk.shipping import ShipmentRef, ShipmentRequest


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not conform: the rule's name, and a sentence that says what to change."""

    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.message}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Samples:
    """What the checks call the connector with. All of it may be left out: then examples are made up.

    `orders` and `deliveries` are recorded ones, that the connector reads. `request` and `shipment` matter for couriers
    that demand services or references of their own.
    """

    settings: BaseModel | None = None
    credentials: BaseModel | None = None
    orders: Sequence[RawItem] = ()
    deliveries: Sequence[Delivery] = ()
    request: ShipmentRequest | None = None
    shipment: ShipmentRef | None = None
