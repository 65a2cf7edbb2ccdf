"""The queue's search box: a union of look-ups, each by its own index (spec ORD-6)."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import CompoundSelect, String, bindparam, or_, select, union
from sqlalchemy.types import BigInteger

from domain.customers.models import Customer
from domain.kernel.refusals import invalid
from domain.orders.models import Order, OrderLine
from domain.shipping.models import Shipment

MAX_SEARCH = 200
_MAX_NUMBER = 2**63 - 1
_SHORTEST_NAME = 3

_text = bindparam("search", type_=String)
_number = bindparam("search_number", type_=BigInteger)
_lower = bindparam("search_lower", type_=String)
_name = bindparam("search_name", type_=String)


def found_orders() -> CompoundSelect[Any]:
    """The ids of the orders that a text finds; its parameters come from `search_values`."""
    return union(
        select(Order.id).where(Order.number == _number),
        select(Order.id).where(Order.external_number == _text),
        select(Order.id)
        .join(Customer, Customer.id == Order.customer_id)
        .where(or_(Customer.email == _lower, Customer.phone == _text)),
        select(Order.id).join(Customer, Customer.id == Order.customer_id).where(Customer.name.ilike(_name)),
        select(OrderLine.order_id).where(OrderLine.sku == _text),
        select(Shipment.order_id).where(Shipment.awb == _text),
    )


def search_values(text: str) -> Mapping[str, Any]:
    """The parameters for a text. Null where a look-up does not apply: it then finds nothing.

    Raises `Invalid` for an empty or very long text.
    """
    wanted = text.strip()
    if not 1 <= len(wanted) <= MAX_SEARCH:
        raise invalid(("filter", "search"), "OUT_OF_RANGE", f"Search for 1 to {MAX_SEARCH} characters.")
    digits = wanted.removeprefix("#")
    number = int(digits) if re.fullmatch(r"[0-9]{1,19}", digits) else None
    pattern = re.sub(r"([\\%_])", r"\\\1", wanted)
    return {
        "search": wanted,
        "search_number": number if number is not None and number <= _MAX_NUMBER else None,
        "search_lower": wanted.lower(),
        "search_name": f"%{pattern}%" if len(wanted) >= _SHORTEST_NAME else None,
    }
