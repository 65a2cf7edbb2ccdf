"""An order's fields as they are compared when the channel changes it: what it said, says, and what we have. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from domain.intake.types import IncomingOrder
from domain.orders.models import ChargeKind, Order, OrderCharge, OrderLine
from domain.orders.status import Status

from .import_contents import address_json, contents, known_fields, shipping_of
from .import_new import LEFT_THE_HOUSE
from .place import NewCharge, NewLine

LINES = "lines"
ADDRESSES = ("shipping", "billing")
DETAILS = ("note", "delivery_point", "payment_method", "payment_title", "buyer_tax_id", "external_number")
SIMPLE = (*ADDRESSES, *DETAILS)
"""Fields that are compared and written as they are; lines, charges and currency go together, since they add up."""

Fields = Mapping[str, Any]


class Phase(StrEnum):
    """How far the order is, and so what a change there means here (spec SYN-8)."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Change:
    """A field that the channel changed: what we had, what it says now. `mine` tells that we changed it too."""

    ours: Any
    theirs: Any
    mine: bool

    def as_json(self) -> dict[str, Any]:
        return {"from": self.ours, "to": self.theirs}


def phase_of(order: Order) -> Phase:
    """Before confirmation, after it, or handed over (or ended)."""
    if order.status in LEFT_THE_HOUSE or order.status is Status.CANCELLED:
        return Phase.CLOSED
    return Phase.OPEN if order.confirmed_at is None else Phase.CONFIRMED


def changes(base: IncomingOrder, incoming: IncomingOrder, order: Order) -> dict[str, Change]:
    """Fields that the channel itself changed since, and that differ from ours; the order's parts are loaded."""
    said, says, have = fields_of(base), fields_of(incoming), fields_of_order(order)
    return {
        name: Change(have[name], says[name], mine=have[name] != said[name])
        for name in says
        if says[name] != said[name] and says[name] != have[name]
    }


def settled_fields(base: IncomingOrder, incoming: IncomingOrder, order: Order) -> list[str]:
    """Fields that the channel changed to what we have: what was proposed or in conflict about them is settled."""
    said, says, have = fields_of(base), fields_of(incoming), fields_of_order(order)
    return [name for name in says if says[name] != said[name] and says[name] == have[name]]


def fields_of(incoming: IncomingOrder) -> Fields:
    """The fields as an import writes them."""
    what = contents(incoming, {})
    return {
        "shipping": shipping_of(incoming),
        "billing": address_json(incoming.billing),
        "note": incoming.note or None,
        "delivery_point": incoming.delivery_point or None,
        "payment_method": incoming.payment_method or None,
        "payment_title": incoming.payment_title or None,
        "buyer_tax_id": incoming.customer.tax_id or None,
        "external_number": incoming.number or None,
        LINES: _contents(incoming.currency, what.lines, what.charges),
    }


def fields_of_order(order: Order) -> Fields:
    """The fields of our order; its lines and charges are loaded."""
    return {
        **{name: known_fields(getattr(order, name)) for name in ADDRESSES},
        **{name: getattr(order, name) or None for name in DETAILS},
        LINES: _contents(order.currency, order.lines, order.charges),
    }


def _contents(
    currency: str, lines: Iterable[NewLine | OrderLine], charges: Iterable[NewCharge | OrderCharge]
) -> dict[str, Any]:
    """What was bought, without order among the lines; names and products stay as first seen, so they do not count."""
    return {
        "currency": currency,
        "lines": sorted(
            (
                {
                    "id": line.external_id or "",
                    "name": line.name,
                    **_amounts(line, ("quantity", "subtotal", "discount", "tax")),
                }
                for line in lines
            ),
            key=lambda line: (line["id"], line["name"]),
        ),
        "charges": [
            {"kind": ChargeKind(charge.kind).value, "title": charge.title, **_amounts(charge, ("amount", "tax"))}
            for charge in charges
        ],
    }


def _amounts(part: object, names: tuple[str, ...]) -> dict[str, str]:
    return {name: _plain(getattr(part, name)) for name in names}


def _plain(value: Decimal) -> str:
    return format(value.normalize() + 0, "f")
