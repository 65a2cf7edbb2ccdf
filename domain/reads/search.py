"""The queue's search box: a union of look-ups, each by its own index (spec ORD-6)."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ARRAY, Boolean, CompoundSelect, String, any_, bindparam, func, literal_column, or_, select, union
from sqlalchemy.types import BigInteger, Uuid

from domain.channels.models import Channel
from domain.customers.models import Customer
from domain.kernel.refusals import Problem
from domain.kernel.texts import text_problem
from domain.orders.models import OTHER_BILLING_PHONE, Order, OrderLine
from domain.shipping.models import Shipment

MAX_SEARCH = 200
_MAX_NUMBER = 2**63 - 1
_SHORTEST_PART = 3

_text = bindparam("search", type_=String)
_number = bindparam("search_number", type_=BigInteger)
_lower = bindparam("search_lower", type_=String)
_part = bindparam("search_part", type_=String)
_part_lower = bindparam("search_part_lower", type_=String)

# The names of the fields stand in the text, since the indexes on these expressions do not match parameters.
_shipping_phone = literal_column("(orders.shipping ->> 'phone')", String)
_billing_phone = literal_column("(orders.billing ->> 'phone')", String)
_all_channels = func.array(select(Channel.id).scalar_subquery(), type_=ARRAY(Uuid()))


def found_orders() -> CompoundSelect[Any]:
    """The ids of the orders that a text finds; its parameters come from `search_values`."""
    return union(
        select(Order.id).where(Order.number == _number),
        select(Order.id).where(Order.external_number == _text),
        # The index on external ids begins with the channel: so all of them are named.
        select(Order.id).where(Order.channel_id == any_(_all_channels), Order.external_id == _text),
        select(Order.id).where(_shipping_phone == _text),
        select(Order.id).where(_billing_phone == _text, literal_column(OTHER_BILLING_PHONE, Boolean)),
        select(Order.id)
        .join(Customer, Customer.id == Order.customer_id)
        .where(or_(Customer.email == _lower, Customer.phone == _text)),
        select(Order.id).join(Customer, Customer.id == Order.customer_id).where(Customer.name.ilike(_part)),
        select(Order.id).join(Customer, Customer.id == Order.customer_id).where(Customer.email.like(_part_lower)),
        select(OrderLine.order_id).where(OrderLine.sku == _text),
        select(Shipment.order_id).where(Shipment.awb == _text),
    )


def search_problem(text: str) -> Problem | None:
    """Why this cannot be searched for: very long, or no text (control characters, broken Unicode)."""
    wanted = text.strip()
    if len(wanted) > MAX_SEARCH:
        return Problem(("filter", "search"), "OUT_OF_RANGE", f"Search for at most {MAX_SEARCH} characters.")
    problem = text_problem(wanted)
    if problem is None and any(unicodedata.category(sign) == "Cc" for sign in wanted):
        problem = "Remove the control characters."
    return None if problem is None else Problem(("filter", "search"), "NOT_A_TEXT", problem)


def search_values(text: str) -> Mapping[str, Any]:
    """The parameters for a text that is not blank and has no problem. Null where a look-up does not apply: it then
    finds nothing.
    """
    wanted = text.strip()
    digits = wanted.removeprefix("#")
    number = int(digits) if re.fullmatch(r"[0-9]{1,19}", digits) else None
    pattern = "%" + re.sub(r"([\\%_])", r"\\\1", wanted) + "%" if len(wanted) >= _SHORTEST_PART else None
    return {
        "search": wanted,
        "search_number": number if number is not None and number <= _MAX_NUMBER else None,
        "search_lower": wanted.lower(),
        "search_part": pattern,
        "search_part_lower": pattern.lower() if pattern else None,
    }
