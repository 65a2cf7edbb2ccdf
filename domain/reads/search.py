"""The queue's search box: a union of look-ups, each by its own index (spec ORD-6).

Texts are compared without accents and capitals, phones by their last nine digits, words by how they begin. The
functions that do so are the database's own (`phone_key`, `search_plain`, `search_vector`, `search_query`, made by the
migrations), so that what is indexed and what is asked go the same way.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    CompoundSelect,
    String,
    Text,
    any_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY as PG_ARRAY
from sqlalchemy.types import BigInteger, Uuid

from domain.channels.models import Channel
from domain.customers.models import Customer
from domain.kernel.refusals import Problem
from domain.kernel.texts import text_problem
from domain.orders.models import OTHER_BILLING_PHONE, Order, OrderLine, OrderNote
from domain.shipping.models import Shipment

MAX_SEARCH = 200
_MAX_NUMBER = 2**63 - 1
_SHORTEST_PART = 3
_PARTS = 3
PHONE = re.compile(r"\+?[0-9 ()./-]+")

_number = bindparam("search_number", type_=BigInteger)
_spellings = any_(bindparam("search_spellings", type_=PG_ARRAY(String())))
_lower = bindparam("search_lower", type_=String)
_parts = [func.search_plain(bindparam(f"search_part_{place}", type_=Text)) for place in range(_PARTS)]
_phone = func.phone_key(bindparam("search_phone", type_=Text))
_words = func.search_query(bindparam("search_words", type_=Text))

# What is indexed stands in the text word for word, since an index on an expression does not match parameters.
_shipping_phone = literal_column("phone_key(orders.shipping ->> 'phone')", String)
_billing_phone = literal_column("phone_key(orders.billing ->> 'phone')", String)
_order_words = func.order_vector(Order.shipping, Order.billing, Order.buyer_tax_id, Order.note)
_all_channels = func.array(select(Channel.id).scalar_subquery(), type_=ARRAY(Uuid()))


def found_orders() -> CompoundSelect[Any]:
    """The ids of the orders that a text finds; its parameters come from `search_values`."""
    by_customer = select(Order.id).join(Customer, Customer.id == Order.customer_id)
    return union(
        select(Order.id).where(Order.number == _number),
        select(Order.id).where(Order.external_number == _spellings),
        # The index on external ids begins with the channel: so all of them are named.
        select(Order.id).where(Order.channel_id == any_(_all_channels), Order.external_id == _spellings),
        select(Order.id).where(Order.ticket == _spellings),
        select(Order.id).where(_shipping_phone == _phone),
        select(Order.id).where(_billing_phone == _phone, literal_column(OTHER_BILLING_PHONE, Boolean)),
        select(Order.id).where(_order_words.bool_op("@@")(_words)),
        by_customer.where(or_(Customer.email == _lower, func.phone_key(Customer.phone) == _phone)),
        by_customer.where(*(Customer.searched.like(part) for part in _parts)),
        select(OrderLine.order_id).where(OrderLine.sku == _spellings),
        select(OrderLine.order_id).where(func.search_vector(OrderLine.name).bool_op("@@")(_words)),
        select(OrderNote.order_id).where(func.search_vector(OrderNote.text).bool_op("@@")(_words)),
        select(Shipment.order_id).where(Shipment.awb == _spellings),
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
    wanted = " ".join("".join(sign for sign in text if unicodedata.category(sign) != "Cf").split())
    digits = wanted.removeprefix("#")
    number = int(digits) if re.fullmatch(r"[0-9]{1,19}", digits) else None
    long_enough = len(wanted) >= _SHORTEST_PART
    return {
        "search_spellings": sorted({one for word in (wanted, wanted.replace(" ", "")) for one in _spelt(word)}),
        "search_number": number if number is not None and number <= _MAX_NUMBER else None,
        "search_lower": wanted.lower(),
        **{f"search_part_{place}": part if long_enough else None for place, part in enumerate(_like(wanted))},
        "search_phone": wanted if PHONE.fullmatch(wanted) else None,
        "search_words": wanted if long_enough and _has_a_word(wanted) else None,
    }


def like_pattern(text: str) -> str:
    """The pattern that finds what contains the text."""
    return "%" + re.sub(r"([\\%_])", r"\\\1", text) + "%"


def _like(wanted: str) -> list[str]:
    """Patterns that a customer's texts must all fit: words in any order, the last with all that follow."""
    words = wanted.split(" ", _PARTS - 1)
    parts = [like_pattern(word) for word in words]
    return parts + ["%"] * (_PARTS - len(parts))


def _spelt(word: str) -> tuple[str, str, str]:
    return word, word.upper(), word.lower()


def _has_a_word(wanted: str) -> bool:
    """Whether it is more than a number: those of orders, phones and AWBs have their own look-ups, and would find all
    the texts with a number that begins so.
    """
    return any(sign.isalpha() for sign in wanted)
