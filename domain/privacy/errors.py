"""Why a person cannot be erased."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.kernel.refusals import Refusal
from domain.orders.status import Status


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order that is not at its end."""

    id: UUID
    number: int
    status: Status


class OrdersOpen(Refusal):
    """Orders still need the person's data: `orders` names the first, `count` says how many there are; `waiting` counts
    what arrived for the person and is not imported yet."""

    code = "ORDERS_OPEN"

    def __init__(self, orders: Sequence[OpenOrder], count: int, waiting: int) -> None:
        parts = [f"{count} orders are not at their end"] if count else []
        parts += [f"{waiting} arrived items that name the person wait to be imported"] if waiting else []
        super().__init__(
            f"{' and '.join(parts)}. Deliver or cancel the orders and settle what waits, then repeat this.",
            path=("customer",),
        )
        self.orders = tuple(orders)
        self.count = count
        self.waiting = waiting
